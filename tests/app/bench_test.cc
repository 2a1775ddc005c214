#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/app/run_program.h"

namespace peekaboo::app {
namespace {

using ::testing::HasSubstr;

TEST(Bench, SaysTheMedianOfItsRounds) {
  const Outcome bench = RunProgram({"bench", "--filter", "gemm", "--rounds", "2", "--json"});
  ASSERT_EQ(bench.exit_code, 0) << bench.err;
  const auto lines = nlohmann::json::parse(bench.out).at("benchmarks");
  const auto median = std::find_if(lines.begin(), lines.end(), [](const auto& line) {
    return line.value("aggregate_name", "") == "median";
  });
  ASSERT_NE(median, lines.end()) << bench.out;
  EXPECT_GT(median->at("bf16_GFLOP/s").template get<double>(), 0);
}

TEST(Bench, AFilterThatMatchesNothingIsRefused) {
  const Outcome bench = RunProgram({"bench", "--filter", "nothing_of_the_kind"});
  EXPECT_EQ(bench.exit_code, 2);
  EXPECT_THAT(bench.err, HasSubstr("--filter"));
}

}  // namespace
}  // namespace peekaboo::app
