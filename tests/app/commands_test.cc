#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/episode_file.h"
#include "tests/app/run_program.h"
#include "worldmodel/world_model.h"

namespace peekaboo::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// A network and a training that take a second.
const std::vector<std::string> kTiny = {
    "--set", "model.encoder_widths=8,8,8", "--set", "model.memory_size=16",
    "--set", "model.predictor_hidden=16",  "--set", "model.variance_hidden=8"};

std::vector<std::string> Join(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// One clear line that names what is wrong, exit code 2.
void ExpectRefused(const Outcome& outcome, const std::string& named) {
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(named));
  EXPECT_THAT(outcome.err, Not(HasSubstr("internal")));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

// Films, and a model that saw them, made once by the program itself.
class CommandsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    data_ = *folder_ / "films.h5";
    const Outcome record = RunProgram({"record", "--episodes", "24", "--out", data_, "--quiet"});
    ASSERT_EQ(record.exit_code, 0) << record.err;
    const Outcome train = RunProgram(Join(
        {"train", "--data", data_, "--steps", "6", "--quiet", "--out", *folder_ / "run"}, kTiny));
    ASSERT_EQ(train.exit_code, 0) << train.err;
    model_ = *folder_ / "run/model.safetensors";
    EXPECT_EQ(train.out, model_ + "\n");
  }
  static void TearDownTestSuite() { delete folder_; }

  static Outcome Train(const std::string& data, const std::string& out,
                       const std::vector<std::string>& more = {}) {
    return RunProgram(Join(
        Join({"train", "--data", data, "--steps", "4", "--quiet", "--out", out}, kTiny), more));
  }

  static TempFolder* folder_;
  static std::string data_, model_;
};
TempFolder* CommandsTest::folder_ = nullptr;
std::string CommandsTest::data_, CommandsTest::model_;

TEST_F(CommandsTest, RecordGoesOnWhereTheFileEnds) {
  const std::string path = *folder_ / "more.h5";
  ASSERT_EQ(RunProgram({"record", "--episodes", "3", "--out", path, "--quiet"}).exit_code, 0);
  ASSERT_EQ(RunProgram({"record", "--episodes", "8", "--out", path, "--quiet"}).exit_code, 0);
  const std::string whole = *folder_ / "whole.h5";
  ASSERT_EQ(RunProgram({"record", "--episodes", "8", "--out", whole, "--quiet", "--threads", "1"})
                .exit_code,
            0);
  const auto one = sim::EpisodeReader::Open(path), other = sim::EpisodeReader::Open(whole);
  ASSERT_EQ(one.size(), 8);
  std::vector<uint8_t> a(size_t{32} * 64 * 64 * 3), b(a.size());
  for (int64_t i = 0; i < 8; ++i) {
    one.ReadPixels(i, a);
    other.ReadPixels(i, b);
    EXPECT_EQ(a, b) << i;
  }
}

TEST_F(CommandsTest, RecordRefusesWhatItCannotDo) {
  ExpectRefused(RunProgram({"record", "nurseri", "--out", *folder_ / "a.h5"}), "nurseri");
  ExpectRefused(RunProgram({"record", "--out", "/proc/films.h5", "--episodes", "2"}), "/proc");
  ExpectRefused(RunProgram({"record", "--out", data_, "--episodes", "30", "--seed", "5"}), "seed");
  ExpectRefused(RunProgram({"record", folder_->Write("bad.toml", "title = 3\nmodle = \"x\"\n"),
                            "--out", *folder_ / "b.h5"}),
                "bad.toml");
  EXPECT_FALSE(fs::exists(*folder_ / "a.h5"));
  EXPECT_FALSE(fs::exists(*folder_ / "b.h5"));
}

TEST_F(CommandsTest, TrainRefusesDataItCannotUse) {
  const std::string bytes = ReadBytes(data_);
  const std::string out = *folder_ / "refused";
  ExpectRefused(Train(*folder_ / "no.h5", out), "no.h5");
  ExpectRefused(Train(folder_->Write("half.h5", bytes.substr(0, bytes.size() / 2)), out),
                "half.h5");
  ExpectRefused(Train(folder_->Write("text.h5", "not films at all"), out), "text.h5");
  const std::string small = *folder_ / "small.h5";
  ASSERT_EQ(RunProgram({"record", "--episodes", "24", "--height", "32", "--width", "32", "--out",
                        small, "--quiet"})
                .exit_code,
            0);
  ExpectRefused(Train(small, out), "small.h5");
  EXPECT_FALSE(fs::exists(out + "/model.safetensors"));
}

