#include "sim/world/inverse_kinematics.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace peekaboo::sim {
namespace {

constexpr int kIterations = 300;
constexpr double kDamping = 1e-2;     // m^2, against joints that hardly move the body
constexpr double kLongestStep = 0.1;  // m, for which the Jacobian holds
constexpr double kNearEnough = 1e-5;  // m

// Hinges and slides that have limits, into them.
void KeepLimits(const mjModel* m, std::vector<mjtNum>* qpos) {
  for (int j = 0; j < m->njnt; ++j) {
    if (!m->jnt_limited[j]) continue;
    if (m->jnt_type[j] != mjJNT_HINGE && m->jnt_type[j] != mjJNT_SLIDE) continue;
    mjtNum& q = (*qpos)[static_cast<size_t>(m->jnt_qposadr[j])];
    q = std::clamp(q, m->jnt_range[2 * j], m->jnt_range[2 * j + 1]);
  }
}

}  // namespace

double MoveBodyTo(World* world, int body, const std::array<double, 3>& point) {
  if (!std::all_of(point.begin(), point.end(), [](double x) { return std::isfinite(x); }))
    throw UserError("place", "must be finite");
  const mjModel* m = world->model();
  std::vector<mjtNum> jacobian(static_cast<size_t>(3 * m->nv)), step(static_cast<size_t>(m->nv));
  std::vector<mjtNum> qpos(world->data()->qpos, world->data()->qpos + m->nq);
  double left = 0;
  for (int iteration = 0; iteration <= kIterations; ++iteration) {
    world->Configure(qpos);
    mjData* d = world->data();
    std::array<mjtNum, 3> off{};
    for (size_t k = 0; k < 3; ++k) off[k] = point[k] - d->xpos[3 * body + static_cast<int>(k)];
    left = std::hypot(off[0], off[1], off[2]);
    if (left < kNearEnough || iteration == kIterations) break;
    for (mjtNum& x : off) x = std::clamp(x, -kLongestStep, kLongestStep);
    mj_jacBody(m, d, jacobian.data(), nullptr, body);
    // (J J^T + damping) y = off, a system of three; the step of the joints is J^T y.
    std::array<mjtNum, 9> square{};
    mju_mulMatMatT(square.data(), jacobian.data(), jacobian.data(), 3, m->nv, 3);
    for (size_t k = 0; k < 3; ++k) square[4 * k] += kDamping;
    mju_cholFactor(square.data(), 3, 0);
    std::array<mjtNum, 3> y{};
    mju_cholSolve(y.data(), square.data(), off.data(), 3);
    mju_mulMatTVec(step.data(), jacobian.data(), y.data(), 3, m->nv);
    mj_integratePos(m, qpos.data(), step.data(), 1);
    KeepLimits(m, &qpos);
  }
  return left;
}

}  // namespace peekaboo::sim
