#pragma once

#include <mujoco/mujoco.h>

#include <span>

#include "base/check.h"

/// Everything that differs between the MuJoCo versions we build on (2.2.2 in Debian 12, 3.x
/// elsewhere). No other file of the tree asks for mjVERSION_HEADER.
namespace peekaboo::sim {

/// To be called when `geom_size` or `geom_rbound` of a geom was changed after compilation: MuJoCo 3
/// also keeps boxes around geoms, in a tree, by which it rules collisions out.
inline void GeomResized(mjModel* model, int geom) {
#if mjVERSION_HEADER >= 300
  mjtNum* box = model->geom_aabb + 6 * geom;  // centre, half sizes
  for (int k = 0; k < 3; ++k) {
    box[k] = 0;
    box[3 + k] = model->geom_rbound[geom];
  }
  model->opt.disableflags |= mjDSBL_MIDPHASE;  // the tree is that of the sizes before
#endif
}

#if mjVERSION_HEADER < 300
namespace internal {

/// Calls visit(pointer, count) for each part of what a step depends on, always in the same order.
template <typename Visit>
void VisitIntegrationState(const mjModel* model, mjData* data, Visit visit) {
  visit(&data->time, 1);
  visit(data->qpos, model->nq);
  visit(data->qvel, model->nv);
  visit(data->act, model->na);
  visit(data->qacc_warmstart, model->nv);
  visit(data->ctrl, model->nu);
  visit(data->qfrc_applied, model->nv);
  visit(data->xfrc_applied, 6 * model->nbody);
  visit(data->mocap_pos, 3 * model->nmocap);
  visit(data->mocap_quat, 4 * model->nmocap);
  visit(data->userdata, model->nuserdata);
}

}  // namespace internal
#endif

/// Length of the integration state: everything in mjData that the next step depends on (time, qpos,
/// qvel, act, warm start, controls, applied forces, mocap poses, user data). A state restored into
/// the same (unchanged) model steps on bit for bit. mj_getState does not exist in 2.2.2. On MuJoCo
/// before 3.0 the active equality constraints live in the model and are not part of the state.
inline int IntegrationStateSize(const mjModel* model) {
#if mjVERSION_HEADER >= 300
  return static_cast<int>(mj_stateSize(model, mjSTATE_INTEGRATION));
#else
  return 1 + model->nq + 3 * model->nv + model->na + model->nu + 6 * model->nbody +
         7 * model->nmocap + model->nuserdata;
#endif
}

/// Copies the integration state out of `data`; `state` is [IntegrationStateSize(model)].
inline void GetIntegrationState(const mjModel* model, const mjData* data, std::span<mjtNum> state) {
  PEEKABOO_CHECK(state.size() == static_cast<size_t>(IntegrationStateSize(model)));
#if mjVERSION_HEADER >= 300
  mj_getState(model, data, state.data(), mjSTATE_INTEGRATION);
#else
  mjtNum* out = state.data();
  internal::VisitIntegrationState(model, const_cast<mjData*>(data), [&](const mjtNum* part, int n) {
    mju_copy(out, part, n);
    out += n;
  });
#endif
}

/// Puts a state of GetIntegrationState back; call mj_forward before reading positions from `data`.
inline void SetIntegrationState(const mjModel* model, mjData* data, std::span<const mjtNum> state) {
  PEEKABOO_CHECK(state.size() == static_cast<size_t>(IntegrationStateSize(model)));
#if mjVERSION_HEADER >= 300
  mj_setState(model, data, state.data(), mjSTATE_INTEGRATION);
#else
  const mjtNum* in = state.data();
  internal::VisitIntegrationState(model, data, [&](mjtNum* part, int n) {
    mju_copy(part, in, n);
    in += n;
  });
#endif
}

}  // namespace peekaboo::sim
