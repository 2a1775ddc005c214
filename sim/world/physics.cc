#include "sim/world/physics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/apply_draw.h"
#include "sim/world/mujoco_compat.h"

namespace peekaboo::sim {
namespace {

/// Calls visit(pointer, count) for each number of the model that a law or a factor may change while
/// a world runs, always in the same order.
template <typename Visit>
void ForEachLaw(mjModel* m, const Visit& visit) {
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

/// And for who collides with whom.
template <typename Visit>
void ForEachMask(mjModel* m, const Visit& visit) {
  visit(m->geom_contype, m->ngeom);
  visit(m->geom_conaffinity, m->ngeom);
}

int StepsInAFrame(double frame_hz, double time_step) {
  return std::max(1, static_cast<int>(std::lround(1.0 / (frame_hz * time_step))));
}

}  // namespace

Physics::Physics(std::shared_ptr<const Stage> stage) : stage_(std::move(stage)) {
  model_.reset(mj_copyModel(nullptr, stage_->model()));
  PEEKABOO_CHECK(model_);
  data_.reset(mj_makeData(model_.get()));
  PEEKABOO_CHECK(data_);
  const auto& entities = stage_->entities();
  has_mechanisms_ = std::any_of(entities.begin(), entities.end(), [](const Entity& entity) {
    return entity.kind == Entity::Kind::kMechanism;
  });
}

void Physics::Reset(const Scene& scene, const Draw& draw) {
  PEEKABOO_CHECK(mj_copyModel(model_.get(), stage_->model()) == model_.get());
  mj_resetData(model_.get(), data_.get());
  draw_ = std::make_shared<const Draw>(draw);
  colours_ = scene.colours;
  fixtures_.clear();
  holds_.clear();
  absent_.assign(stage_->entities().size(), 0);
  mirrored_ = false;
  frame_hz_ = scene.frame_hz;
  substeps_ = StepsInAFrame(frame_hz_, model_->opt.timestep);
  try {
    ApplyDraw(scene, this);
  } catch (const UserError& error) {
    throw UserError(scene.path, error.what());
  }
  PlaceFixtures(0);
  mj_forward(model_.get(), data_.get());
}

void Physics::SetTimeStep(double seconds) {
  if (!(seconds >= 0.0005 && seconds <= 0.02))
    throw UserError("time step", "must be from 0.5 to 20 ms");
  substeps_ = StepsInAFrame(frame_hz_, seconds);
  // Whole steps fill a frame.
  model_->opt.timestep = 1.0 / (frame_hz_ * substeps_);
}

void Physics::PlaceFixtures(double time) {
  for (const Fixture& fixture : fixtures_) {
    const FixturePose pose = PoseAt(fixture.motion, time);
    mju_copy3(data_->mocap_pos + 3 * fixture.entity->mocap, pose.position);
    mju_copy4(data_->mocap_quat + 4 * fixture.entity->mocap, pose.quaternion);
    if (fixture.motion.visible) {
      for (const int g : fixture.entity->geoms)
        model_->geom_rgba[4 * g + 3] = pose.up ? stage_->model()->geom_rgba[4 * g + 3] : 0.0f;
    }
  }
}

void Physics::HoldBodies() {
  const mjModel* m = model_.get();
  mjData* d = data_.get();
  const auto& entities = stage_->entities();
  for (size_t e = 0; e < entities.size(); ++e) {
    if (!absent_[e] || entities[e].kind != Entity::Kind::kBody) continue;
    for (const int body : entities[e].bodies) {
      for (int k = 0; k < m->body_dofnum[body]; ++k) d->qvel[m->body_dofadr[body] + k] = 0;
      mju_zero(d->xfrc_applied + 6 * body, 6);
      d->xfrc_applied[6 * body + 2] = -m->body_mass[body] * m->opt.gravity[2];
    }
  }
  for (const Hold& hold : holds_) {
    const bool frozen = hold.kind == Intervention::Kind::kFreeze;
    for (const int body : hold.body->bodies) {
      const double scale = frozen ? 0 : hold.gravity_scale;
      d->xfrc_applied[6 * body + 2] = -m->body_mass[body] * m->opt.gravity[2] * (1 - scale);
      if (!frozen) continue;
      for (int k = 0; k < m->body_dofnum[body]; ++k) d->qvel[m->body_dofadr[body] + k] = 0;
    }
  }
}

void Physics::UpdatePoses() {
  const mjModel* m = model_.get();
  mjData* d = data_.get();
  // mj_kinematics normalises quaternions in qpos, which rounds them, and so does the next step.
  if (has_mechanisms_) positions_.assign(d->qpos, d->qpos + m->nq);
  mj_kinematics(m, d);
  if (has_mechanisms_) std::copy(positions_.begin(), positions_.end(), d->qpos);
  mj_comPos(m, d);
  mj_camlight(m, d);
  if (has_mechanisms_) mj_comVel(m, d);
}

void Physics::CheckFinite(double time) const {
  const mjData* d = data_.get();
  if (d->warning[mjWARN_BADQPOS].number || d->warning[mjWARN_BADQVEL].number ||
      d->warning[mjWARN_BADQACC].number) {
    throw UserError(
        stage_->path(),
        fmt::format("the physics diverged at {:f} s (a number became NaN or huge)", time));
  }
}

double Physics::SlideOrigin(const Entity& body, char axis) const {
  const int joint = axis == 'x' ? body.x : body.z;
  return model_->body_pos[3 * body.id + (axis - 'x')] - model_->qpos0[model_->jnt_qposadr[joint]];
}

double Physics::Coordinate(const Entity& body, char axis) const {
  return data_->qpos[model_->jnt_qposadr[axis == 'x' ? body.x : body.z]] + SlideOrigin(body, axis);
}

BodyReading Physics::ReadMechanism(const Entity& mechanism) const {
  const mjData* d = data_.get();
  const mjtNum* rotation = d->xmat + 9 * mechanism.id;
  mjtNum velocity[6];  // angular, linear; world frame
  mj_objectVelocity(model_.get(), d, mjOBJ_XBODY, mechanism.id, velocity, 0);
  return {.x = d->xpos[3 * mechanism.id],
          .z = d->xpos[3 * mechanism.id + 2],
          .angle = std::atan2(rotation[2], rotation[8]),
          .vx = velocity[3],
          .vz = velocity[5],
          .spin = velocity[1],
          .present = IsPresent(mechanism)};
}

BodyReading Physics::Read(const Entity& body) const {
  if (body.kind == Entity::Kind::kMechanism) return ReadMechanism(body);
  PEEKABOO_CHECK(body.kind == Entity::Kind::kBody);
  const mjModel* m = model_.get();
  const mjData* d = data_.get();
  BodyReading reading;
  reading.x = Coordinate(body, 'x');
  reading.z = Coordinate(body, 'z');
  reading.vx = d->qvel[m->jnt_dofadr[body.x]];
  reading.vz = d->qvel[m->jnt_dofadr[body.z]];
  if (body.angle >= 0) {
    const int angle = m->jnt_qposadr[body.angle];
    reading.angle = d->qpos[angle] - m->qpos0[angle];
    reading.spin = d->qvel[m->jnt_dofadr[body.angle]];
  }
  reading.present = IsPresent(body);
  return reading;
}

bool Physics::IsHeld(const Entity& body) const {
  return !IsPresent(body) || std::any_of(holds_.begin(), holds_.end(),
                                         [&](const Hold& hold) { return hold.body == &body; });
}

bool Physics::Touches(const Entity& a, const Entity& b) const {
  const auto has = [](const Entity& entity, int geom) {
    return std::find(entity.geoms.begin(), entity.geoms.end(), geom) != entity.geoms.end();
  };
  for (int c = 0; c < data_->ncon; ++c) {
    const int g1 = data_->contact[c].geom1, g2 = data_->contact[c].geom2;
    if ((has(a, g1) && has(b, g2)) || (has(a, g2) && has(b, g1))) return true;
  }
  return false;
}

Fixture* Physics::FindFixture(const Entity& entity) {
  const auto found = std::find_if(fixtures_.begin(), fixtures_.end(),
                                  [&](const Fixture& each) { return each.entity == &entity; });
  return found == fixtures_.end() ? nullptr : &*found;
}

void Physics::Release(const Entity& body) {
  std::erase_if(holds_, [&](const Hold& hold) { return hold.body == &body; });
  for (const int each : body.bodies) mju_zero(data_->xfrc_applied + 6 * each, 6);
}

void Physics::SetPresent(const Entity& entity, bool present, bool visible) {
  mjModel* m = model_.get();
  for (const int g : entity.geoms) {
    if (!present) m->geom_contype[g] = m->geom_conaffinity[g] = 0;
    if (!visible) m->geom_rgba[4 * g + 3] = 0;
  }
  absent_[IndexOf(entity)] = !present;
}

void Physics::SetShape(const Entity& entity, const std::string& shape) {
  mjModel* m = model_.get();
  const mjModel* pristine = stage_->model();
  for (const int g : entity.own_geoms) {
    const char* name = mj_id2name(m, mjOBJ_GEOM, g);
    const bool worn = name && entity.name + "." + shape == name;
    m->geom_contype[g] = worn ? pristine->geom_contype[g] : 0;
    m->geom_conaffinity[g] = worn ? pristine->geom_conaffinity[g] : 0;
    m->geom_rgba[4 * g + 3] = worn ? pristine->geom_rgba[4 * g + 3] : 0.0f;
  }
}

void Physics::MakeSolid(const Entity& entity) {
  mjModel* m = model_.get();
  for (const int g : entity.geoms) {
    m->geom_contype[g] = stage_->model()->geom_contype[g];
    m->geom_conaffinity[g] = stage_->model()->geom_conaffinity[g];
    m->geom_rgba[4 * g + 3] = stage_->model()->geom_rgba[4 * g + 3];
  }
}

void Physics::Halt(const Entity& body) {
  for (const int b : body.bodies) {
    for (int k = 0; k < model_->body_dofnum[b]; ++k) data_->qvel[model_->body_dofadr[b] + k] = 0;
  }
}

PhysicsState Physics::Save() const {
  mjModel* m = model_.get();
  PhysicsState state;
  state.integration.resize(static_cast<size_t>(IntegrationStateSize(m)));
  GetIntegrationState(m, data_.get(), state.integration);
  const auto keep = [](auto* kept) {
    return [kept](const auto* from, int count) { kept->insert(kept->end(), from, from + count); };
  };
  ForEachLaw(m, keep(&state.laws));
  ForEachColour(m, keep(&state.colours));
  ForEachMask(m, keep(&state.masks));
  state.fixtures = fixtures_;
  state.holds = holds_;
  state.absent = absent_;
  state.draw = draw_;
  state.substeps = substeps_;
  state.mirrored = mirrored_;
  return state;
}

void Physics::Restore(const PhysicsState& state) {
  mjModel* m = model_.get();
  for (mjWarningStat& warning : data_->warning) warning = {};
  SetIntegrationState(m, data_.get(), state.integration);
  const auto put = [](const auto& kept) {
    return [next = kept.data()](auto* to, int count) mutable {
      std::copy_n(next, count, to);
      next += count;
    };
  };
  auto laws = put(state.laws);
  ForEachLaw(m, [&](mjtNum* to, int count) { laws(to, count); });
  auto colours = put(state.colours);
  ForEachColour(m, [&](float* to, int count) { colours(to, count); });
  auto masks = put(state.masks);
  ForEachMask(m, [&](int* to, int count) { masks(to, count); });
  fixtures_ = state.fixtures;
  holds_ = state.holds;
  absent_ = state.absent;
  draw_ = state.draw;
  substeps_ = state.substeps;
  mirrored_ = state.mirrored;
  // Worked out anew in every step; what a spring pulled with then is over.
  mju_zero(data_->xfrc_applied, 6 * m->nbody);
  UpdatePoses();
}

}  // namespace peekaboo::sim
