#include "base/worker_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace peekaboo {
namespace {

class WorkerTeamTest : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, WorkerTeamTest, ::testing::Values(1, 2, 5));

TEST_P(WorkerTeamTest, EveryTaskRunsOnce) {
  WorkerTeam team(GetParam());
  EXPECT_EQ(team.threads(), GetParam());
  for (const int count : {0, 1, 3, 100}) {
    std::vector<std::atomic<int>> runs(count);
    team.Run(count, [&](int64_t i) { ++runs[i]; });
    for (const auto& times : runs) EXPECT_EQ(times, 1);
  }
}

TEST_P(WorkerTeamTest, RunReturnsAfterTheLastTask) {
  WorkerTeam team(GetParam());
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> done = 0;
    team.Run(7, [&](int64_t) { ++done; });
    ASSERT_EQ(done, 7);
  }
}

TEST_P(WorkerTeamTest, TheFirstExceptionIsThrownAndTheTeamGoesOn) {
  WorkerTeam team(GetParam());
  EXPECT_THROW(team.Run(50,
                        [](int64_t i) {
                          if (i == 3) throw std::runtime_error("three");
                        }),
               std::runtime_error);
  std::atomic<int> done = 0;
  team.Run(4, [&](int64_t) { ++done; });
  EXPECT_EQ(done, 4);
}

TEST(WorkerTeam, OthersTakeWhatASlowThreadLeaves) {
  WorkerTeam team(2);
  std::atomic<int> others = 0;
  // The first task ends when all others are done: they run while it waits.
  team.Run(20, [&](int64_t i) {
    if (i > 0) {
      ++others;
      return;
    }
    while (others < 19) std::this_thread::yield();
  });
  EXPECT_EQ(others, 19);
}

TEST(WorkerTeam, EachWorkerBeginsWithBegin) {
  std::atomic<int> begun = 0;
  {
    WorkerTeam team(3, [&] { ++begun; });
    team.Run(30, [](int64_t) { std::this_thread::yield(); });
  }
  EXPECT_EQ(begun, 2);
}

}  // namespace
}  // namespace peekaboo
