#include "lab/statistics/planning_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace peekaboo::lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

PlanningResults TwoRounds() {
  PlanningResults results;
  results.task = "tasks/push";
  results.title = "Push \"it\"";
  results.who = "runs/table/model.safetensors";
  results.settings = {"horizon=6"};
  results.seed = 18446744073709551615u;
  results.created_by = "peekaboo";
  results.commit = "0123abcd";
  results.machine = "a machine";
  PlanningEpisode solved;
  solved.ever = solved.end = true;
  solved.first = 7;
  solved.began = 0.5;
  solved.ended = 0.05;
  solved.plan_seconds = 0.02;
  solved.plans = 25;
  PlanningEpisode failed;
  failed.began = failed.ended = 0.5;
  failed.plan_seconds = 0.04;
  failed.inadmissible = 2;
  results.rounds = {{solved, failed}, {solved, solved}};
  return results;
}

TEST(PlanningResultsTest, IsReadAsItWasWritten) {
  const PlanningResults results = TwoRounds();
  const PlanningResults read = ParsePlanning("push.json", PlanningJson(results));
  EXPECT_EQ(PlanningJson(read), PlanningJson(results));
  EXPECT_EQ(read.seed, results.seed);
  ASSERT_EQ(read.rounds.size(), 2);
  EXPECT_EQ(read.rounds[0][0].first, 7);
  EXPECT_EQ(read.rounds[0][1].inadmissible, 2);
}

TEST(PlanningResultsTest, RefusesWhatIsDamaged) {
  std::string json = PlanningJson(TwoRounds());
  EXPECT_THROW(ParsePlanning("push.json", "{}"), UserError);
  EXPECT_THROW(ParsePlanning("push.json", json.substr(0, json.size() / 2)), UserError);
  EXPECT_THROW(ParsePlanning("push.json", ""), UserError);
  json.replace(json.find("\"first\": 7"), 10, "\"first\": \"\"");
  try {
    ParsePlanning("push.json", json);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("push.json"));
  }
}

TEST(PlanningResultsTest, TheTableCountsEachRound) {
  const std::string table = PlanningTable(TwoRounds());
  EXPECT_THAT(table, HasSubstr("solved at the end          50.0%  [1.3, 98.7]  1 of 2"));
  EXPECT_THAT(table, HasSubstr("after 1 round of correction"));
  EXPECT_THAT(table, HasSubstr("100.0%"));
  EXPECT_THAT(table, HasSubstr("mean time of a plan       30.0 ms"));
  EXPECT_THAT(table, Not(HasSubstr("forbidden")));
}

TEST(PlanningResultsTest, NothingIsNoShare) {
  EXPECT_EQ(ShareOf({}, &PlanningEpisode::end).share, 0);
  EXPECT_EQ(MeanOf({}, &PlanningEpisode::ended), 0);
}

}  // namespace
}  // namespace peekaboo::lab
