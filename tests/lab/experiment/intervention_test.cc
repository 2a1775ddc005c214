#include "lab/experiment/intervention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "tests/temp_folder.h"
#include "tests/worldmodel/acted_squares.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::lab {
namespace {

using ::testing::HasSubstr;

class InterventionTest : public testing::Test {
 protected:
  InterventionTest() {
    worldmodel::ModelConfig config = worldmodel::TinyActor();
    config.action_repeat = 1;
    options_.model = folder_ / "model.safetensors";
    worldmodel::WorldModel(config, 1).Save(options_.model);
    options_.situations = 6;
    options_.actions = 3;
  }
  InterventionOutcome Run() { return RunIntervention(options_, {{}, stop_, /*quiet=*/true}); }

  TempFolder folder_;
  std::atomic<bool> stop_ = false;
  InterventionOptions options_;
};

TEST_F(InterventionTest, AModelThatKnowsNothingImaginesNothingOfIt) {
  const InterventionOutcome outcome = Run();
  EXPECT_EQ(outcome.situations, 6);
  ASSERT_EQ(outcome.model.size(), 3);
  for (const InterventionScore& score : outcome.model) {
    EXPECT_GT(score.touched, 0.8);
    EXPECT_LE(score.touched_interval.low, score.touched_interval.high);
    EXPECT_GE(score.untouched, 0);
    EXPECT_GE(score.untouched_copy, 0);
  }
  EXPECT_THAT(InterventionTable(outcome), HasSubstr("6 situations"));
  const auto json = nlohmann::json::parse(InterventionJson(options_, outcome, {{}, stop_}));
  EXPECT_EQ(json["by_actions"].size(), 3);
  EXPECT_EQ(json["untrained"][2]["actions"], 3);
}

TEST_F(InterventionTest, AnyThreadsGiveTheSame) {
  const InterventionOutcome one = Run();
  options_.threads = 2;
  const InterventionOutcome two = Run();
  for (size_t k = 0; k < one.model.size(); ++k) {
    EXPECT_EQ(one.model[k].touched, two.model[k].touched);
    EXPECT_EQ(one.model[k].untouched, two.model[k].untouched);
  }
}

TEST_F(InterventionTest, WhatCannotActIsRefused) {
  options_.scene = "play/block";
  EXPECT_THAT(ErrorOf([&] { Run(); }), HasSubstr("acts with 2 numbers"));
  options_.scene = "voe/support/car";
  EXPECT_THAT(ErrorOf([&] { Run(); }), HasSubstr("nobody acts there"));
}

}  // namespace
}  // namespace peekaboo::lab
