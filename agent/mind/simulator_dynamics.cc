#include "agent/mind/simulator_dynamics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/check.h"

namespace peekaboo::agent {

SimulatorDynamics::SimulatorDynamics(const sim::Scene& scene, sim::World* world)
    : scene_(scene), world_(world) {
  for (const sim::Task::Success& success : scene.task.success) {
    const std::string where = scene.path + ": task.success";
    bodies_.push_back(world->stage().BodyId(success.body, where));
    others_.push_back(success.of.empty() ? kNone : world->stage().BodyId(success.of, where));
    turned_.push_back(std::isfinite(success.turned));
  }
}

int64_t SimulatorDynamics::action_size() const { return world_->stage().actions().size(); }

int64_t SimulatorDynamics::StateSize() const {
  int64_t size = 0;
  for (const bool turned : turned_) size += turned ? 12 : 3;
  return size;
}

void SimulatorDynamics::ReadState(float* z) const {
  const mjData* d = world_->data();
  for (size_t i = 0; i < bodies_.size(); ++i) {
    const int body = bodies_[i], other = others_[i];
    for (int k = 0; k < 3; ++k) {
      const double from = other != kNone ? d->xpos[3 * other + k] : 0;
      *z++ = static_cast<float>(d->xpos[3 * body + k] - from);
    }
    if (!turned_[i]) continue;
    for (int k = 0; k < 9; ++k) *z++ = static_cast<float>(kTurned * d->xmat[9 * body + k]);
  }
}

worldmodel::LatentState SimulatorDynamics::Now() const {
  worldmodel::LatentState state{at::empty({1, StateSize()}), at::empty({1, 0})};
  ReadState(state.z.data_ptr<float>());
  return state;
}

worldmodel::LatentState SimulatorDynamics::Goal() const {
  worldmodel::LatentState goal = Now();
  float* z = goal.z.data_ptr<float>();
  for (size_t i = 0; i < bodies_.size(); ++i) {
    if (others_[i] != kNone) std::fill_n(z, 3, 0.0f);
    z += turned_[i] ? 12 : 3;
  }
  return goal;
}

worldmodel::Imagined SimulatorDynamics::Rollout(const worldmodel::LatentState&,
                                                const at::Tensor& actions) const {
  const std::lock_guard lock(mutex_);
  const int64_t rows = actions.size(0), length = actions.size(1), size = actions.size(2);
  PEEKABOO_CHECK(size == action_size());
  worldmodel::Imagined path{at::empty({rows, length, StateSize()}), at::empty({rows, length, 0})};
  const at::Tensor all = actions.detach().contiguous();
  const sim::WorldState before = world_->Save();
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t step = 0; step < length; ++step) {
      const int64_t at = row * length + step;
      world_->Act(std::span(all.data_ptr<float>() + at * size, static_cast<size_t>(size)));
      for (int frame = 0; frame < scene_.play.repeat; ++frame) world_->StepFrame();
      ReadState(path.z.data_ptr<float>() + at * StateSize());
    }
    world_->Restore(before);
  }
  return path;
}

}  // namespace peekaboo::agent
