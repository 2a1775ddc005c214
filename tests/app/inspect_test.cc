#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/episode/episode_file.h"
#include "tests/app/run_program.h"
#include "worldmodel/io/safetensors.h"

namespace peekaboo::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

worldmodel::SafetensorsFile SmallModel() {
  worldmodel::SafetensorsFile file;
  file.tensors["encoder.weight"] = {worldmodel::DType::kF32, {2, 3}, std::vector<uint8_t>(24)};
  file.tensors["step"] = {worldmodel::DType::kI64, {}, std::vector<uint8_t>(8)};
  file.metadata["config"] = "{\"batch\":64}";
  return file;
}

TEST(Inspect, ListsTensorsAndMetadataOfAModel) {
  const TempFolder folder;
  const std::string path = folder / "model.safetensors";
  worldmodel::SaveSafetensors(path, SmallModel());
  const Outcome outcome = RunProgram({"inspect", path});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("2 tensors, 7 numbers, 32 B"));
  EXPECT_THAT(outcome.out, HasSubstr("encoder.weight  F32 [2, 3]"));
  EXPECT_THAT(outcome.out, HasSubstr("config: {\"batch\":64}"));
}

TEST(Inspect, JsonSaysTheSame) {
  const TempFolder folder;
  const std::string path = folder / "model.safetensors";
  worldmodel::SaveSafetensors(path, SmallModel());
  const Outcome outcome = RunProgram({"inspect", "--json", path, path});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[1]["file"], path);
  EXPECT_EQ(json[1]["kind"], "model");
  EXPECT_EQ(json[1]["numbers"], 7);
  EXPECT_EQ(json[1]["tensors"]["encoder.weight"]["shape"], nlohmann::json({2, 3}));
  EXPECT_EQ(json[1]["metadata"]["config"], "{\"batch\":64}");
}

TEST(Inspect, CountsEpisodesAndFramesOfADataset) {
  const TempFolder folder;
  const std::string path = folder / "films.h5";
  sim::EpisodeSchema schema;
  schema.height = schema.width = 8;
  schema.action_size = 2;
  schema.objects = {"car"};
  sim::EpisodeWriter writer =
      sim::EpisodeWriter::Create(path, schema, 4, {{"scenes", "roll\nrest\n"}});
  for (int i = 0; i < 3; ++i) {
    sim::Episode episode;
    episode.frames = 4;
    episode.pixels.resize(size_t{4} * 8 * 8 * 3);
    episode.action.resize(8);
    episode.present.resize(4);
    episode.image_xy.resize(8);
    writer.Write(sim::EpisodeWriter::Compress(std::move(episode)));
  }
  writer.Close();

  const Outcome text = RunProgram({"inspect", path});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("3 episodes of 4 frames, 12 frames"));
  EXPECT_THAT(text.out, HasSubstr("objects: car"));
  EXPECT_THAT(text.out, HasSubstr("scenes: roll rest"));
  const auto json = nlohmann::json::parse(RunProgram({"inspect", "--json", path}).out);
  EXPECT_EQ(json[0]["kind"], "dataset");
  EXPECT_EQ(json[0]["frames"], 12);
  EXPECT_EQ(json[0]["action_size"], 2);

  const std::string bytes = ReadBytes(path);
  const std::string half = folder.Write("half.h5", bytes.substr(0, bytes.size() / 2));
  const Outcome cut = RunProgram({"inspect", half});
  EXPECT_EQ(cut.exit_code, 2);
  EXPECT_THAT(cut.err, HasSubstr("half.h5"));
}

TEST(Inspect, SaysWhatASceneAsks) {
  const Outcome outcome = RunProgram({"inspect", "voe/support/car"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("concept: support"));
  EXPECT_THAT(outcome.out,
              HasSubstr("impossible: edge, goes on in the air (begins like 'edge, falls')"));
  EXPECT_THAT(outcome.out, HasSubstr("platform.end"));
  const auto json = nlohmann::json::parse(RunProgram({"inspect", "--json", "nursery"}).out);
  EXPECT_EQ(json[0]["kind"], "scene");
  double weights = 0;
  for (const auto& part : json[0]["mixture"]) weights += part["weight"].get<double>();
  EXPECT_NEAR(weights, 1.0, 1e-9);

  const TempFolder folder;
  const Outcome bad = RunProgram({"inspect", folder.Write("bad.toml", "titel = \"x\"\n")});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, HasSubstr("titel"));
}

TEST(Inspect, SaysHowFarARunGot) {
  const TempFolder folder;
  const std::string run = folder / "run";
  EXPECT_EQ(RunProgram({"inspect", folder / ""}).exit_code, 2);
  std::filesystem::create_directories(run);
  folder.Write("run/config.toml", "[train]\nclips = 4\n");
  folder.Write("run/metrics.jsonl", "{\"step\":50,\"loss\":0.5}\n{\"step\":100,\"lo");
  const Outcome outcome = RunProgram({"inspect", run});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("not finished"));
  EXPECT_THAT(outcome.out, HasSubstr("step 50,"));
  EXPECT_THAT(outcome.out, HasSubstr("| clips = 4"));
  EXPECT_EQ(nlohmann::json::parse(RunProgram({"inspect", "--json", run}).out)[0]["finished"],
            false);
}

TEST(Inspect, AFileCannotSendEscapeSequencesToTheTerminal) {
  const TempFolder folder;
  worldmodel::SafetensorsFile file = SmallModel();
  file.metadata["note"] = "\x1b[2J";
  const std::string path = folder / "model.safetensors";
  worldmodel::SaveSafetensors(path, file);
  const Outcome outcome = RunProgram({"inspect", path});
  EXPECT_THAT(outcome.out, HasSubstr("note: ?[2J"));
}

TEST(Inspect, WhatIsNotOursIsNamedAndExitCode2) {
  const TempFolder folder;
  for (const std::string& path :
       {folder / "missing", folder / "", folder.Write("empty", ""),
        folder.Write("text", "hello, this is a text"), std::string("/dev/zero"),
        folder.Write("short.safetensors", "abc"), folder.Write("short.h5", "abc"),
        folder.Write("huge.safetensors", std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{", 9))}) {
    const Outcome outcome = RunProgram({"inspect", path});
    EXPECT_EQ(outcome.exit_code, 2) << path;
    EXPECT_THAT(outcome.err, HasSubstr(path));
    EXPECT_THAT(outcome.err, Not(HasSubstr("internal")));
  }
}

TEST(Inspect, ATruncatedModelIsNamed) {
  const TempFolder folder;
  const std::string path = folder / "model.safetensors";
  worldmodel::SaveSafetensors(path, SmallModel());
  const std::string bytes = ReadBytes(path);
  for (const size_t size : {size_t{4}, size_t{8}, size_t{20}, bytes.size() - 1}) {
    const Outcome outcome =
        RunProgram({"inspect", folder.Write("cut.safetensors", bytes.substr(0, size))});
    EXPECT_EQ(outcome.exit_code, 2) << size;
    EXPECT_THAT(outcome.err, HasSubstr("cut.safetensors")) << size;
  }
}

}  // namespace
}  // namespace peekaboo::app
