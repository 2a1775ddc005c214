// Saving and restoring a World: MuJoCo 2.2.2 has no mj_getState, and a law that was broken (a
// collision mask, a colour) or changed (gravity, friction) is part of the state too.

#include <algorithm>

#include "base/check.h"
#include "sim/world/world.h"
#include "sim/world/world_script.h"

namespace peekaboo::sim {
namespace {

/// Calls visit(pointer, count) for each array of the state, always in the same order; qpos first.
template <typename Visit>
void ForEachArray(mjModel* m, mjData* d, const Visit& visit) {
  visit(d->qpos, m->nq);
  visit(d->qvel, m->nv);
  visit(d->act, m->na);
  visit(d->qacc_warmstart, m->nv);
  visit(d->mocap_pos, 3 * m->nmocap);
  visit(d->mocap_quat, 4 * m->nmocap);
  visit(&d->time, 1);
  visit(m->opt.gravity, 3);
  visit(&m->opt.timestep, 1);
  visit(m->geom_friction, 3 * m->ngeom);
  visit(m->geom_solref, mjNREF * m->ngeom);
  visit(m->light_pos, 3 * m->nlight);
  visit(m->light_dir, 3 * m->nlight);
  visit(m->cam_pos, 3 * m->ncam);
  visit(m->cam_quat, 4 * m->ncam);
  visit(m->cam_fovy, m->ncam);
}

/// The same for what is seen.
template <typename Visit>
void ForEachColour(mjModel* m, const Visit& visit) {
  visit(m->geom_rgba, 4 * m->ngeom);
  visit(m->light_diffuse, 3 * m->nlight);
  visit(m->vis.headlight.ambient, 3);
}

/// And for what may change of how a fixture moves.
template <typename Script, typename Visit>
void ForEachNumber(Script& script, const Visit& visit) {
  for (auto* number : {&script.x, &script.z, &script.rise, &script.fall}) visit(number, 1);
}

}  // namespace

WorldState World::Save() const {
  mjModel* m = model_.get();
  WorldState state;
  const auto keep = [&](const double* from, int count) {
    state.numbers.insert(state.numbers.end(), from, from + count);
  };
  ForEachArray(m, data_.get(), keep);
  state.integers.assign({frame_, substeps_, mirrored_, static_cast<int>(holds_.size())});
  for (const Script& script : scripts_) {
    ForEachNumber(script.script, keep);
    state.integers.push_back(script.script.visible);
  }
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
  ForEachColour(m, [&](const float* from, int count) {
    state.colours.insert(state.colours.end(), from, from + count);
  });
  state.draw = draw_;
  return state;
}

void World::Restore(const WorldState& state) {
  mjModel* m = model_.get();
  for (mjWarningStat& warning : data_->warning) warning = {};
  const double* number = state.numbers.data();
  const auto put = [&](double* to, int count) {
    std::copy_n(number, count, to);
    number += count;
  };
  ForEachArray(m, data_.get(), put);
  const int* integer = state.integers.data();
  const auto take = [&](auto* to, size_t count) {
    for (size_t i = 0; i < count; ++i)
      to[i] = static_cast<std::remove_reference_t<decltype(to[0])>>(integer[i]);
    integer += count;
  };
  take(&frame_, 1);
  take(&substeps_, 1);
  take(&mirrored_, 1);
  int holds = 0;
  take(&holds, 1);
  for (Script& script : scripts_) {
    ForEachNumber(script.script, put);
    take(&script.script.visible, 1);
  }
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
  const float* colour = state.colours.data();
  ForEachColour(m, [&](float* to, int count) {
    std::copy_n(colour, count, to);
    colour += count;
  });
  PEEKABOO_CHECK(colour == state.colours.data() + state.colours.size() &&
                 number == state.numbers.data() + state.numbers.size());
  draw_ = state.draw;
  // Worked out anew in every step; what a spring pulled with then is over.
  mju_zero(data_->xfrc_applied, 6 * m->nbody);
  mj_kinematics(m, data_.get());
  mj_comPos(m, data_.get());
  mj_camlight(m, data_.get());
}

}  // namespace peekaboo::sim
