#include "worldmodel/kernels/gemm_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "worldmodel/kernels/compute.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StrEq;

// No processor multiplies faster than 100 TFLOP/s on the few threads of a test, and none slower
// than 0.01 GFLOP/s: what is out of that is a fault of units or of counting.
void ExpectIsARate(double gflops) {
  EXPECT_GT(gflops, 0.01);
  EXPECT_LT(gflops, 1e5);
}

TEST(GemmProbe, MeasuresInGflops) {
  const GemmRate rate = MeasureGemm();
  ExpectIsARate(rate.f32);
  ExpectIsARate(rate.bf16);
  ExpectIsARate(MeasureBlas());
}

TEST(GemmProbe, WarnsOfTheReferenceBlas) {
  EXPECT_THAT(SlowBlasWarning(3.2), HasSubstr("libopenblas"));
  EXPECT_THAT(SlowBlasWarning(88), IsEmpty());
}

TEST(GemmProbe, WarnsOfTheSlowerPrecision) {
  constexpr Precision kF32 = Precision::kF32, kBf16 = Precision::kBf16;
  EXPECT_THAT(SlowPrecisionWarning({177, 20}, kBf16, kF32),
              StrEq("matrix products in bf16 run at 20 GFLOP/s here, in f32 at 177: "
                    "the precision \"auto\" takes that"));
  EXPECT_THAT(SlowPrecisionWarning({177, 718}, kF32, kBf16), HasSubstr("in bf16 at 718"));
  EXPECT_THAT(SlowPrecisionWarning({177, 20}, kF32, kF32), IsEmpty());
  EXPECT_THAT(SlowPrecisionWarning({177, 718}, kBf16, kBf16), IsEmpty());
}

TEST(GemmProbe, AutoGoesByTheInstructionsOfTheProcessor) {
#if defined(__x86_64__) && defined(__GNUC__)
  // Whoever forbids instructions in the environment forbids these.
  const bool has = __builtin_cpu_supports("avx512bf16") != 0;
  const bool forbidden = std::getenv("DNNL_MAX_CPU_ISA") || std::getenv("ONEDNN_MAX_CPU_ISA");
  EXPECT_EQ(FasterPrecision(), has && !forbidden ? Precision::kBf16 : Precision::kF32);
#endif
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
