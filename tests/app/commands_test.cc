#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/episode/episode_file.h"
#include "tests/app/run_program.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::app {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
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
  std::istringstream lines(outcome.err);
  int complaints = 0;
  for (std::string line; std::getline(lines, line);) complaints += !line.starts_with("warning: ");
  EXPECT_EQ(complaints, 1) << outcome.err;
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

  // One set of one scene; `before`: as RunProgram takes it.
  static Outcome ExamineOneSet(const std::string& out, const std::vector<std::string>& more = {},
                               const std::string& before = "") {
    return RunProgram(
        Join({"voe", "--model", model_, "--scenes", "voe/inertia/stop", "--splits", "dev", "--sets",
              "1", "--untrained", "0", "--no-probes", "--out", out, "--quiet"},
             more),
        "", before);
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

TEST_F(CommandsTest, ARunSaysWhatWasDoneToItAndWhen) {
  EXPECT_THAT(ReadBytes(*folder_ / "run/log.txt"),
              ContainsRegex("^2[0-9-]+T[0-9:]+Z peekaboo [^:]*: trains on .*films.h5 from step 0\n"
                            "2[^\n]*: finished at step 6, "));
}

TEST_F(CommandsTest, RecordRefusesWhatItCannotDo) {
  ExpectRefused(RunProgram({"record", "nurseri", "--out", *folder_ / "a.h5"}), "nurseri");
  ExpectRefused(RunProgram({"record", "--out", "/proc/films.h5", "--episodes", "2"}), "/proc");
  ExpectRefused(RunProgram({"record", "--out", data_, "--episodes", "30", "--seed", "5"}), "seed");
  ExpectRefused(RunProgram({"record", folder_->Write("bad.toml", "title = 3\nmodle = \"x\"\n"),
                            "--out", *folder_ / "b.h5"}),
                "bad.toml");
  const std::string begin = "include = [\"" PEEKABOO_SOURCE_DIR "/scenes/stage/common.toml\"]\n";
  const std::string model = ReadBytes(PEEKABOO_SOURCE_DIR "/scenes/stage/stage.xml");
  folder_->Write("half.xml", model.substr(0, model.size() / 2));
  for (const auto& [text, named] : std::vector<std::pair<std::string, std::string>>{
           {begin + "[vary]\n\"bal.x\" = 1\n", "'bal'"},
           {begin + "[vary]\n\"ball.x\" = nan\n", "ball.x"},
           {begin + "model = \"half.xml\"\n", "half.xml"}}) {
    const std::string scene = folder_->Write("scene.toml", text);
    const Outcome outcome = RunProgram({"record", scene, "--out", *folder_ / "b.h5"});
    ExpectRefused(outcome, named);
    EXPECT_THAT(outcome.err, HasSubstr(named == "half.xml" ? named : scene));
  }
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
  EXPECT_FALSE(fs::exists(out)) << "nothing may stand in the way of the corrected command";
  // Before anything is recorded for it.
  ExpectRefused(RunProgram({"train", "--set", "train.frames=64", "--out", out}), "frames");
  ExpectRefused(RunProgram({"train", "--set", "train.clips=32", "--episodes", "16", "--out", out}),
                "32");
  ExpectRefused(RunProgram({"train", "--set", "train.objective=magic", "--out", out}), "magic");
  ExpectRefused(RunProgram({"train", "--minutes", "nan", "--out", out}), "minutes");
  ExpectRefused(RunProgram({"train", "--set", "model.image_size=66", "--out", out}), "image_size");
  EXPECT_FALSE(fs::exists(out));
  ExpectRefused(Train(data_, "/proc/run"), "/proc");
  ExpectRefused(Train(data_, *folder_ / "run", {"--seed", "9"}), "config.toml");
}

TEST_F(CommandsTest, ARefusedTrainingLeavesTheFilmsOfTheOneThatIsThere) {
  const std::string out = *folder_ / "own";
  const auto train = [&](const char* episodes) {
    return RunProgram(
        Join({"train", "--episodes", episodes, "--steps", "4", "--quiet", "--out", out}, kTiny));
  };
  ASSERT_EQ(train("16").exit_code, 0);
  ExpectRefused(train("24"), "config.toml");
  EXPECT_EQ(sim::EpisodeReader::Open(out + "/nursery.h5").size(), 16);
  EXPECT_EQ(train("16").exit_code, 0) << "the same command again";
}

// A limit on the size of files stands for a full disk; 512 bytes a unit.
TEST_F(CommandsTest, AFullDiskIsNamedAndLeavesNoHalfFile) {
  if (!kFilesMayBeLimited) GTEST_SKIP() << "the sanitizer needs files";
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
  EXPECT_TRUE(fs::is_empty(out + "/checkpoints")) << "half a checkpoint";
}

TEST_F(CommandsTest, AFullDiskIsNamedByAnExamination) {
  if (!kFilesMayBeLimited) GTEST_SKIP() << "the sanitizer needs files";
  const std::string out = *folder_ / "full_voe";
  ExpectRefused(ExamineOneSet(out, {}, "ulimit -f 20; "), out);
  EXPECT_FALSE(fs::exists(out + "/voe.json"));
  EXPECT_FALSE(fs::exists(out + "/report.html"));
  EXPECT_FALSE(fs::exists(out + "/media"));
}

TEST_F(CommandsTest, ATrainingByTheClockEnds) {
  const std::string out = *folder_ / "by_the_clock";
  const Outcome train = RunProgram(
      Join({"train", "--data", data_, "--minutes", "0.02", "--quiet", "--out", out}, kTiny));
  ASSERT_EQ(train.exit_code, 0) << train.err;
  const Outcome inspect = RunProgram({"inspect", out + "/model.safetensors", "--json"});
  ASSERT_EQ(inspect.exit_code, 0) << inspect.err;
  EXPECT_GT(
      std::stoi(nlohmann::json::parse(inspect.out)[0]["metadata"]["steps"].get<std::string>()), 0);
}

// As Ctrl-C does; a shell's background jobs ignore that one.
TEST_F(CommandsTest, AStoppedTrainingGoesOn) {
  const std::string out = *folder_ / "stopped", log = out + "/log.txt";
  std::string command = "'" PEEKABOO_PROGRAM "' train --data '" + data_ +
                        "' --steps 1000000 --quiet --out '" + out + "'";
  for (const std::string& setting : kTiny) command += " " + setting;
  for (const char* begun : {"from step 0$", "from step [1-9]"}) {
    const int status =
        std::system((command + " >/dev/null & p=$!; until grep -q '" + begun + "' '" + log +
                     "' 2>/dev/null; do kill -0 $p || exit 9; sleep 0.05; done; "
                     "sleep 0.2; kill -TERM $p; wait $p")
                        .c_str());
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 1);
  }
  EXPECT_THAT(ReadBytes(log), ContainsRegex("from step 0\n.*stopped at step ([0-9]+), .*\n.*from "
                                            "step [1-9][0-9]*\n.*stopped at step [1-9]"));
  EXPECT_FALSE(fs::exists(out + "/model.safetensors"));
}

