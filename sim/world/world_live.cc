// What people do to a world while it runs.

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/mujoco_compat.h"
#include "sim/world/world_script.h"

namespace peekaboo::sim {
namespace {

constexpr double kPast = 1e-4;      // m, beyond a surface that a ray goes on behind
constexpr double kStiffness = 100;  // 1/s^2, of the spring for each kg: MuJoCo's own default

bool IsAnyOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void CheckTurn(const Entity& entity, double by) {
  if (entity.kind != Entity::Kind::kBody || entity.angle < 0)
    throw UserError(entity.name, "cannot be turned");
  if (!std::isfinite(by)) throw UserError(entity.name, "cannot be turned by no number");
}

/// Takes the speed from all joints of a body.
void Halt(const Entity& entity, const mjModel* m, mjData* d) {
  for (const int b : entity.bodies) {
    for (int k = 0; k < m->body_dofnum[b]; ++k) d->qvel[m->body_dofadr[b] + k] = 0;
  }
}

/// Puts everything where the joints now say.
void FollowJoints(const mjModel* m, mjData* d) {
  mj_kinematics(m, d);
  mj_comPos(m, d);
  mj_camlight(m, d);
}

}  // namespace

std::optional<World::Hit> World::Pick(const double origin[3], const double direction[3],
                                      bool through) const {
  const mjtNum length = mju_norm3(direction);
  if (!(length > 0)) return std::nullopt;
  const mjtByte groups[mjNGROUP] = {1, 1, 1, 0, 0, 0};
  const auto& entities = stage_->entities();
  mjtNum from[3] = {origin[0], origin[1], origin[2]};
  // Each fixture has a front and a back.
  for (size_t tries = 0; tries <= 2 * entities.size(); ++tries) {
    int geom = -1;
    const mjtNum distance = mj_ray(model_.get(), data_.get(), from, direction, groups,
                                   /*flg_static=*/1, /*bodyexclude=*/-1, &geom);
    if (geom < 0 || distance < 0) return std::nullopt;
    const auto hit = std::find_if(entities.begin(), entities.end(), [&](const Entity& entity) {
      return entity.kind != Entity::Kind::kStage &&
             std::find(entity.geoms.begin(), entity.geoms.end(), geom) != entity.geoms.end();
    });
    if (through && (hit == entities.end() || hit->kind != Entity::Kind::kBody)) {
      mju_addToScl3(from, direction, distance + kPast / length);
      continue;
    }
    if (hit == entities.end()) return std::nullopt;
    Hit result{&*hit, {}};
    for (int k = 0; k < 3; ++k) result.point[k] = from[k] + distance * direction[k];
    return result;
  }
  return std::nullopt;
}

void World::Pull(const Entity& body, const double point[3]) {
  PEEKABOO_CHECK(body.kind == Entity::Kind::kBody);
  if (!std::isfinite(point[0]) || !std::isfinite(point[2]))
    throw UserError(body.name, "cannot be pulled to nowhere");
  Take(body);
  pull_to_ = {point[0], point[2]};
}

void World::Twist(const Entity& body, double by) {
  CheckTurn(body, by);
  Take(body);
  twist_to_ = twist_to_.value_or(Read(body).angle) + by;
}

void World::Take(const Entity& body) {
  if (pulled_ != &body) LetGo();
  pulled_ = &body;
}

void World::LetGo() {
  if (!pulled_) return;
  mju_zero(data_->xfrc_applied + 6 * pulled_->id, 6);
  pulled_ = nullptr;
  pull_to_.reset();
  twist_to_.reset();
}

void World::PullBody() {
  const mjModel* m = model_.get();
  mjData* d = data_.get();
  const bool held = absent_[static_cast<size_t>(pulled_ - stage_->entities().data())] ||
                    std::any_of(holds_.begin(), holds_.end(),
                                [&](const Hold& hold) { return hold.body == pulled_; });
  mjtNum* force = d->xfrc_applied + 6 * pulled_->id;
  // As much force as moves a mass, or turns an inertia, by x'' = k (to - x) - 2 sqrt(k) x'.
  const auto spring = [](double away, double speed) {
    return kStiffness * away - 2 * std::sqrt(kStiffness) * speed;
  };
  if (twist_to_) {
    const BodyReading now = Read(*pulled_);
    const double inertia = d->qM[m->dof_Madr[m->jnt_dofadr[pulled_->angle]]];
    force[4] = inertia * spring(*twist_to_ - now.angle, now.spin);
  }
  if (!pull_to_) return;
  double mass = 0;
  for (const int b : pulled_->bodies) mass += m->body_mass[b];
  const std::pair<int, char> axes[2] = {{pulled_->x, 'x'}, {pulled_->z, 'z'}};
  for (int k = 0; k < 2; ++k) {
    const double away = (*pull_to_)[k] - Coordinate(*pulled_, axes[k].second);
    const double pull = mass * spring(away, d->qvel[m->jnt_dofadr[axes[k].first]]);
    mjtNum& component = force[2 * k];
    component = k == 1 && held ? component + pull : pull;
  }
}

void World::Place(const Entity& entity, double x, double z) {
  if (!std::isfinite(x) || !std::isfinite(z)) throw UserError(entity.name, "cannot be put nowhere");
  const mjModel* m = model_.get();
  mjData* d = data_.get();
  if (entity.kind == Entity::Kind::kBody) {
    d->qpos[m->jnt_qposadr[entity.x]] = x - m->body_pos[3 * entity.id];
    d->qpos[m->jnt_qposadr[entity.z]] = z - m->body_pos[3 * entity.id + 2];
    Halt(entity, m, d);
  } else {
    const auto script = std::find_if(scripts_.begin(), scripts_.end(),
                                     [&](const Script& s) { return s.entity == &entity; });
    if (script == scripts_.end()) throw UserError(entity.name, "cannot be moved");
    script->script.x = x;
    script->script.z = z - script->script.height / 2;
    PlaceFixtures(time());
  }
  FollowJoints(m, d);
}

void World::Turn(const Entity& body, double by) {
  CheckTurn(body, by);
  data_->qpos[model_->jnt_qposadr[body.angle]] += by;
  Halt(body, model_.get(), data_.get());
  FollowJoints(model_.get(), data_.get());
}

bool World::Adjust(const Scene& scene, const std::string& key, const Value& value) {
  const Entity* entity = nullptr;
  const Attribute* attribute = nullptr;
  if (!stage_->Resolve(key, &entity, &attribute) || attribute->derived) return false;
  const bool light = entity->kind == Entity::Kind::kLight;
  const bool camera = entity->kind == Entity::Kind::kCamera;
  const bool contact = IsAnyOf(attribute->name, {"friction", "damping_ratio"});
  const bool paint = IsAnyOf(attribute->name, {"colour", "shade", "red", "green", "blue"});
  const bool whole = IsAnyOf(attribute->name, {"gravity", "ambient"});
  if (!light && !camera && !contact && !paint && !whole) return false;
  if (attribute->word != std::holds_alternative<std::string>(value))
    throw UserError(key, attribute->word ? "takes a word" : "takes a number");
  if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number))
    throw UserError(key, "takes a finite number");
  if (const auto* word = std::get_if<std::string>(&value); word && !scene.colours.count(*word))
    throw UserError(key, "'" + *word + "' is no colour of the scene");

  const auto before = draw_;
  auto changed = std::make_shared<Draw>(*before);
  (*changed)[key] = value;
  draw_ = std::move(changed);
  mjModel* m = model_.get();
  const mjModel* pristine = stage_->model();
  const NameLookup lookup = LookupIn(*stage_, *draw_);
  const auto restore = [&](mjtNum* to, const mjtNum* from, int index, int width) {
    std::copy_n(from + width * index, width, to + width * index);
  };
  try {
    if (contact) {
      std::copy_n(pristine->geom_friction, 3 * m->ngeom, m->geom_friction);
      std::copy_n(pristine->geom_solref, mjNREF * m->ngeom, m->geom_solref);
      ApplyContacts(lookup);
    } else if (paint) {
      for (const int g : entity->own_geoms)
        std::copy_n(pristine->geom_rgba + 4 * g, 3, m->geom_rgba + 4 * g);
      Paint(*entity, scene, lookup);
    } else if (camera) {
      restore(m->cam_pos, pristine->cam_pos, entity->id, 3);
      restore(m->cam_quat, pristine->cam_quat, entity->id, 4);
      restore(m->cam_fovy, pristine->cam_fovy, entity->id, 1);
      mirrored_ = false;
      ApplyLightsCamerasStage(*entity, lookup);
    } else {
      ApplyLightsCamerasStage(*entity, lookup);
    }
  } catch (...) {
    draw_ = before;
    throw;
  }
  mj_camlight(m, data_.get());
  return true;
}

void World::SetTimeStep(double seconds) {
  if (!(seconds >= 0.0005 && seconds <= 0.02))
    throw UserError("time step", "must be from 0.5 to 20 ms");
  model_->opt.timestep = seconds;
  substeps_ = std::max(1, static_cast<int>(std::lround(1.0 / (frame_hz_ * seconds))));
  // Whole steps fill a frame.
  model_->opt.timestep = 1.0 / (frame_hz_ * substeps_);
}

}  // namespace peekaboo::sim
