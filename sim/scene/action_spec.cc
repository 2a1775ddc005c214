#include "sim/scene/action_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <utility>

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

bool IsParallel(const mjtNum* a, const mjtNum* b) {
  return std::abs(std::abs(mju_dot3(a, b)) - 1) < 1e-9;
}

/// Whether the axis of a joint keeps its direction: what it hangs on only slides, or turns about
/// the same direction.
bool KeepsDirection(const mjModel* m, const mjData* d, int joint) {
  for (int body = m->jnt_bodyid[joint]; body != 0; body = m->body_parentid[body]) {
    const int first = m->body_jntadr[body];
    for (int j = first; j < first + m->body_jntnum[body]; ++j) {
      if (j == joint || m->jnt_type[j] == mjJNT_SLIDE) continue;
      if (m->jnt_type[j] != mjJNT_HINGE || !IsParallel(d->xaxis + 3 * j, d->xaxis + 3 * joint))
        return false;
    }
  }
  return true;
}

void ReadAxis(const mjModel* m, const mjData* d, int actuator, ActionSpec* spec) {
  std::array<double, 3> axis = {};
  bool turns = false;
  if (IsJoint(m, actuator)) {
    const int joint = m->actuator_trnid[2 * actuator];
    turns = m->jnt_type[joint] == mjJNT_HINGE;
    if ((turns || m->jnt_type[joint] == mjJNT_SLIDE) && KeepsDirection(m, d, joint))
      mju_copy3(axis.data(), d->xaxis + 3 * joint);
  }
  spec->axis.push_back(axis);
  spec->turns.push_back(turns);
}

/// Where the right of a camera's picture points; nothing if the camera turns.
std::optional<std::array<double, 3>> Right(const mjModel* m, int camera) {
  if (camera < 0) {
    mjvCamera free;
    mjv_defaultFreeCamera(m, &free);
    const double azimuth = free.azimuth * std::numbers::pi / 180;
    return std::array<double, 3>{std::sin(azimuth), -std::cos(azimuth), 0};
  }
  const int mode = m->cam_mode[camera];
  const bool stands = m->body_weldid[m->cam_bodyid[camera]] == 0;
  if (mode != mjCAMLIGHT_TRACK && mode != mjCAMLIGHT_TRACKCOM &&
      !(mode == mjCAMLIGHT_FIXED && stands))
    return {};
  const mjtNum* at_first = m->cam_mat0 + 9 * camera;
  return std::array<double, 3>{at_first[0], at_first[3], at_first[6]};
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
    ReadAxis(m, data.get(), a, &spec);
  }
  return spec;
}

std::vector<int> MirrorSigns(const mjModel* model, const ActionSpec& spec, int camera) {
  std::vector<int> signs(spec.names.size(), 0);
  const auto right = Right(model, camera);
  for (size_t a = 0; right && a < signs.size(); ++a) {
    const double along = std::abs(mju_dot3(spec.axis[a].data(), right->data()));
    const bool known = mju_norm3(spec.axis[a].data()) > 0.5 && (along < 1e-6 || along > 1 - 1e-6);
    if (!known) continue;
    // A force along the picture's width is turned round, one across it is not; with torques it is
    // the other way.
    const int sign = (along > 0.5) == !spec.turns[a] ? -1 : 1;
    const bool even = std::abs(spec.low[a] + spec.high[a]) <= 1e-9 * (spec.high[a] - spec.low[a]);
    if (sign == 1 || even) signs[a] = sign;
  }
  return signs;
}

void ControlsFor(const ActionSpec& spec, std::span<const float> action, std::span<const int> mirror,
                 mjtNum* controls) {
  PEEKABOO_CHECK(action.size() == spec.names.size());
  PEEKABOO_CHECK(mirror.empty() || mirror.size() == action.size());
  for (size_t a = 0; a < action.size(); ++a) {
    double value = std::clamp(static_cast<double>(action[a]), -1.0, 1.0);
    if (!mirror.empty() && mirror[a] < 0) value = -value;
    controls[a] = spec.low[a] + (value + 1) / 2 * (spec.high[a] - spec.low[a]);
  }
}

}  // namespace peekaboo::sim