TEST_F(CommandsTest, WithoutGlItSaysWhatToInstall) {
  const std::string out = *folder_ / "nogl";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"record", "--episodes", "2", "--out", out + "/films.h5"},
        {"train", "--episodes", "16", "--steps", "1", "--out", out},
        {"voe", "--model", model_, "--sets", "1", "--out", out},
        {"demo", "--quick", "--out", out}}) {
    ExpectRefused(RunProgram(Join(arguments, {"--quiet"}), "", "PEEKABOO_GL=none "),
                  "libegl-mesa0");
    EXPECT_FALSE(fs::exists(out)) << arguments[0];
  }
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
  ExpectRefused(voe(model_, {"--run", *folder_ / "nowhere"}), "nowhere");
  const std::string films = *folder_ / "films32.h5", small = *folder_ / "run32";
  ASSERT_EQ(RunProgram({"record", "--episodes", "24", "--height", "32", "--width", "32", "--out",
                        films, "--quiet"})
                .exit_code,
            0);
  ASSERT_EQ(Train(films, small, {"--set", "model.image_size=32"}).exit_code, 0);
  ExpectRefused(voe(small + "/model.safetensors"), "image_size");
  EXPECT_FALSE(fs::exists(*folder_ / "voe_refused/voe.json"));
}

TEST_F(CommandsTest, RecordRefusesToMixVersionsOfAScene) {
  const auto record = [&](const char* speed, const char* episodes) {
    return RunProgram({"record",
                       folder_->Write("mine.toml", "include = [\"" PEEKABOO_SOURCE_DIR
                                                   "/scenes/stage/common.toml\"]\n[vary]\n"
                                                   "\"ball.present\" = true\n\"ball.vx\" = " +
                                                       std::string(speed) + "\n"),
                       "--episodes", episodes, "--out", *folder_ / "mine.h5", "--quiet"});
  };
  ASSERT_EQ(record("1.0", "2").exit_code, 0);
  ASSERT_EQ(record("1.0", "3").exit_code, 0);
  ExpectRefused(record("1.5", "4"), "version of the scenes");
}

