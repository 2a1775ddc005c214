#include "agent/mind/correction.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "agent/mind/model_dynamics.h"
#include "agent/mind/play_films.h"
#include "sim/render/gl_context.h"
#include "sim/scene/scene_mixture.h"
#include "tests/worldmodel/acted_squares.h"
#include "worldmodel/model/network.h"
#include "worldmodel/model/weights_file.h"

namespace peekaboo::agent {
namespace {

class CorrectionTest : public testing::Test {
 protected:
  CorrectionTest()
      : gl_(sim::GlContext::Create()),
        scene_(sim::LoadScene(sim::FindScene("tasks/push"))),
        stage_(sim::Stage::Load(scene_->model)),
        model_(Config(), 1) {
    gl_->MakeCurrent();
    stage_->Check(*scene_);
    config_.play = 2;
    config_.steps = 30;
    config_.learning_rate = 3e-3;
  }

  static worldmodel::ModelConfig Config() {
    worldmodel::ModelConfig config = worldmodel::TinyActor();
    config.action_repeat = 1;
    return config;
  }

  /// Episodes that an actor would have lived, `moments` long.
  std::vector<worldmodel::ActedFilms> Lived(int64_t moments) {
    const at::NoGradGuard no_gradient;
    PlayFilmer filmer(stage_, *scene_, model_, {"block"});
    std::vector<worldmodel::ActedFilms> lived;
    for (uint64_t i = 0; i < 6; ++i) {
      const PlayFilm film = filmer.Shoot(9, i);
      const auto cut = [&](const at::Tensor& all) { return all.slice(0, 0, moments).unsqueeze(0); };
      lived.push_back({cut(film.states.z), cut(film.states.h), cut(film.actions)});
    }
    return lived;
  }

  double Error(const std::vector<worldmodel::ActedFilms>& films) {
    const at::NoGradGuard no_gradient;
    double sum = 0;
    for (const auto& film : films) {
      const worldmodel::Imagined imagined = ModelDynamics(model_).Rollout(
          {film.z.select(1, 0), film.h.select(1, 0)}, film.actions.slice(1, 0, 8).contiguous());
      sum += (imagined.z - film.z.slice(1, 1, 9)).square().mean().item<double>();
    }
    return sum;
  }

  std::unique_ptr<sim::GlContext> gl_;
  std::shared_ptr<const sim::Scene> scene_;
  std::shared_ptr<const sim::Stage> stage_;
  worldmodel::WorldModel model_;
  CorrectionConfig config_;
};

TEST_F(CorrectionTest, WhatHappenedIsImaginedBetterAndNothingElseChanges) {
  const auto lived = Lived(26);
  std::map<std::string, at::Tensor> before;
  for (const auto& entry : model_.network().parameters.entries())
    before[entry.name] = entry.weight.value.detach().clone();
  const double error = Error(lived);
  EXPECT_TRUE(CorrectTransition(lived, stage_, *scene_, config_, 1, &model_, {}));
  EXPECT_LT(Error(lived), 0.9 * error);
  for (const auto& entry : model_.network().parameters.entries()) {
    EXPECT_EQ(at::equal(entry.weight.value, before[entry.name]),
              !worldmodel::OfPerceptron(entry.name))
        << entry.name;
  }
}

TEST_F(CorrectionTest, TheSameArgumentsGiveTheSameModel) {
  const auto lived = Lived(26);
  worldmodel::WorldModel other = model_.Clone();
  EXPECT_TRUE(CorrectTransition(lived, stage_, *scene_, config_, 1, &model_, {}));
  EXPECT_TRUE(CorrectTransition(lived, stage_, *scene_, config_, 1, &other, {}));
  EXPECT_EQ(worldmodel::WeightsFingerprint(model_.network()),
            worldmodel::WeightsFingerprint(other.network()));
}

TEST_F(CorrectionTest, EpisodesMayBeShorterOrLongerThanPlayAndAreStoppedAtOnce) {
  config_.steps = 2;
  EXPECT_TRUE(CorrectTransition(Lived(5), stage_, *scene_, config_, 1, &model_, {}));
  EXPECT_TRUE(CorrectTransition(Lived(2), stage_, *scene_, config_, 1, &model_, {}));
  config_.play = 0;
  EXPECT_TRUE(CorrectTransition(Lived(32), stage_, *scene_, config_, 1, &model_, {}));
  EXPECT_FALSE(
      CorrectTransition(Lived(32), stage_, *scene_, config_, 1, &model_, [] { return false; }));
}

}  // namespace
}  // namespace peekaboo::agent
