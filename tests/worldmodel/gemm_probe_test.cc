#include "worldmodel/gemm_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "worldmodel/compute.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(GemmProbe, MeasuresSomething) {
  const GemmRate rate = MeasureGemm();
  EXPECT_GT(rate.f32, 0.0);
  EXPECT_GT(rate.bf16, 0.0);
}

TEST(GemmProbe, WarnsOfTheReferenceBlas) {
  EXPECT_THAT(SlowBlasWarning({6.5, 700}, 2), HasSubstr("libopenblas"));
  EXPECT_THAT(SlowBlasWarning({177, 20}, 2), IsEmpty());
}

TEST(GemmProbe, WarnsOfSlowBf16) {
  EXPECT_THAT(SlowBf16Warning({177, 20}), HasSubstr("model.precision=f32"));
  EXPECT_THAT(SlowBf16Warning({177, 718}), IsEmpty());
}

TEST(ComputeThreads, AreSetForTheCallingThreadAlone) {
  const int before = ComputeThreads();
  std::thread([] {
    SetComputeThreads(1);
    EXPECT_EQ(ComputeThreads(), 1);
    SetComputeThreads(0);
    EXPECT_GE(ComputeThreads(), 1);
  }).join();
  EXPECT_EQ(ComputeThreads(), before);
}

}  // namespace
}  // namespace peekaboo::worldmodel
