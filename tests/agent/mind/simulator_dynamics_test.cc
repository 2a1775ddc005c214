#include "agent/mind/simulator_dynamics.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <vector>

#include "sim/episode/task_layout.h"
#include "sim/scene/scene_mixture.h"

namespace peekaboo::agent {
namespace {

TEST(SimulatorDynamics, ImaginesWhatHappensAndChangesNothing) {
  const auto scene = sim::LoadScene(PEEKABOO_SOURCE_DIR "/scenes/tasks/push_t.toml");
  sim::World world(sim::Stage::Load(scene->model));
  sim::DrawTaskLayout(*scene, 1, 0, &world);
  const SimulatorDynamics dynamics(*scene, &world);
  EXPECT_EQ(dynamics.action_size(), 2);
  const at::Tensor now = dynamics.Now().z;
  ASSERT_EQ(now.size(1), 12) << "place, and how it is turned";
  const at::Tensor actions = at::tensor({1.0f, -0.5f, 0.2f, 0.9f, -1.0f, 0.0f, 0.3f, 0.3f});
  const auto path = dynamics.Rollout(dynamics.Now(), actions.view({2, 2, 2}));
  EXPECT_TRUE(at::equal(dynamics.Now().z, now));
  for (int row = 0; row < 2; ++row) {
    const sim::WorldState before = world.Save();
    for (int step = 0; step < 2; ++step) {
      const float* action = actions.data_ptr<float>() + 4 * row + 2 * step;
      world.Act({action, 2});
      world.StepFrame();
      EXPECT_TRUE(at::equal(path.z[row][step], dynamics.Now().z[0])) << row << " " << step;
    }
    world.Restore(before);
  }
}

}  // namespace
}  // namespace peekaboo::agent
