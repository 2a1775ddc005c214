#include "app/stop.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <stdexcept>

namespace peekaboo::app {
namespace {

TEST(StopOnInterrupt, TheFirstSignalAsks) {
  StopOnInterrupt stop;
  EXPECT_FALSE(stop.requested());
  raise(SIGINT);
  EXPECT_TRUE(stop.requested());
}

TEST(StopOnInterrupt, ANewOneStartsUnasked) {
  {
    StopOnInterrupt stop;
    raise(SIGTERM);
    EXPECT_TRUE(stop.requested());
  }
  StopOnInterrupt stop;
  EXPECT_FALSE(stop.requested());
}

TEST(StopOnInterruptDeathTest, TheSecondSignalKills) {
  EXPECT_EXIT(
      {
        StopOnInterrupt stop;
        raise(SIGINT);
        raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "stopping at the next step");
  EXPECT_EXIT(
      {
        StopOnInterrupt stop;
        raise(SIGINT);
        raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

TEST(StopOnInterruptDeathTest, WithoutOneASignalKills) {
  EXPECT_EXIT(
      {
        { StopOnInterrupt stop; }
        raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST(StopOnInterrupt, TwoAtOnceAreABug) {
  StopOnInterrupt stop;
  EXPECT_THROW(StopOnInterrupt(), std::logic_error);
}

}  // namespace
}  // namespace peekaboo::app
