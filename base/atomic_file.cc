#include "base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace peekaboo {
namespace {

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(path), target_(path) {
  if (path.empty()) throw UserError("", "a file to write has no name");
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, error);
  if (!error) target_ = resolved.string();

  mode_t mode = 0;
  struct stat existing;
  if (::stat(target_.c_str(), &existing) == 0) {
    if (S_ISDIR(existing.st_mode)) Fail("is a folder, not a file", 0);
    if (!S_ISREG(existing.st_mode)) Fail("is not a regular file", 0);
    if (::access(target_.c_str(), W_OK) != 0) Fail("cannot be replaced", errno);
    mode = existing.st_mode & 07777;
  }
  // The process id keeps programs apart, the number threads and what a crash left behind.
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    temporary_ = fmt::format("{}.tmp-{}-{}", target_, ::getpid(), attempt);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && (errno != EEXIST || attempt > 10000)) {
      const int reason = errno;
      temporary_.clear();
      Fail("cannot be written", reason);
    }
  }
  if (mode != 0)
    (void)!::fchmod(descriptor_, mode);  // best effort: not every file system has modes
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::Append(const void* bytes, size_t size) {
  PEEKABOO_CHECK(descriptor_ >= 0);
  const char* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail("cannot be written", errno);
    if (written == 0) Fail("cannot be written", ENOSPC);
    next += written;
    size -= static_cast<size_t>(written);
  }
}

void AtomicFile::Commit() {
  PEEKABOO_CHECK(descriptor_ >= 0);
  if (::fsync(descriptor_) != 0) Fail("cannot be written", errno);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) Fail("cannot be written", errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) Fail("cannot be replaced", errno);
  temporary_.clear();
  // The new name itself lives in the folder. File systems that cannot sync one say EINVAL.
  const int folder = ::open(FolderOf(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder that may be written but not read
  const int synced = ::fsync(folder);
  const int reason = errno;
  ::close(folder);
  if (synced != 0 && reason != EINVAL && reason != ENOTSUP) Fail("cannot be made durable", reason);
}

void AtomicFile::Fail(const std::string& what, int error) const {
  std::string line = what;
  if (error == ENOENT) {
    line += fmt::format(" (the folder {} does not exist)", FolderOf(target_));
  } else if (error == ENOSPC) {
    line += " (the disk is full)";
  } else if (error != 0) {
    line += fmt::format(" ({})", std::strerror(error));
  }
  throw UserError(path_, line);
}

void WriteFileAtomically(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.Write(text);
  file.Commit();
}

std::string ReadSmallFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char block[1 << 16];
  while (file.read(block, sizeof(block)) || file.gcount() > 0)
    text.append(block, static_cast<size_t>(file.gcount()));
  if (!file.eof()) throw UserError(path, "cannot be read");
  return text;
}

}  // namespace peekaboo