TEST_F(CommandsTest, TrainRefusesSettingsThatMakeNoSense) {
  const std::string out = *folder_ / "senseless";
  ExpectRefused(Train(data_, out, {"--set", "train.learning_rate=nan"}), "learning_rate");
  ExpectRefused(Train(data_, out, {"--set", "train.lerning_rate=0.1"}), "lerning_rate");
  ExpectRefused(Train(data_, out, {"--set", "train.objective=magic"}), "magic");
  ExpectRefused(Train(data_, out, {"--set", "train.frames=64"}), "films.h5");
  ExpectRefused(Train(data_, "/proc/run"), "/proc");
  ExpectRefused(Train(data_, *folder_ / "run", {"--seed", "9"}), "config.toml");
}

// A limit on the size of files stands for a full disk; 512 bytes a unit.
TEST_F(CommandsTest, AFullDiskIsNamedAndLeavesNoHalfFile) {
  const std::string films = *folder_ / "full.h5";
  ExpectRefused(
      RunProgram({"record", "--episodes", "64", "--out", films, "--quiet"}, "", "ulimit -f 200; "),
      "full.h5");
  if (fs::exists(films)) {
    const auto left = sim::EpisodeReader::Open(films);  // whole episodes, or none
    EXPECT_LT(left.size(), 64);
  }
  const std::string out = *folder_ / "full";
  ExpectRefused(
      RunProgram(Join({"train", "--data", data_, "--steps", "4", "--quiet", "--out", out}, kTiny),
                 "", "ulimit -f 100; "),
      out);
  EXPECT_FALSE(fs::exists(out + "/model.safetensors"));
}

TEST_F(CommandsTest, WithoutGlItSaysWhatToInstall) {
  const Outcome outcome =
      RunProgram({"record", "--episodes", "2", "--out", *folder_ / "nogl.h5", "--quiet"}, "",
                 "PEEKABOO_GL=none ");
  ExpectRefused(outcome, "libegl-mesa0");
  EXPECT_FALSE(fs::exists(*folder_ / "nogl.h5"));
}

TEST_F(CommandsTest, VoeRefusesModelsItCannotUse) {
  const auto voe = [&](const std::string& model, const std::vector<std::string>& more = {}) {
    return RunProgram(
        Join({"voe", "--model", model, "--sets", "1", "--out", *folder_ / "voe_refused", "--quiet"},
             more));
  };
  const std::string bytes = ReadBytes(model_);
  ExpectRefused(voe(*folder_ / "no.safetensors"), "no.safetensors");
  ExpectRefused(voe(folder_->Write("cut.safetensors", bytes.substr(0, bytes.size() - 9))),
                "cut.safetensors");
  // The last weight becomes a NaN.
  std::string nan = bytes;
  nan.replace(nan.size() - 4, 4, "\xff\xff\xff\xff");
  ExpectRefused(voe(folder_->Write("nan.safetensors", nan)), "nan.safetensors");
  // A config that says another shape than the tensors have.
  std::string shape = bytes;
  const auto at = shape.find("memory_size\\\":16");
  ASSERT_NE(at, std::string::npos);
  shape.replace(at, 16, "memory_size\\\":24");
  ExpectRefused(voe(folder_->Write("shape.safetensors", shape)), "shape.safetensors");
  ExpectRefused(voe(model_, {"--pixel", model_}), "is not a pixel baseline");
  ExpectRefused(voe(model_, {"--primary", "error_k3_mean"}), "error_k3_mean");
  ExpectRefused(voe(model_, {"--scenes", "voe/permanence/rol"}), "rol");
  ExpectRefused(voe(model_, {"--splits", "sene"}), "sene");
  EXPECT_FALSE(fs::exists(*folder_ / "voe_refused/voe.json"));
}

TEST_F(CommandsTest, VoeWritesResultsAndReport) {
  const std::string out = *folder_ / "voe";
  const Outcome outcome =
      RunProgram({"voe", "--model", model_, model_, "--scenes", "voe/permanence/roll", "--splits",
                  "dev", "--sets", "2", "--untrained", "1", "--no-probes", "--out", out, "--run",
                  *folder_ / "run", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("permanence/roll"));
  EXPECT_THAT(outcome.out, HasSubstr("report.html"));
  const auto json = nlohmann::json::parse(ReadBytes(out + "/voe.json"));
  ASSERT_EQ(json["scenes"].size(), 1u);
  EXPECT_EQ(json["scenes"][0]["films"].size(), 8u);
  ASSERT_EQ(json["models"].size(), 4u);
  EXPECT_EQ(json["models"][1]["name"], "infant 2");
  EXPECT_EQ(json["models"][2]["kind"], "untrained");
  EXPECT_THAT(ReadBytes(out + "/report.html"), HasSubstr("<svg"));
  fs::remove(out + "/report.html");
  const Outcome again = RunProgram({"report", out});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(fs::exists(out + "/report.html"));
  ExpectRefused(RunProgram({"report", *folder_ / "nowhere"}), "nowhere");
  folder_->Write("voe/voe.json", ReadBytes(out + "/voe.json").substr(0, 500));
  ExpectRefused(RunProgram({"report", out}), "voe.json");
}

}  // namespace
}  // namespace peekaboo::app
