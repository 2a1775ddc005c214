#include "worldmodel/kernels/gemm_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "worldmodel/kernels/compute.h"
#include "worldmodel/model/model_config.h"

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
  EXPECT_THAT(SlowBlasWarning(3.2), HasSubstr("libopenblas"));
  EXPECT_THAT(SlowBlasWarning(88), IsEmpty());
  EXPECT_GT(MeasureBlas(), 0.0);
}

TEST(GemmProbe, WarnsOfTheSlowerPrecision) {
  EXPECT_THAT(SlowPrecisionWarning({177, 20}, Precision::kBf16), HasSubstr("auto"));
  EXPECT_THAT(SlowPrecisionWarning({177, 20}, Precision::kF32), IsEmpty());
  EXPECT_THAT(SlowPrecisionWarning({177, 718}, Precision::kBf16), IsEmpty());
}

TEST(GemmProbe, TheFasterPrecisionIsMeasuredOnce) {
  const Precision faster = FasterPrecision();
  ModelConfig model;
  EXPECT_EQ(model.precision, "auto");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(model.ProductPrecision(), faster);
  model.precision = "f32";
  EXPECT_EQ(model.ProductPrecision(), Precision::kF32);
  model.precision = "bf16";
  EXPECT_EQ(model.ProductPrecision(), Precision::kBf16);
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
