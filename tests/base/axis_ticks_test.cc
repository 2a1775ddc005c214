#include "base/axis_ticks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace peekaboo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> Within(double low, double high, int most) {
  return AxisTicks(low, high, most, TickSpan::kWithin);
}
std::vector<double> Covering(double low, double high, int count) {
  return AxisTicks(low, high, count, TickSpan::kCovering);
}

TEST(AxisTicks, WithinAreRound) {
  EXPECT_THAT(Within(0, 10, 6), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(Within(0, 10, 5), ElementsAre(0, 5, 10));
  EXPECT_THAT(Within(-0.13, 0.11, 4), ElementsAre(-0.1, 0, 0.1));
}

TEST(AxisTicks, WithinAreNeverMoreThanAskedFor) {
  for (int most = 1; most < 12; ++most) {
    for (double high = 1e-7; high < 1e7; high *= 3.7) {
      const auto ticks = Within(0, high, most);
      ASSERT_LE(static_cast<int>(ticks.size()), most) << high;
      for (size_t i = 0; i < ticks.size(); ++i) {
        ASSERT_GE(ticks[i], 0) << high;
        ASSERT_LE(ticks[i], high * (1 + 1e-9)) << high;
        ASSERT_TRUE(i == 0 || ticks[i] > ticks[i - 1]) << high;
      }
    }
  }
}

TEST(AxisTicks, NothingWithinWhatIsNoRange) {
  EXPECT_THAT(Within(1, 1, 5), IsEmpty());
  EXPECT_THAT(Within(2, 1, 5), IsEmpty());
  EXPECT_THAT(Within(0, 1, 0), IsEmpty());
  EXPECT_THAT(Within(0, kInfinity, 5), IsEmpty());
  EXPECT_THAT(Within(kNan, 1, 5), IsEmpty());
  EXPECT_THAT(Within(0, 5e-324, 5), IsEmpty());
}

TEST(AxisTicks, CoveringAreRoundAndReachBothEnds) {
  EXPECT_THAT(Covering(0, 1, 5), ElementsAre(0, 0.2, 0.4, 0.6000000000000001, 0.8, 1));
  EXPECT_THAT(Covering(3, 97, 4), ElementsAre(0, 20, 40, 60, 80, 100));
  EXPECT_THAT(Covering(-0.13, 0.11, 4),
              ElementsAre(-0.15000000000000002, -0.1, -0.05, 0, 0.05, 0.1, 0.15000000000000002));
  for (int count = 1; count < 12; ++count) {
    for (double high = 1e-7; high < 1e7; high *= 3.7) {
      const auto ticks = Covering(-high / 3, high, count);
      ASSERT_LE(ticks.front(), -high / 3 * (1 - 1e-9)) << high;
      ASSERT_GE(ticks.back(), high * (1 - 1e-9)) << high;
      ASSERT_LE(static_cast<int>(ticks.size()), 2 * count + 2) << high;
    }
  }
}

TEST(AxisTicks, CoveringUnitWhereThereIsNoRange) {
  const auto unit = Covering(0, 1, 4);
  EXPECT_EQ(Covering(2, 2, 4), unit);
  EXPECT_EQ(Covering(kNan, 1, 4), unit);
  EXPECT_EQ(Covering(-kInfinity, kInfinity, 4), unit);
  EXPECT_EQ(Covering(-1e308, 1e308, 4), unit);
  EXPECT_EQ(Covering(0, 5e-324, 4), unit);
}

TEST(AxisTicks, ZeroHasNoSign) {
  for (const TickSpan span : {TickSpan::kWithin, TickSpan::kCovering}) {
    for (const double tick : AxisTicks(-0.3, 2, 4, span)) {
      EXPECT_TRUE(tick != 0 || !std::signbit(tick));
    }
  }
}

TEST(AxisTicks, EndsWhereNumbersAreAsFarApartAsTicks) {
  const double low = 1e17;
  const double high = std::nextafter(low, kInfinity);
  EXPECT_LE(Within(low, high, 5).size(), 5u);
  EXPECT_LE(Covering(low, high, 5).size(), 12u);
}

}  // namespace
}  // namespace peekaboo
