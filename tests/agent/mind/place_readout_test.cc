#include "agent/mind/place_readout.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/scene/scene_mixture.h"
#include "tests/temp_folder.h"

namespace peekaboo::agent {
namespace {

TEST(PlaceReadout, ReadsPlacesOfFilmsThatItDidNotSee) {
  const auto scene = sim::LoadScene(PEEKABOO_SOURCE_DIR "/scenes/play/table.toml");
  const auto stage = sim::Stage::Load(scene->model);
  worldmodel::ModelConfig config;
  config.action_size = 2;
  const ModelDynamics dynamics{worldmodel::WorldModel(config, 1)};
  PlaceReadout::Options options;
  options.films = 48;
  options.steps = 2;
  options.memory = false;  // an untrained one is noise
  options.learning_steps = 200;
  const PlaceReadout readout =
      PlaceReadout::Fit(stage, *scene, dynamics, {"block", "hand"}, options);
  options.threads = 3;
  const PlaceReadout again = PlaceReadout::Fit(stage, *scene, dynamics, {"block", "hand"}, options);
  EXPECT_EQ(again.errors(0), readout.errors(0)) << "the same, whoever filmed";
  ASSERT_EQ(readout.errors(1).size(), 3) << "seen, and one and two actions ahead";
  // Who knows nothing is 0.69 m off: the hand is anywhere within 0.85 m in x and y.
  EXPECT_LT(readout.errors(1)[0], 0.6);
  EXPECT_THAT(ErrorOf([&] { PlaceReadout::Fit(stage, *scene, dynamics, {"blok"}, options); }),
              ::testing::HasSubstr("did you mean \"block\""));
}

TEST(PlaceReadout, ReadsEachBodysOwnNumbers) {
  const at::Tensor weight = at::arange(12).view({2, 6}).t().to(at::kFloat);
  const PlaceReadout readout{worldmodel::MlpProbe({{weight, at::ones({6})}})};
  const at::Tensor z = at::tensor({1.0f, 2.0f}).unsqueeze(0);
  const at::Tensor place = readout.Read({z, at::empty({1, 0})}, 1);
  EXPECT_TRUE(
      at::equal(place, at::tensor({3.0f + 18 + 1, 4.0f + 20 + 1, 5.0f + 22 + 1}).unsqueeze(0)));
}

}  // namespace
}  // namespace peekaboo::agent
