#include "base/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/temp_folder.h"

namespace peekaboo {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AtomicFileTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::string target_ = folder_ / "model.bin";
};

TEST_F(AtomicFileTest, TargetAppearsAtCommitOnly) {
  {
    AtomicFile file(target_);
    file.Write("first ");
    const std::vector<uint8_t> bytes = {'t', 'w', 'o'};
    file.Write(bytes);
    EXPECT_FALSE(fs::exists(target_));
    EXPECT_EQ(folder_.Count(), 1);  // beside the target, so that the rename stays on one disk
    file.Commit();
  }
  EXPECT_EQ(ReadBytes(target_), "first two");
  EXPECT_EQ(folder_.Count(), 1);
}

TEST_F(AtomicFileTest, WithoutCommitNothingChanges) {
  WriteFileAtomically(target_, "old");
  {
    AtomicFile file(target_);
    file.Write("new");
  }
  EXPECT_EQ(ReadBytes(target_), "old");
  EXPECT_EQ(folder_.Count(), 1);
}

TEST_F(AtomicFileTest, ReplacesAndKeepsPermissions) {
  WriteFileAtomically(target_, "a much longer old content");
  ASSERT_EQ(::chmod(target_.c_str(), 0640), 0);
  WriteFileAtomically(target_, "new");
  EXPECT_EQ(ReadBytes(target_), "new");
  struct stat info;
  ASSERT_EQ(::stat(target_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST_F(AtomicFileTest, FollowsALink) {
  fs::create_directory(folder_ / "real");
  WriteFileAtomically(folder_ / "real/file", "old");
  fs::create_symlink("real/file", target_);
  WriteFileAtomically(target_, "new");
  EXPECT_TRUE(fs::is_symlink(target_));
  EXPECT_EQ(ReadBytes(folder_ / "real/file"), "new");
}

TEST_F(AtomicFileTest, MissingFolderIsNamed) {
  const std::string path = folder_ / "nowhere/model.bin";
  const std::string error = ErrorOf([&] { AtomicFile file(path); });
  EXPECT_THAT(error, HasSubstr(path));
  EXPECT_THAT(error, HasSubstr("does not exist"));
}

TEST_F(AtomicFileTest, AFolderOrADeviceIsNoTarget) {
  EXPECT_THAT(ErrorOf([&] { AtomicFile file(folder_.path().string()); }), HasSubstr("is a folder"));
  EXPECT_THAT(ErrorOf([&] { AtomicFile file("/dev/full"); }),
              HasSubstr("/dev/full: is not a regular"));
  EXPECT_THAT(ErrorOf([&] { AtomicFile file(""); }), HasSubstr("no name"));
}

TEST_F(AtomicFileTest, ReadOnlyFolderOrFile) {
  if (::geteuid() == 0) GTEST_SKIP() << "permissions do not bind the superuser";
  WriteFileAtomically(target_, "old");
  ASSERT_EQ(::chmod(target_.c_str(), 0444), 0);
  EXPECT_THAT(ErrorOf([&] { AtomicFile file(target_); }),
              HasSubstr("model.bin: cannot be replaced"));
  fs::permissions(folder_.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(ErrorOf([&] { AtomicFile file(folder_ / "other"); }),
              HasSubstr("other: cannot be written"));
  fs::permissions(folder_.path(), fs::perms::owner_all);
  EXPECT_EQ(ReadBytes(target_), "old");
}

// A size limit stands for the full disk: write(2) stops half way in the same manner.
TEST_F(AtomicFileTest, NoRoomLeavesTheOldFileAndNothingElse) {
  WriteFileAtomically(target_, "old");
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error =
      ErrorOf([&] { WriteFileAtomically(target_, std::string(100'000, 'x')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(error, HasSubstr(target_ + ": cannot be written"));
  EXPECT_EQ(ReadBytes(target_), "old");
  EXPECT_EQ(folder_.Count(), 1);
}

TEST_F(AtomicFileTest, TwoWritersOfOneTargetDoNotMix) {
  const std::string a(200'000, 'a');
  const std::string b(200'000, 'b');
  std::thread first([&] {
    for (int i = 0; i < 5; ++i) WriteFileAtomically(target_, a);
  });
  std::thread second([&] {
    for (int i = 0; i < 5; ++i) WriteFileAtomically(target_, b);
  });
  first.join();
  second.join();
  const std::string result = ReadBytes(target_);
  EXPECT_TRUE(result == a || result == b);
  EXPECT_EQ(folder_.Count(), 1);
}

}  // namespace
}  // namespace peekaboo
