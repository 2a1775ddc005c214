#include "worldmodel/learners/train_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "base/toml_file.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TrainConfig Read(const std::string& text) {
  const TomlFile file = TomlFile::Parse(text, "config.toml");
  TrainConfig config;
  TrainConfig::Describe().Read(file.root(), &config);
  return config;
}

TEST(TrainConfig, NamesTheKeyThatIsWrong) {
  TrainConfig train;
  EXPECT_NO_THROW(train.Validate("train"));
  train.clips = 0;
  EXPECT_THAT([&] { train.Validate("t.toml"); },
              ThrowsMessage<UserError>(HasSubstr("t.toml: clips")));
}

TEST(TrainConfig, ALearnersOwnSettingsAreATable) {
  const TrainConfig config = Read(
      "pixel = { pairs = 16, weight = 2.0 }\nvicreg.covariance_weight = 0.5\n"
      "[sigreg]\nslices = 64\n[jepa]\nvariance_clips = 1\n");
  EXPECT_EQ(config.pixel, (PixelLearnerConfig{.pairs = 16, .weight = 2.0}));
  EXPECT_EQ(config.vicreg.covariance_weight, 0.5);
  EXPECT_EQ(config.sigreg.slices, 64);
  EXPECT_EQ(config.jepa.variance_clips, 1);
  EXPECT_EQ(Read(TrainConfig::Describe().ToToml(config)), config);
}

TEST(TrainConfig, ReadsWhatOlderVersionsWrote) {
  TrainConfig config;
  config.vicreg.covariance_weight = 0.5;
  config.sigreg.slices = 64;
  config.jepa.variance_clips = 1;
  config.pixel = {.pairs = 16, .weight = 2.0};
  EXPECT_EQ(Read("covariance_weight = 0.5\nsigreg_slices = 64\nvariance_clips = 1\n"
                 "pixel_pairs = 16\npixel_weight = 2.0\n"),
            config);
}

}  // namespace
}  // namespace peekaboo::worldmodel