// README: an experiment of one's own needs no C++, and nothing of ours around it.
TEST_F(CommandsTest, VoeReportsAnExperimentOfOnesOwn) {
  const std::string scene = folder_->Write(
      "own/scene.toml",
      "title = \"Mine\"\nconcept = \"magic\"\ninclude = [\"" PEEKABOO_SOURCE_DIR
      "/scenes/stage/common.toml\"]\n[vary]\n\"ball.present\" = true\n"
      "[[member]]\nname = \"rests\"\n[[member]]\nname = \"is gone\"\nimpossible = true\n"
      "like = \"rests\"\nevent = { when = { time = 1.2 }, do = { vanish = \"ball\" } }\n");
  const std::string out = *folder_ / "own_voe";
  const Outcome outcome =
      RunProgram({"voe", "--model", model_, "--scenes", scene, "--splits", "seen", "--sets", "2",
                  "--untrained", "0", "--no-probes", "--out", out, "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string page = ReadBytes(out + "/report.html");
  EXPECT_THAT(page, HasSubstr("is gone"));
  EXPECT_THAT(page, HasSubstr("One set of every scene"));
  EXPECT_THAT(page, HasSubstr(model_ + ": seed 0, 6 steps"));
  EXPECT_TRUE(fs::exists(out + "/media/seen/scene-2.mp4"));
  EXPECT_FALSE(fs::exists(out + "/voe.partial.json"));
  const Outcome inspect = RunProgram({"inspect", out});
  EXPECT_EQ(inspect.exit_code, 0) << inspect.err;
  EXPECT_THAT(inspect.out, HasSubstr("magic"));
  EXPECT_THAT(inspect.out, HasSubstr("6 steps"));
}

TEST_F(CommandsTest, ProbesOfAnotherModelDoNotStay) {
  folder_->Write("stale/probes.json", "{}");
  ASSERT_EQ(ExamineOneSet(*folder_ / "stale").exit_code, 0);
  EXPECT_FALSE(fs::exists(*folder_ / "stale/probes.json"));
}

TEST_F(CommandsTest, VoeGoesOnAfterAnError) {
  const std::string out = *folder_ / "interrupted";
  const std::string strip = out + "/media.partial/dev/inertia/stop-1.png";
  const auto voe = [&](const std::string& seed) { return ExamineOneSet(out, {"--seed", seed}); };
  folder_->Write("interrupted/voe.partial.json", "{ not what it was");
  folder_->Write("interrupted/voe.json/in the way", "");
  ExpectRefused(voe("0"), "voe.json");
  ASSERT_TRUE(fs::exists(out + "/voe.partial.json"));
  ASSERT_TRUE(fs::exists(strip));
  fs::remove_all(out + "/voe.json");
  fs::remove(strip);
  ASSERT_EQ(voe("0").exit_code, 0);
  EXPECT_FALSE(fs::exists(out + "/media/dev/inertia/stop-1.png")) << "was filmed again";
  EXPECT_TRUE(fs::exists(out + "/media/dev/inertia/stop-2.png"));
  EXPECT_FALSE(fs::exists(out + "/voe.partial.json"));
  EXPECT_THAT(ReadBytes(out + "/log.txt"),
              ContainsRegex("examines .*\n.*ended by an error\n.*examines .*\n.*finished\n$"));
  // Another examination takes the place of the first when it is done, not before.
  const std::string first = ReadBytes(out + "/voe.json");
  fs::remove(out + "/report.html");
  folder_->Write("interrupted/report.html/in the way", "");
  ExpectRefused(voe("1"), "report.html");
  EXPECT_TRUE(fs::exists(out + "/media/dev/inertia/stop-1.png"));
  EXPECT_NE(ReadBytes(out + "/voe.json"), first);
}

TEST_F(CommandsTest, VoeChecksEverySceneBeforeItFilms) {
  const std::string out = *folder_ / "checked";
  std::string scene = ReadBytes(PEEKABOO_SOURCE_DIR "/scenes/voe/inertia/stop.toml");
  const auto put = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(scene.find(from), std::string::npos);
    scene.replace(scene.find(from), from.size(), to);
  };
  put("../../stage", PEEKABOO_SOURCE_DIR "/scenes/stage");
  put("event.frame", "event.fram");
  folder_->Write("typo.toml", scene);
  ExpectRefused(RunProgram({"voe", "--model", model_, "--scenes", "voe/inertia/stop",
                            *folder_ / "typo.toml", "--sets", "1", "--out", out}),
                "event.fram");
  EXPECT_FALSE(fs::exists(out));
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
  const std::string page = ReadBytes(out + "/report.html");
  EXPECT_THAT(page, HasSubstr("<svg"));
  fs::remove(out + "/report.html");
  const Outcome again = RunProgram({"report", out});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(ReadBytes(out + "/report.html"), page) << "from the same files";
  ExpectRefused(RunProgram({"report", *folder_ / "nowhere"}), "nowhere");
  folder_->Write("voe/voe.json", ReadBytes(out + "/voe.json").substr(0, 500));
  ExpectRefused(RunProgram({"report", out}), "voe.json");
}

}  // namespace
}  // namespace peekaboo::app
