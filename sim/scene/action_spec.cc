#include "sim/scene/action_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {
namespace {

bool IsJoint(const mjModel* m, int actuator) {
  const int transmission = m->actuator_trntype[actuator];
  return transmission == mjTRN_JOINT || transmission == mjTRN_JOINTINPARENT;
}

/// A servo that holds the length of its joint at the control: force = gain * control + bias, where
/// the bias is minus the same gain times the length.
bool IsPositionServo(const mjModel* m, int actuator) {
  return m->actuator_gaintype[actuator] == mjGAIN_FIXED &&
         m->actuator_biastype[actuator] == mjBIAS_AFFINE &&
         m->actuator_biasprm[mjNBIAS * actuator + 1] != 0;
}

void ReadRange(const mjModel* m, int actuator, ActionSpec* spec) {
  double low = -1, high = 1;
  if (m->actuator_ctrllimited[actuator]) {
    low = m->actuator_ctrlrange[2 * actuator];
    high = m->actuator_ctrlrange[2 * actuator + 1];
  } else if (m->actuator_dyntype[actuator] == mjDYN_MUSCLE) {
    low = 0;
  } else if (IsJoint(m, actuator) && IsPositionServo(m, actuator)) {
    const int joint = m->actuator_trnid[2 * actuator];
    if (m->jnt_limited[joint]) {
      const double gear = m->actuator_gear[6 * actuator];
      low = gear * m->jnt_range[2 * joint];
      high = gear * m->jnt_range[2 * joint + 1];
      if (low > high) std::swap(low, high);
    }
  }
  spec->low.push_back(low);
  spec->high.push_back(high);
}

/// What a mirror that exchanges left and right makes of an actuator's force.
int Mirror(const mjModel* m, const mjData* d, int actuator) {
  if (!IsJoint(m, actuator)) return 0;
  const int joint = m->actuator_trnid[2 * actuator];
  const bool slides = m->jnt_type[joint] == mjJNT_SLIDE;
  if (!slides && m->jnt_type[joint] != mjJNT_HINGE) return 0;
  const double along = std::abs(d->xaxis[3 * joint]);
  if (along > 1e-6 && along < 1 - 1e-6) return 0;
  // A force along x is turned round, one across x is not; with torques it is the other way.
  return (along > 0.5) == slides ? -1 : 1;
}

}  // namespace

ActionSpec ReadActionSpec(const mjModel* m) {
  ActionSpec spec;
  if (m->nu == 0) return spec;
  const DataPtr data(mj_makeData(m));
  PEEKABOO_CHECK(data);
  mj_kinematics(m, data.get());
  for (int a = 0; a < m->nu; ++a) {
    const char* name = mj_id2name(m, mjOBJ_ACTUATOR, a);
    spec.names.push_back(name ? name : fmt::format("actuator {}", a));
    ReadRange(m, a, &spec);
    const bool even = std::abs(spec.low[a] + spec.high[a]) <= 1e-9 * (spec.high[a] - spec.low[a]);
    const int mirror = Mirror(m, data.get(), a);
    spec.mirror.push_back(mirror == -1 && !even ? 0 : mirror);
  }
  return spec;
}

void ControlsFor(const ActionSpec& spec, std::span<const float> action, bool mirrored,
                 mjtNum* controls) {
  PEEKABOO_CHECK(action.size() == spec.names.size());
  for (size_t a = 0; a < action.size(); ++a) {
    double value = std::clamp(static_cast<double>(action[a]), -1.0, 1.0);
    if (mirrored && spec.mirror[a] < 0) value = -value;
    controls[a] = spec.low[a] + (value + 1) / 2 * (spec.high[a] - spec.low[a]);
  }
}

}  // namespace peekaboo::sim
