#include "agent/mind/looking_time.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace peekaboo::agent {
namespace {

constexpr double kPeriod = 0.5;  // s

class LookingTimeTest : public testing::Test {
 protected:
  /// A frame of the episode that began last.
  void See(double surprise) {
    auto moment = std::make_shared<TimelineEntry>();
    moment->observation.moment = static_cast<int64_t>(mind_.moments.size());
    moment->observation.episode = episode_;
    moment->observation.period = kPeriod;
    moment->observation.marks = std::move(marks_);
    marks_.clear();
    moment->surprise = surprise;
    mind_.moments.push_back(std::move(moment));
  }
  void See(std::initializer_list<double> surprises) {
    for (const double surprise : surprises) See(surprise);
  }
  void Begin(const std::string& title) {
    ++episode_;
    marks_.push_back({Mark::Kind::kBeginning, title});
  }
  LookingTime Now() const {
    return MeasureLooking(mind_, static_cast<int64_t>(mind_.moments.size()) - 1);
  }

  MindSnapshot mind_;
  std::vector<Mark> marks_;
  int64_t episode_ = 0;
};

TEST_F(LookingTimeTest, NothingWasSeenYet) {
  const LookingTime time = MeasureLooking(mind_, 0);
  EXPECT_EQ(time.seconds, 0);
  EXPECT_TRUE(std::isnan(time.usual));
}

TEST_F(LookingTimeTest, CountsFromTheEventUntilItLooksAwayForTwoSeconds) {
  Begin("a film");
  See({1, 1});
  marks_.push_back({Mark::Kind::kViolation, "vanish ball"});
  See({9, 9, 1, 1, 2});  // two frames away do not end it
  EXPECT_NEAR(Now().seconds, 2.5, 1e-9);
  EXPECT_TRUE(Now().looking);
  EXPECT_EQ(Now().since, "vanish ball");
  EXPECT_TRUE(Now().violation);
  See({1, 1, 1, 1});
  EXPECT_FALSE(Now().looking);
  See(9);
  EXPECT_NEAR(Now().seconds, 2.5, 1e-9) << "it has gone";
}

TEST_F(LookingTimeTest, SlidersAndPossibleEventsBeginNothing) {
  Begin("a film");
  See(2);
  marks_.push_back({Mark::Kind::kChange, "stage.gravity"});
  See(2);
  EXPECT_EQ(Now().since, "a film");
  EXPECT_NEAR(Now().seconds, 1, 1e-9);
}

TEST_F(LookingTimeTest, TheUsualIsOfEarlierEpisodesInWhichNoLawWasBroken) {
  Begin("one");
  See({2, 2, 1, 1});
  Begin("two");
  marks_.push_back({Mark::Kind::kViolation, "float car"});
  See({9, 9, 9, 9});
  Begin("three");
  See({2, 1, 1, 1});
  EXPECT_NEAR(Now().usual, 1, 1e-9) << "of the first alone";
  Begin("four");
  See(1);
  EXPECT_NEAR(Now().usual, 0.75, 1e-9);
  EXPECT_EQ(Now().seconds, 0);
  Begin("five");  // the fourth was cut short
  See(1);
  EXPECT_NEAR(Now().usual, 0.75, 1e-9);
}

TEST_F(LookingTimeTest, WithoutSurpriseItDoesNotLook) {
  Begin("a film");
  See({std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()});
  EXPECT_EQ(Now().seconds, 0);
}

}  // namespace
}  // namespace peekaboo::agent
