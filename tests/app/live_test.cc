// `peekaboo live --headless`, through the program itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/episode/episode_file.h"
#include "tests/app/run_program.h"

namespace peekaboo::app {
namespace {

using testing::HasSubstr;

Outcome Live(const TempFolder& folder, std::vector<std::string> more) {
  std::vector<std::string> arguments = {"live", "--headless", "--quiet", "--out", folder / "live"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunProgram(arguments);
}

TEST(ShippedModelLiveProgram, AWandSurprisesAtItsMoment) {
  const TempFolder folder;
  const Outcome done = Live(folder, {"--frames", "30", "--wand", "14:vanish:car", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto summary = nlohmann::json::parse(done.out);
  EXPECT_EQ(summary["moments"], 30);
  EXPECT_GE(summary["moments_above_threshold"], 1);
  const std::string table = ReadBytes(folder / "live/surprise.csv");
  EXPECT_THAT(table, HasSubstr("\"vanish car\""));
  EXPECT_THAT(table, HasSubstr(",1,\"car\","));
}

TEST(LiveProgram, TheSameFramesGiveTheSameTable) {
  const TempFolder a, b;
  for (const TempFolder* folder : {&a, &b})
    ASSERT_EQ(Live(*folder, {"nursery", "--frames", "20", "--seed", "3"}).exit_code, 0);
  EXPECT_EQ(ReadBytes(a / "live/surprise.csv"), ReadBytes(b / "live/surprise.csv"));
}

TEST(LiveProgram, FactorsAreSet) {
  const TempFolder plain, light, red;
  ASSERT_EQ(Live(plain, {"--frames", "24"}).exit_code, 0);
  ASSERT_EQ(Live(light, {"--frames", "24", "--set", "stage.gravity=0.5"}).exit_code, 0);
  ASSERT_EQ(Live(red, {"--frames", "24", "--set", "car.colour=red"}).exit_code, 0);
  const std::string surprise = ReadBytes(plain / "live/surprise.csv");
  EXPECT_NE(ReadBytes(light / "live/surprise.csv"), surprise);
  EXPECT_NE(ReadBytes(red / "live/surprise.csv"), surprise);
}

// On threads, as people run it, and killed where no one expects it.
TEST(LiveProgram, WhatWasActedOutlivesKills) {
  const TempFolder folder;
  const std::string file = folder / "live/acted.h5";
  std::vector<std::string> arguments = {"live",   "--headless", "play/table",   "--newborn",
                                        "--mode", "play",       "--quiet",      "--keep",
                                        "1000",   "--out",      folder / "live"};
  auto killed = arguments;
  killed.insert(killed.end(), {"--speed", "0", "--minutes", "5"});
  for (const char* seconds : {"1.5", "2.3", "1.9"})
    RunProgram(killed, "", std::string("timeout --signal=KILL ") + seconds + " ");
  arguments.insert(arguments.end(), {"--frames", "140", "--json"});
  const Outcome last = RunProgram(arguments);
  ASSERT_EQ(last.exit_code, 0) << last.err;
  const auto reader = sim::EpisodeReader::Open(file);
  ASSERT_GE(reader.size(), 4);
  EXPECT_EQ(nlohmann::json::parse(last.out)["kept_episodes"], reader.size());
  for (int64_t i = 0; i < reader.size(); ++i)
    EXPECT_EQ(reader.Read(i).index, static_cast<uint64_t>(i)) << "none twice, none left out";
  const Outcome trained =
      RunProgram({"train", "--data", file, "--steps", "2", "--quiet", "--set",
                  "train.distance.steps=2", "train.transition.steps=2", "--out", folder / "run"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
}

TEST(LiveProgram, WhatCannotBeIsSaid) {
  const TempFolder folder;
  const auto error = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--frames", "5"});
    const Outcome done = Live(folder, more);
    EXPECT_EQ(done.exit_code, 2) << done.err;
    return done.err;
  };
  EXPECT_THAT(error({"--wand", "vanish"}), HasSubstr("is not MOMENT:SPELL:BODY"));
  EXPECT_THAT(error({"--wand", "3:vanis:car"}), HasSubstr("'vanis' is no spell"));
  EXPECT_THAT(error({"--wand", "3:vanish:cart"}), HasSubstr("cart"));
  EXPECT_THAT(error({"--wand", "3:teleport:car"}), HasSubstr("where to"));
  EXPECT_THAT(error({"--wand", "500:vanish:car"}), HasSubstr("was over before that moment"));
  EXPECT_THAT(error({"--set", "speed=fast"}), HasSubstr("is a number"));
  EXPECT_THAT(error({"--set", "gravity"}), HasSubstr("is not KEY=VALUE"));
  EXPECT_THAT(error({"--set", "stage.gravty=1"}), HasSubstr("gravty"));
  EXPECT_THAT(error({"--weight", "nursery/roll=much"}), HasSubstr("is not SCENE=NUMBER"));
  EXPECT_THAT(error({"--weight", "nursery/rol=1"}), HasSubstr("nursery/rol"));
  EXPECT_THAT(error({"--model", "/nowhere.safetensors"}), HasSubstr("/nowhere.safetensors"));
  EXPECT_THAT(error({"voe/none"}), HasSubstr("voe/none"));
  const Outcome window = RunProgram({"live"});
  EXPECT_EQ(window.exit_code, 2);
  EXPECT_THAT(window.err, HasSubstr("peekaboo gui"));
}

}  // namespace
}  // namespace peekaboo::app
