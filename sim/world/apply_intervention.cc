#include "sim/world/apply_intervention.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/physics.h"

namespace peekaboo::sim {
namespace {

using Kind = Intervention::Kind;

/// What an effect works on.
struct Act {
  const Intervention& intervention;
  const Entity& entity;  ///< the first body that the intervention names
  double time;           ///< s
  Physics& physics;
  NameLookup lookup;

  double Argument(const char* name, double otherwise) const {
    const auto found = intervention.numbers.find(name);
    return found == intervention.numbers.end() ? otherwise : found->second.Evaluate(lookup);
  }
};

/// Joint positions and speeds of a body along x and z, and where its joints are 0 [m].
struct Slides {
  mjtNum &x, &z, &vx, &vz;
  double x0, z0;
};

Slides SlidesOf(const Act& act) {
  const mjModel* m = act.physics.model();
  mjData* d = act.physics.data();
  const Entity& e = act.entity;
  return {d->qpos[m->jnt_qposadr[e.x]],    d->qpos[m->jnt_qposadr[e.z]],
          d->qvel[m->jnt_dofadr[e.x]],     d->qvel[m->jnt_dofadr[e.z]],
          act.physics.SlideOrigin(e, 'x'), act.physics.SlideOrigin(e, 'z')};
}

/// A fixture that is there from now on, or is not.
void ShowFixture(const Act& act, bool visible) {
  Fixture* fixture = act.physics.FindFixture(act.entity);
  PEEKABOO_CHECK(fixture);
  FixtureMotion& motion = fixture->motion;
  motion.visible = visible;
  if (visible) {
    // It stands from now on, even if it lay hidden or had fallen.
    motion.rise = motion.fall = -1;
    motion.x = act.Argument("x", motion.x);
    motion.z = act.Argument("z", motion.z + motion.height / 2) - motion.height / 2;
    act.physics.MakeSolid(act.entity);
  }
  act.physics.SetPresent(act.entity, visible, visible);
  act.physics.PlaceFixtures(act.time);
  mj_kinematics(act.physics.model(), act.physics.data());
}

void Vanish(const Act& act) {
  if (act.entity.kind == Entity::Kind::kFixture) return ShowFixture(act, false);
  act.physics.SetPresent(act.entity, false, false);
}

void Appear(const Act& act) {
  if (act.entity.kind == Entity::Kind::kFixture) return ShowFixture(act, true);
  const Entity& entity = act.entity;
  act.physics.MakeSolid(entity);
  if (!entity.shapes.empty()) {
    const Draw& draw = act.physics.draw();
    const auto shape = draw.find(entity.name + ".shape");
    act.physics.SetShape(
        entity, shape == draw.end() ? entity.shapes.front() : std::get<std::string>(shape->second));
  }
  act.physics.SetPresent(entity, true, true);
  for (const int body : entity.bodies) mju_zero(act.physics.data()->xfrc_applied + 6 * body, 6);
  const Slides s = SlidesOf(act);
  s.x = act.Argument("x", s.x + s.x0) - s.x0;
  s.z = act.Argument("z", s.z + s.z0) - s.z0;
  s.vx = act.Argument("vx", 0);
  s.vz = act.Argument("vz", 0);
}

void Teleport(const Act& act) {
  const Slides s = SlidesOf(act);
  s.x = act.Argument("x", s.x + s.x0) - s.x0 + act.Argument("dx", 0);
  s.z = act.Argument("z", s.z + s.z0) - s.z0 + act.Argument("dz", 0);
}

void Freeze(const Act& act) { act.physics.AddHold({Kind::kFreeze, &act.entity, 0}); }

void Float(const Act& act) {
  SlidesOf(act).vz = 0;
  if (act.entity.angle >= 0)
    act.physics.data()->qvel[act.physics.model()->jnt_dofadr[act.entity.angle]] = 0;
  act.physics.AddHold({Kind::kFloat, &act.entity, 0});
}

void Gravity(const Act& act) {
  act.physics.AddHold({Kind::kGravity, &act.entity, act.Argument("scale", -1)});
}

void PassThrough(const Act& act) {
  mjModel* m = act.physics.model();
  const Stage& stage = act.physics.stage();
  const Entity& entity = act.entity;
  if (!stage.tells_things_apart()) {
    throw UserError(
        act.intervention.where,
        fmt::format("nothing can pass through anything in {}: it has more than 31 kinds "
                    "of geoms that collide",
                    stage.path()));
  }
  if (act.intervention.bodies.size() == 1) {
    // Through everything but what the world itself is made of: it would fall for ever.
    for (const int g : entity.geoms) m->geom_conaffinity[g] = 0;
    for (const Entity& other : stage.entities()) {
      if (!other.IsTangible()) continue;
      for (const int g : other.geoms) m->geom_conaffinity[g] &= ~entity.collision_bits;
    }
    return;
  }
  const Entity& other = stage.Require(act.intervention.bodies[1], act.intervention.where);
  for (const int g : entity.geoms) m->geom_conaffinity[g] &= ~other.collision_bits;
  for (const int g : other.geoms) m->geom_conaffinity[g] &= ~entity.collision_bits;
}

void SwapColour(const Act& act) {
  mjModel* m = act.physics.model();
  const auto& rgb = act.physics.colours().at(act.intervention.word);
  for (const int g : act.entity.own_geoms) {
    for (int c = 0; c < 3; ++c) m->geom_rgba[4 * g + c] = static_cast<float>(rgb[c]);
  }
}

void SwapShape(const Act& act) {
  // What is absent or unseen stays so in another shape.
  const mjModel* m = act.physics.model();
  const bool present = act.physics.IsPresent(act.entity);
  const bool visible = std::any_of(act.entity.own_geoms.begin(), act.entity.own_geoms.end(),
                                   [&](int g) { return m->geom_rgba[4 * g + 3] > 0; });
  act.physics.SetShape(act.entity, act.intervention.word);
  act.physics.SetPresent(act.entity, present, visible);
}

void Reverse(const Act& act) {
  const mjModel* m = act.physics.model();
  mjData* d = act.physics.data();
  const Slides s = SlidesOf(act);
  s.vx = -s.vx;
  s.vz = -s.vz;
  for (const int body : act.entity.bodies) {
    for (int k = 0; k < m->body_dofnum[body]; ++k) {
      const int dof = m->body_dofadr[body] + k;
      if (m->jnt_type[m->dof_jntid[dof]] == mjJNT_HINGE) d->qvel[dof] = -d->qvel[dof];
    }
  }
}

void Stop(const Act& act) { act.physics.Halt(act.entity); }

void Push(const Act& act) {
  if (act.entity.kind == Entity::Kind::kJoint) {
    act.physics.data()->qvel[act.physics.model()->jnt_dofadr[act.entity.id]] =
        act.Argument("speed", 0);
    return;
  }
  const Slides s = SlidesOf(act);
  s.vx = act.Argument("vx", s.vx);
  s.vz = act.Argument("vz", s.vz);
  if (act.entity.angle < 0) return;
  mjtNum& spin = act.physics.data()->qvel[act.physics.model()->jnt_dofadr[act.entity.angle]];
  spin = act.Argument("spin", spin);
}

void Release(const Act& act) { act.physics.Release(act.entity); }

/// What each intervention does; a row for each of InterventionTypes().
struct Effect {
  Kind kind;
  void (*apply)(const Act& act);
  bool fixtures;  ///< may befall what does not move by itself
};
constexpr Effect kEffects[] = {
    {Kind::kVanish, Vanish, true},
    {Kind::kAppear, Appear, true},
    {Kind::kTeleport, Teleport, false},
    {Kind::kFreeze, Freeze, false},
    {Kind::kFloat, Float, false},
    {Kind::kGravity, Gravity, false},
    {Kind::kPassThrough, PassThrough, true},
    {Kind::kSwapColour, SwapColour, false},
    {Kind::kSwapShape, SwapShape, false},
    {Kind::kReverse, Reverse, false},
    {Kind::kStop, Stop, false},
    {Kind::kPush, Push, false},
    {Kind::kRelease, Release, false},
};

}  // namespace

void ApplyIntervention(const Intervention& intervention, double time, Physics* physics) {
  const Entity& entity = physics->stage().Require(intervention.bodies[0], intervention.where);
  const auto effect =
      std::find_if(std::begin(kEffects), std::end(kEffects),
                   [&](const Effect& each) { return each.kind == intervention.kind; });
  PEEKABOO_CHECK(effect != std::end(kEffects));
  const bool fixture = effect->fixtures && (entity.kind == Entity::Kind::kFixture ||
                                            intervention.kind == Kind::kPassThrough);
  const bool joint = intervention.kind == Kind::kPush && entity.kind == Entity::Kind::kJoint;
  if (entity.kind != Entity::Kind::kBody && !fixture && !joint)
    throw UserError(intervention.where, fmt::format("'{}' is not a body that moves", entity.name));
  effect->apply(
      {intervention, entity, time, *physics, LookupIn(physics->stage(), physics->draw())});
}

}  // namespace peekaboo::sim
