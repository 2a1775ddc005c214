#include "worldmodel/model/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::HasSubstr;

template <typename F>
std::string ErrorOf(F f) {
  try {
    f();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ModelConfig, DefaultIsTheRecipe) {
  const ModelConfig model;
  EXPECT_NO_THROW(model.Validate("model"));
  EXPECT_EQ(model.Grid(), 4);
  EXPECT_EQ(model.LatentSize(), 512);
  EXPECT_EQ(model.StemChannels(), 48);
  EXPECT_EQ(model.StemSize(), 16);
}

TEST(ModelConfig, ComesBackFromJson) {
  ModelConfig model;
  model.kind = "pixel";
  model.horizons = {1, 5};
  model.precision = "f32";
  ModelConfig back;
  ModelConfig::Describe().FromJson(ModelConfig::Describe().ToJson(model), "here", &back);
  EXPECT_EQ(back, model);
}

TEST(ModelConfig, NamesTheKeyThatIsWrong) {
  ModelConfig model;
  model.image_size = 60;
  EXPECT_THAT(ErrorOf([&] { model.Validate("m.toml"); }), HasSubstr("m.toml: image_size"));
  model = {};
  model.horizons = {1, 4, 4};
  EXPECT_THAT(ErrorOf([&] { model.Validate("m.toml"); }), HasSubstr("horizons"));
  model = {};
  model.kind = "transformer";
  EXPECT_THAT(ErrorOf([&] { model.Validate("m.toml"); }), HasSubstr("kind"));
  model = {};
  model.encoder_widths = {64, 128};
  EXPECT_THAT(ErrorOf([&] { model.Validate("m.toml"); }), HasSubstr("encoder_widths"));
}

}  // namespace
}  // namespace peekaboo::worldmodel
