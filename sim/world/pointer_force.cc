#include "sim/world/pointer_force.h"

#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/physics.h"

namespace peekaboo::sim {
namespace {

constexpr double kStiffness = 100;  // 1/s^2, of the spring for each kg: MuJoCo's own default

}  // namespace

void CheckTurn(const Entity& entity, double by) {
  if (entity.kind != Entity::Kind::kBody || entity.angle < 0)
    throw UserError(entity.name, "cannot be turned");
  if (!std::isfinite(by)) throw UserError(entity.name, "cannot be turned by no number");
}

void PointerForce::Pull(const Entity& body, const double point[3], Physics* physics) {
  PEEKABOO_CHECK(body.kind == Entity::Kind::kBody);
  if (!std::isfinite(point[0]) || !std::isfinite(point[2]))
    throw UserError(body.name, "cannot be pulled to nowhere");
  Take(body, physics);
  to_ = {point[0], point[2]};
}

void PointerForce::Twist(const Entity& body, double by, Physics* physics) {
  CheckTurn(body, by);
  Take(body, physics);
  angle_ = angle_.value_or(physics->Read(body).angle) + by;
}

void PointerForce::Take(const Entity& body, Physics* physics) {
  if (body_ != &body) LetGo(physics);
  body_ = &body;
}

void PointerForce::LetGo(Physics* physics) {
  if (!body_) return;
  mju_zero(physics->data()->xfrc_applied + 6 * body_->id, 6);
  Reset();
}

void PointerForce::Apply(Physics* physics) const {
  if (!body_) return;
  const mjModel* m = physics->model();
  mjData* d = physics->data();
  const bool held = physics->IsHeld(*body_);
  mjtNum* force = d->xfrc_applied + 6 * body_->id;
  // As much force as moves a mass, or turns an inertia, by x'' = k (to - x) - 2 sqrt(k) x'.
  const auto spring = [](double away, double speed) {
    return kStiffness * away - 2 * std::sqrt(kStiffness) * speed;
  };
  if (angle_) {
    const BodyReading now = physics->Read(*body_);
    const double inertia = d->qM[m->dof_Madr[m->jnt_dofadr[body_->angle]]];
    force[4] = inertia * spring(*angle_ - now.angle, now.spin);
  }
  if (!to_) return;
  double mass = 0;
  for (const int b : body_->bodies) mass += m->body_mass[b];
  const std::pair<int, char> axes[2] = {{body_->x, 'x'}, {body_->z, 'z'}};
  for (int k = 0; k < 2; ++k) {
    const double away = (*to_)[k] - physics->Coordinate(*body_, axes[k].second);
    const double pull = mass * spring(away, d->qvel[m->jnt_dofadr[axes[k].first]]);
    mjtNum& component = force[2 * k];
    component = k == 1 && held ? component + pull : pull;
  }
}

void PointerForce::Reset() {
  body_ = nullptr;
  to_.reset();
  angle_.reset();
}

}  // namespace peekaboo::sim
