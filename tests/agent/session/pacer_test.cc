#include "agent/session/pacer.h"

#include <gtest/gtest.h>

namespace peekaboo::agent {
namespace {

constexpr double kFrame = 0.08;

class PacerTest : public testing::Test {
 protected:
  double now_ = 100;
  Pacer pacer_{[this] { return now_; }};
};

TEST_F(PacerTest, FramesAreDueAtTheirTime) {
  EXPECT_EQ(pacer_.Remaining(), 0);
  pacer_.Advance(kFrame);
  EXPECT_NEAR(pacer_.Remaining(), kFrame, 1e-12);
  now_ += 0.03;
  EXPECT_NEAR(pacer_.Remaining(), 0.05, 1e-12);
  now_ += 0.06;
  EXPECT_EQ(pacer_.Remaining(), 0);
  pacer_.Advance(kFrame);
  EXPECT_NEAR(pacer_.Remaining(), 0.07, 1e-9);  // the delay is made good
}

TEST_F(PacerTest, SpeedDividesTheTime) {
  pacer_.SetSpeed(4);
  pacer_.Advance(kFrame);
  EXPECT_NEAR(pacer_.Remaining(), kFrame / 4, 1e-12);
  pacer_.SetSpeed(0);
  pacer_.Advance(kFrame);
  EXPECT_EQ(pacer_.Remaining(), 0);
}

TEST_F(PacerTest, AStallIsForgiven) {
  pacer_.Advance(kFrame);
  now_ += 60;
  int at_once = 0;
  while (pacer_.Remaining() == 0) {
    pacer_.Advance(kFrame);
    ++at_once;
  }
  EXPECT_LE(at_once, 1 + static_cast<int>(Pacer::kMostBehind / kFrame) + 1);
}

TEST_F(PacerTest, MeasuresTheFactor) {
  for (int i = 0; i < 100; ++i) {
    pacer_.Advance(kFrame);
    now_ += 2 * kFrame;
  }
  EXPECT_NEAR(pacer_.RealTimeFactor(), 0.5, 0.03);
  pacer_.Restart();
  EXPECT_EQ(pacer_.RealTimeFactor(), 0);
}

}  // namespace
}  // namespace peekaboo::agent
