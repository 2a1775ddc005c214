#include "worldmodel/model/world_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "base/error.h"
#include "tests/worldmodel/moving_squares.h"
#include "worldmodel/io/safetensors.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kFrames = 5;

class WorldModelTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("world_model_test_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  static Perception Look(const WorldModel& model, int clips, uint64_t index = 0) {
    return model.Perceive(MovingSquares(model.config(), clips, kFrames, index), clips, kFrames);
  }
  static std::string LoadError(const std::string& path) {
    try {
      WorldModel::Load(path);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path folder_;
};

// NaN equals NaN: bit for bit.
bool Same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool Same(const Perception& a, const Perception& b) {
  return Same(a.z, b.z) && Same(a.h, b.h) && Same(a.error, b.error) &&
         Same(a.error_patch, b.error_patch) && Same(a.normalised_error, b.normalised_error);
}

TEST_P(WorldModelTest, PerceptionHasTheDocumentedShapes) {
  ModelConfig config = TinyModel();
  config.kind = GetParam();
  const Perception p = Look(WorldModel(config, 1), 3);
  const size_t rows = 3 * kFrames;
  EXPECT_EQ(p.clips, 3);
  EXPECT_EQ(p.frames, kFrames);
  EXPECT_EQ(p.z.size(), rows * config.LatentSize());
  EXPECT_EQ(p.h.size(), rows * config.memory_size);
  EXPECT_EQ(p.error.size(), rows * 2);
  EXPECT_EQ(p.error_patch.size(), rows * 2 * config.Patches());
  EXPECT_EQ(p.normalised_error.size(), rows * 2);
}

TEST_P(WorldModelTest, SurpriseBeginsWithTheFirstPrediction) {
  ModelConfig config = TinyModel();
  config.kind = GetParam();
  const Perception p = Look(WorldModel(config, 1), 2);
  for (int b = 0; b < 2; ++b) {
    for (int t = 0; t < kFrames; ++t) {
      for (int k = 0; k < 2; ++k) {
        const int at = (b * kFrames + t) * 2 + k;
        const bool predicted = t >= config.horizons[k];
        EXPECT_EQ(std::isfinite(p.error[at]), predicted);
        EXPECT_EQ(std::isfinite(p.normalised_error[at]), predicted);
        double mean = 0;
        for (int i = 0; i < config.Patches(); ++i) {
          mean += p.error_patch[at * config.Patches() + i] / config.Patches();
        }
        if (predicted) {
          EXPECT_GT(p.error[at], 0.0f);
          EXPECT_GT(p.normalised_error[at], 0.0f);
          EXPECT_NEAR(mean, p.error[at], 1e-4 * p.error[at]);
        } else {
          EXPECT_TRUE(std::isnan(p.error[at]) && std::isnan(mean));
        }
      }
    }
  }
}

TEST_P(WorldModelTest, PerceivesAClipTheSameAloneAndAmongOthers) {
  ModelConfig config = TinyModel();
  config.kind = GetParam();
  const WorldModel model(config, 1);
  const std::vector<uint8_t> pixels = MovingSquares(config, 4, kFrames, 0);
  const Perception all = model.Perceive(pixels, 4, kFrames);
  const size_t clip = pixels.size() / 4, numbers = all.z.size() / 4, errors = all.error.size() / 4;
  for (int b = 0; b < 4; ++b) {
    const Perception one = model.Perceive({pixels.data() + b * clip, clip}, 1, kFrames);
    for (size_t i = 0; i < numbers; ++i) ASSERT_NEAR(one.z[i], all.z[b * numbers + i], 1e-5);
    for (size_t i = 2; i < errors; i += 2)
      ASSERT_NEAR(one.error[i], all.error[b * errors + i], 1e-5);
  }
}

TEST_P(WorldModelTest, TheFutureDoesNotLeakIntoThePast) {
  ModelConfig config = TinyModel();
  config.kind = GetParam();
  const WorldModel model(config, 1);
  std::vector<uint8_t> pixels = MovingSquares(config, 1, kFrames, 0);
  const Perception before = model.Perceive(pixels, 1, kFrames);
  std::memset(pixels.data() + pixels.size() - config.FrameBytes(), 255, config.FrameBytes());
  const Perception after = model.Perceive(pixels, 1, kFrames);
  const size_t state = config.memory_size;
  for (size_t i = 0; i < (kFrames - 1) * state; ++i) ASSERT_NEAR(before.h[i], after.h[i], 1e-6);
  EXPECT_NE(before.h.back(), after.h.back());
  EXPECT_NE(before.error.back(), after.error.back());
}

TEST_P(WorldModelTest, ComesBackFromItsFileBitForBit) {
  ModelConfig config = TinyModel();
  config.kind = GetParam();
  const WorldModel model(config, 7);
  model.Save(Path("model.safetensors"), {{"steps", "12"}});
  const WorldModel back = WorldModel::Load(Path("model.safetensors"), config.precision);
  EXPECT_EQ(back.config(), config);
  EXPECT_EQ(back.metadata().at("steps"), "12");
  EXPECT_EQ(back.metadata().size(), 1u);
  EXPECT_TRUE(Same(Look(model, 2), Look(back, 2)));
}

INSTANTIATE_TEST_SUITE_P(Kinds, WorldModelTest, ::testing::Values("jepa", "pixel"));

using WorldModelFileTest = WorldModelTest;
INSTANTIATE_TEST_SUITE_P(Jepa, WorldModelFileTest, ::testing::Values("jepa"));

TEST_P(WorldModelFileTest, AnotherSeedIsAnotherModel) {
  EXPECT_FALSE(Same(Look(WorldModel(TinyModel(), 1), 1), Look(WorldModel(TinyModel(), 2), 1)));
  EXPECT_TRUE(Same(Look(WorldModel(TinyModel(), 1), 1), Look(WorldModel(TinyModel(), 1), 1)));
}

TEST_P(WorldModelFileTest, DefaultModelPerceivesInBf16) {
  ModelConfig config;
  config.precision = "bf16";
  const WorldModel model(config, 1);
  EXPECT_EQ(model.ParameterCount(), 2420928);
  const Perception p = model.Perceive(MovingSquares(config, 1, 10, 0), 1, 10);
  EXPECT_TRUE(std::isfinite(p.error.back()));
  ModelConfig f32 = config;
  f32.precision = "f32";
  const Perception q = WorldModel(f32, 1).Perceive(MovingSquares(config, 1, 10, 0), 1, 10);
  for (size_t i = 0; i < p.z.size(); ++i) ASSERT_NEAR(p.z[i], q.z[i], 0.02);
  EXPECT_NEAR(p.error.back() / q.error.back(), 1.0, 0.1);
}

TEST_P(WorldModelFileTest, AFileDoesNotSayThePrecision) {
  ModelConfig config = TinyModel();
  for (const char* precision : {"f32", "bf16", "auto"}) {
    config.precision = precision;
    WorldModel(config, 1).Save(Path("new.safetensors"));
    EXPECT_EQ(WorldModel::Load(Path("new.safetensors")).config().precision, "auto");
    EXPECT_EQ(WorldModel::Load(Path("new.safetensors"), "f32").config().precision, "f32");
  }
  // As earlier versions wrote it.
  SafetensorsFile old = LoadSafetensors(Path("new.safetensors"));
  std::string& text = old.metadata.at("config");
  EXPECT_EQ(text.find("precision"), std::string::npos);
  text.insert(1, "\"precision\":\"bf16\",");
  SaveSafetensors(Path("old.safetensors"), old);
  EXPECT_EQ(WorldModel::Load(Path("old.safetensors")).config().precision, "auto");
}

TEST_P(WorldModelFileTest, AnImpossibleConfigIsRefused) {
  ModelConfig config = TinyModel();
  config.image_size = 33;
  EXPECT_THROW(WorldModel(config, 0), UserError);
}

TEST_P(WorldModelFileTest, DamagedFilesAreRefusedWithTheReason) {
  const std::string good = Path("good.safetensors"), bad = Path("bad.safetensors");
  WorldModel(TinyModel(), 1).Save(good);
  const SafetensorsFile file = LoadSafetensors(good);
  const auto error_after = [&](const std::function<void(SafetensorsFile&)>& damage) {
    SafetensorsFile damaged = file;
    damage(damaged);
    SaveSafetensors(bad, damaged);
    return LoadError(bad);
  };
  EXPECT_EQ(LoadError(good), "no error");
  EXPECT_THAT(error_after([](auto& f) { f.tensors.erase("encoder.top.bias"); }),
              AllOf(HasSubstr(bad), HasSubstr("encoder.top.bias"), HasSubstr("missing")));
  EXPECT_THAT(error_after([](auto& f) { f.tensors["extra"] = f.tensors["encoder.top.bias"]; }),
              HasSubstr("tensor extra"));
  EXPECT_THAT(error_after([](auto& f) {
                f.tensors["encoder.top.bias"].shape = {4, 4};
              }),
              AllOf(HasSubstr("encoder.top.bias"), HasSubstr("[4, 4]"), HasSubstr("[16]")));
  EXPECT_THAT(error_after([](auto& f) { f.tensors["encoder.top.bias"].dtype = DType::kI32; }),
              AllOf(HasSubstr("encoder.top.bias"), HasSubstr("F32")));
  EXPECT_THAT(error_after([](auto& f) {
                const float nan = std::numeric_limits<float>::quiet_NaN();
                std::memcpy(f.tensors["encoder.top.bias"].bytes.data() + 8, &nan, 4);
              }),
              AllOf(HasSubstr("encoder.top.bias"), HasSubstr("number 2"), HasSubstr("not finite")));
  EXPECT_THAT(error_after([](auto& f) { f.metadata.erase("config"); }), HasSubstr("config"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["format"] = "pickle"; }), HasSubstr("pickle"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["version"] = "9"; }), HasSubstr("version"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["config"] = "{"; }), HasSubstr("config"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["config"] = R"({"memory_size": 8192})"; }),
              HasSubstr("tensor"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["config"] = R"({"kind": "oracle"})"; }),
              HasSubstr("kind"));
}

TEST_P(WorldModelFileTest, AFileOfAnotherKindIsRefused) {
  const std::string path = Path("pixel.safetensors");
  ModelConfig pixel = TinyModel();
  pixel.kind = "pixel";
  WorldModel(pixel, 1).Save(path);
  SafetensorsFile file = LoadSafetensors(path);
  file.metadata["config"] = ModelConfig::Describe().ToJson(TinyModel());
  SaveSafetensors(path, file);
  EXPECT_THAT(LoadError(path), AllOf(HasSubstr(path), HasSubstr("tensor ")));
  std::ofstream(Path("garbage")) << "not a model";
  EXPECT_THAT(LoadError(Path("garbage")), HasSubstr("garbage"));
  EXPECT_THAT(LoadError(Path("absent")), HasSubstr("absent"));
}

TEST_P(WorldModelFileTest, AFailedSaveLeavesNothing) {
  EXPECT_THROW(WorldModel(TinyModel(), 1).Save(Path("no/such/folder/model")), UserError);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace peekaboo::worldmodel
