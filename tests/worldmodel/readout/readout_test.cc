#include "worldmodel/readout/readout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

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

constexpr int kFilms = 6, kFrames = 5;

class ReadoutTest : public testing::Test {
 protected:
  ReadoutTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("readout_test_" + std::to_string(::getpid()))),
        path_((folder_ / "readout.safetensors").string()),
        model_(TinyModel(), 1),
        frames_(MovingSquares(model_.config(), kFilms, kFrames, 0)),
        seen_(model_.Perceive(frames_, kFilms, kFrames)) {
    std::filesystem::create_directories(folder_);
  }
  ~ReadoutTest() override { std::filesystem::remove_all(folder_); }

  Readout Fitted() const {
    const ModelConfig& config = model_.config();
    Readout readout{VisualDecoder(config, 2),
                    LatentProjection::Fit(seen_.z, config.LatentSize()),
                    SurpriseCalibration::Fit(seen_.error, seen_.normalised_error, kFilms, kFrames,
                                             config.Horizons(), 0.1),
                    {}};
    readout.decoder.Learn(seen_.z, frames_, kFilms * kFrames);
    const std::vector<float> targets(kFilms * kFrames * 2, 1.5f);
    readout.probes.emplace("where", LinearProbe::Fit(seen_.z, config.LatentSize(), targets, 2));
    readout.probes.emplace("h.speed", LinearProbe::Fit(seen_.h, config.memory_size, targets, 2));
    return readout;
  }

  std::string LoadError(const WorldModel& model) const {
    try {
      Readout::Load(path_, model);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path folder_;
  std::string path_;
  WorldModel model_;
  std::vector<uint8_t> frames_;
  Perception seen_;
};

TEST_F(ReadoutTest, ComesBackFromItsFile) {
  const Readout readout = Fitted();
  readout.Save(path_, model_);
  const Readout back = Readout::Load(path_, model_);
  const int count = kFilms * kFrames;
  EXPECT_EQ(back.decoder.Draw(seen_.z, count), readout.decoder.Draw(seen_.z, count));
  EXPECT_EQ(back.projection.Project(seen_.z), readout.projection.Project(seen_.z));
  EXPECT_EQ(back.projection.Explained(1), readout.projection.Explained(1));
  for (int k = 0; k < model_.config().Horizons(); ++k) {
    EXPECT_EQ(back.calibration.MeanError(k), readout.calibration.MeanError(k));
    EXPECT_EQ(back.calibration.Usual(k), readout.calibration.Usual(k));
  }
  EXPECT_EQ(back.calibration.Threshold(), readout.calibration.Threshold());
  EXPECT_EQ(back.calibration.LastingThreshold(), readout.calibration.LastingThreshold());
  ASSERT_EQ(back.probes.size(), 2);
  EXPECT_EQ(back.probes.at("where").Predict(seen_.z), readout.probes.at("where").Predict(seen_.z));
  EXPECT_EQ(back.probes.at("h.speed").Predict(seen_.h),
            readout.probes.at("h.speed").Predict(seen_.h));
}

TEST_F(ReadoutTest, ACalibrationThatHasSeenNothingComesBack) {
  Readout readout = Fitted();
  readout.calibration = SurpriseCalibration::Fit({}, {}, 0, 1, model_.config().Horizons(), 0.1);
  readout.probes.clear();
  readout.Save(path_, model_);
  const Readout back = Readout::Load(path_, model_);
  EXPECT_EQ(back.calibration.Threshold(), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(back.probes.empty());
}

TEST_F(ReadoutTest, BelongsToOneModel) {
  Fitted().Save(path_, model_);
  EXPECT_EQ(LoadError(model_), "no error");
  EXPECT_EQ(LoadError(model_.Clone()), "no error");
  EXPECT_THAT(LoadError(WorldModel(TinyModel(), 2)), AllOf(HasSubstr(path_), HasSubstr("weights")));
  ModelConfig other = TinyModel();
  other.memory_size = 32;
  EXPECT_THAT(LoadError(WorldModel(other, 1)), HasSubstr("another model"));
}

TEST_F(ReadoutTest, DamagedFilesAreRefusedWithTheReason) {
  Fitted().Save(path_, model_);
  const SafetensorsFile good = LoadSafetensors(path_);
  const auto error_after = [&](const std::function<void(SafetensorsFile&)>& damage) {
    SafetensorsFile file = good;
    damage(file);
    SaveSafetensors(path_, file);
    return LoadError(model_);
  };
  const auto set = [](SafetensorsFile& file, const std::string& name, auto number) {
    std::memcpy(file.tensors.at(name).bytes.data() + sizeof number, &number, sizeof number);
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();

  // Any tensor that is not there is missed, by its name or that of the one it belongs to.
  for (const auto& entry : good.tensors) {
    const std::string& name = entry.first;
    const SafetensorsFile::Tensor& tensor = entry.second;
    const std::string stem = name.substr(0, name.rfind('.'));
    EXPECT_THAT(error_after([&](auto& f) { f.tensors.erase(name); }),
                HasSubstr(path_ + ": tensor " + stem));
    EXPECT_THAT(error_after([&](auto& f) {
                  f.tensors[name].dtype = DTypeSize(tensor.dtype) == 8 ? DType::kI64 : DType::kI32;
                }),
                AllOf(HasSubstr(path_), HasSubstr(name)));
  }
  EXPECT_THAT(error_after([](auto& f) { f.tensors["extra"] = f.tensors["projection.mean"]; }),
              HasSubstr("tensor extra"));
  EXPECT_THAT(error_after([](auto& f) {
                f.tensors["projection.axes"].shape = {32, 3};
              }),
              AllOf(HasSubstr("projection.axes"), HasSubstr("[32, 3]"), HasSubstr("[3, 32]")));
  EXPECT_THAT(error_after([&](auto& f) { set(f, "projection.mean", kInfinity); }),
              AllOf(HasSubstr("projection.mean"), HasSubstr("number 1"), HasSubstr("not finite")));
  EXPECT_THAT(error_after([&](auto& f) { set(f, "calibration.horizons", kNan); }),
              AllOf(HasSubstr("calibration.horizons"), HasSubstr("number 1")));
  EXPECT_THAT(error_after([&](auto& f) { set(f, "calibration.horizons", -1.0); }),
              AllOf(HasSubstr("calibration.horizons"), HasSubstr("number 1")));
  EXPECT_THAT(
      error_after([&](auto& f) { set(f, "visual.decoder.0.bias", static_cast<float>(kNan)); }),
      AllOf(HasSubstr("visual.decoder.0.bias"), HasSubstr("not finite")));
  EXPECT_THAT(error_after([&](auto& f) { set(f, "probe.where.weight", kNan); }),
              AllOf(HasSubstr("probe.where.weight"), HasSubstr("not finite")));
  EXPECT_THAT(error_after([](auto& f) {
                f.tensors["probe.where.weight"].shape = {16, 2, 2};
              }),
              AllOf(HasSubstr("probe.where.weight"), HasSubstr("dimensions")));
  EXPECT_THAT(error_after([](auto& f) {
                f.tensors["probe.empty.weight"] = {DType::kF64, {0, 2}, {}};
              }),
              AllOf(HasSubstr("probe.empty.weight"), HasSubstr("empty")));
  EXPECT_THAT(error_after([](auto& f) { f.metadata.erase("weights"); }), HasSubstr("weights"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["format"] = "pickle"; }), HasSubstr("pickle"));
  EXPECT_THAT(error_after([](auto& f) { f.metadata["version"] = "9"; }), HasSubstr("version"));
  std::ofstream(path_) << "not a readout";
  EXPECT_THAT(LoadError(model_), HasSubstr(path_));
  std::filesystem::remove(path_);
  EXPECT_THAT(LoadError(model_), HasSubstr("does not exist"));
}

TEST_F(ReadoutTest, WhatCannotBeLoadedIsNotSaved) {
  Fitted().Save(path_, model_);
  Readout readout = Fitted();
  const std::vector<float> diverged(8, std::numeric_limits<float>::quiet_NaN()), target(8, 1.0f);
  readout.probes.emplace("nan", LinearProbe::Fit(diverged, 1, target, 1));
  EXPECT_THROW(readout.Save(path_, model_), UserError);
  EXPECT_EQ(Readout::Load(path_, model_).probes.size(), 2);  // the old file is whole
}

}  // namespace
}  // namespace peekaboo::worldmodel
