// Breaking the laws: what each intervention does to the physics (never to pixels).

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/world_script.h"

namespace peekaboo::sim {

void World::SetShape(const Entity& entity, const std::string& shape) {
  mjModel* m = model_.get();
  const mjModel* pristine = stage_->model();
  for (const int g : entity.own_geoms) {
    const char* name = mj_id2name(m, mjOBJ_GEOM, g);
    const bool worn = name && entity.name + "." + shape == name;
    m->geom_contype[g] = worn ? pristine->geom_contype[g] : 0;
    m->geom_conaffinity[g] = worn ? pristine->geom_conaffinity[g] : 0;
    m->geom_rgba[4 * g + 3] = worn ? 1.0f : 0.0f;
  }
}

void World::MakeSolid(const Entity& entity) {
  mjModel* m = model_.get();
  for (const int g : entity.geoms) {
    m->geom_contype[g] = stage_->model()->geom_contype[g];
    m->geom_conaffinity[g] = stage_->model()->geom_conaffinity[g];
    m->geom_rgba[4 * g + 3] = 1;
  }
}

void World::SetPresent(const Entity& entity, bool present, bool visible) {
  mjModel* m = model_.get();
  for (const int g : entity.geoms) {
    if (!present) m->geom_contype[g] = m->geom_conaffinity[g] = 0;
    if (!visible) m->geom_rgba[4 * g + 3] = 0;
  }
  absent_[static_cast<size_t>(&entity - stage_->entities().data())] = !present;
}

void World::Apply(const Intervention& intervention) {
  using Kind = Intervention::Kind;
  mjModel* m = model_.get();
  mjData* d = data_.get();
  const Entity& entity = stage_->Require(intervention.bodies[0], intervention.where);
  const NameLookup drawn = LookupIn(*stage_, *draw_);
  const auto argument = [&](const char* name, double otherwise) {
    const auto found = intervention.numbers.find(name);
    return found == intervention.numbers.end() ? otherwise : found->second.Evaluate(drawn);
  };
  if (intervention.kind == Kind::kPassThrough && intervention.bodies.size() == 1) {
    // Through everything but what the world itself is made of: it would fall for ever.
    for (const int g : entity.geoms) m->geom_conaffinity[g] = 0;
    for (const Entity& other : stage_->entities()) {
      if (other.kind != Entity::Kind::kBody && other.kind != Entity::Kind::kFixture) continue;
      for (const int g : other.geoms) m->geom_conaffinity[g] &= ~entity.bit;
    }
    return;
  }
  if (intervention.kind == Kind::kPassThrough) {
    const Entity& other = stage_->Require(intervention.bodies[1], intervention.where);
    for (const int g : entity.geoms) m->geom_conaffinity[g] &= ~other.bit;
    for (const int g : other.geoms) m->geom_conaffinity[g] &= ~entity.bit;
    return;
  }
  if (entity.kind == Entity::Kind::kFixture &&
      (intervention.kind == Kind::kVanish || intervention.kind == Kind::kAppear)) {
    const auto script = std::find_if(scripts_.begin(), scripts_.end(),
                                     [&](const Script& s) { return s.entity == &entity; });
    PEEKABOO_CHECK(script != scripts_.end());
    FixtureMotion& how = script->script;
    how.visible = intervention.kind == Kind::kAppear;
    if (how.visible) {
      // It stands from now on, even if it lay hidden or had fallen.
      how.rise = how.fall = -1;
      how.x = argument("x", how.x);
      how.z = argument("z", how.z + how.height / 2) - how.height / 2;
      MakeSolid(entity);
    }
    SetPresent(entity, how.visible, how.visible);
    PlaceFixtures(time());
    mj_kinematics(m, d);
    return;
  }
  if (entity.kind != Entity::Kind::kBody)
    throw UserError(intervention.where, "'" + entity.name + "' is not a body that moves");
  mjtNum& x = d->qpos[m->jnt_qposadr[entity.x]];
  mjtNum& z = d->qpos[m->jnt_qposadr[entity.z]];
  mjtNum& vx = d->qvel[m->jnt_dofadr[entity.x]];
  mjtNum& vz = d->qvel[m->jnt_dofadr[entity.z]];
  const double x0 = m->body_pos[3 * entity.id], z0 = m->body_pos[3 * entity.id + 2];
  switch (intervention.kind) {
    case Kind::kVanish:
      SetPresent(entity, false, false);
      break;
    case Kind::kAppear: {
      MakeSolid(entity);
      if (!entity.shapes.empty()) {
        const auto shape = draw_->find(entity.name + ".shape");
        SetShape(entity, shape == draw_->end() ? entity.shapes.front()
                                               : std::get<std::string>(shape->second));
      }
      SetPresent(entity, true, true);
      for (const int body : entity.bodies) mju_zero(d->xfrc_applied + 6 * body, 6);
      x = argument("x", x + x0) - x0;
      z = argument("z", z + z0) - z0;
      vx = argument("vx", 0);
      vz = argument("vz", 0);
      break;
    }
    case Kind::kTeleport:
      x = argument("x", x + x0) - x0 + argument("dx", 0);
      z = argument("z", z + z0) - z0 + argument("dz", 0);
      break;
    case Kind::kFreeze:
      holds_.push_back({Kind::kFreeze, &entity, 0});
      break;
    case Kind::kFloat:
      vz = 0;
      if (entity.angle >= 0) d->qvel[m->jnt_dofadr[entity.angle]] = 0;
      holds_.push_back({Kind::kFloat, &entity, 0});
      break;
    case Kind::kGravity:
      holds_.push_back({Kind::kGravity, &entity, argument("scale", -1)});
      break;
    case Kind::kSwapColour: {
      const auto& rgb = colours_.at(intervention.word);
      for (const int g : entity.own_geoms) {
        for (int c = 0; c < 3; ++c) m->geom_rgba[4 * g + c] = static_cast<float>(rgb[c]);
      }
      break;
    }
    case Kind::kSwapShape: {
      // What is absent or unseen stays so in another shape.
      const bool present = !absent_[static_cast<size_t>(&entity - stage_->entities().data())];
      const bool visible = std::any_of(entity.own_geoms.begin(), entity.own_geoms.end(),
                                       [&](int g) { return m->geom_rgba[4 * g + 3] > 0; });
      SetShape(entity, intervention.word);
      SetPresent(entity, present, visible);
      break;
    }
    case Kind::kReverse:
      vx = -vx;
      vz = -vz;
      for (const int body : entity.bodies) {
        for (int k = 0; k < m->body_dofnum[body]; ++k) {
          const int dof = m->body_dofadr[body] + k;
          if (m->jnt_type[m->dof_jntid[dof]] == mjJNT_HINGE) d->qvel[dof] = -d->qvel[dof];
        }
      }
      break;
    case Kind::kStop:
      for (const int body : entity.bodies) {
        for (int k = 0; k < m->body_dofnum[body]; ++k) d->qvel[m->body_dofadr[body] + k] = 0;
      }
      break;
    case Kind::kPush:
      vx = argument("vx", vx);
      vz = argument("vz", vz);
      if (entity.angle >= 0)
        d->qvel[m->jnt_dofadr[entity.angle]] =
            argument("spin", d->qvel[m->jnt_dofadr[entity.angle]]);
      break;
    case Kind::kRelease:
      std::erase_if(holds_, [&](const Hold& hold) { return hold.body == &entity; });
      for (const int body : entity.bodies) mju_zero(d->xfrc_applied + 6 * body, 6);
      break;
    case Kind::kPassThrough:
      break;
  }
}

}  // namespace peekaboo::sim
