// Saving and restoring a World: MuJoCo 2.2.2 has no mj_getState, and a law that was broken (a
// collision mask, a colour) is part of the state too.

#include <algorithm>

#include "sim/check.h"
#include "sim/world.h"
#include "sim/world_script.h"

namespace peekaboo::sim {
namespace {

/// Calls visit(pointer, count) for each array of the state, always in the same order; qpos first.
template <typename Visit>
void ForEachArray(const mjModel* m, mjData* d, const Visit& visit) {
  visit(d->qpos, m->nq);
  visit(d->qvel, m->nv);
  visit(d->act, m->na);
  visit(d->qacc_warmstart, m->nv);
  visit(d->xfrc_applied, 6 * m->nbody);
  visit(d->mocap_pos, 3 * m->nmocap);
  visit(d->mocap_quat, 4 * m->nmocap);
  visit(&d->time, 1);
}

}  // namespace

WorldState World::Save() const {
  const mjModel* m = model_.get();
  WorldState state;
  ForEachArray(m, data_.get(), [&](const mjtNum* from, int count) {
    state.numbers.insert(state.numbers.end(), from, from + count);
  });
  state.integers.assign({frame_, static_cast<int>(holds_.size())});
  state.integers.insert(state.integers.end(), m->geom_contype, m->geom_contype + m->ngeom);
  state.integers.insert(state.integers.end(), m->geom_conaffinity, m->geom_conaffinity + m->ngeom);
  state.integers.insert(state.integers.end(), event_frames_.begin(), event_frames_.end());
  state.integers.insert(state.integers.end(), due_.begin(), due_.end());
  state.integers.insert(state.integers.end(), absent_.begin(), absent_.end());
  state.integers.insert(state.integers.end(), seen_frames_.begin(), seen_frames_.end());
  for (const Hold& hold : holds_) {
    state.integers.push_back(static_cast<int>(hold.kind));
    state.integers.push_back(static_cast<int>(hold.body - stage_->entities().data()));
    state.numbers.push_back(hold.gravity_scale);
  }
  state.colours.assign(m->geom_rgba, m->geom_rgba + 4 * m->ngeom);
  return state;
}

void World::Restore(const WorldState& state) {
  mjModel* m = model_.get();
  const double* number = state.numbers.data();
  ForEachArray(m, data_.get(), [&](mjtNum* to, int count) {
    std::copy_n(number, count, to);
    number += count;
  });
  const int* integer = state.integers.data();
  const auto take = [&](auto* to, size_t count) {
    for (size_t i = 0; i < count; ++i)
      to[i] = static_cast<std::remove_reference_t<decltype(to[0])>>(integer[i]);
    integer += count;
  };
  take(&frame_, 1);
  int holds = 0;
  take(&holds, 1);
  take(m->geom_contype, m->ngeom);
  take(m->geom_conaffinity, m->ngeom);
  take(event_frames_.data(), event_frames_.size());
  take(due_.data(), due_.size());
  take(absent_.data(), absent_.size());
  take(seen_frames_.data(), seen_frames_.size());
  holds_.clear();
  for (int i = 0; i < holds; ++i) {
    int pair[2];
    take(pair, 2);
    holds_.push_back(
        {static_cast<Intervention::Kind>(pair[0]), &stage_->entities()[pair[1]], *number++});
  }
  PEEKABOO_CHECK(state.colours.size() == static_cast<size_t>(4 * m->ngeom));
  std::copy(state.colours.begin(), state.colours.end(), m->geom_rgba);
  mj_kinematics(m, data_.get());
  mj_comPos(m, data_.get());
  mj_camlight(m, data_.get());
}

}  // namespace peekaboo::sim
