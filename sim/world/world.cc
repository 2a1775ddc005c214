#include "sim/world/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/apply_intervention.h"

namespace peekaboo::sim {

void World::Reset(const Scene& scene, const Draw& draw, const std::vector<Event>& events) {
  frame_ = 0;
  pointer_.Reset();
  physics_.Reset(scene, draw);
  mirror_ = MirrorSigns(stage().model(), stage().actions(), stage().CameraOf(scene));
  std::vector<Event> all = scene.events;
  all.insert(all.end(), events.begin(), events.end());
  events_.Reset(physics_, std::move(all));
}

void World::StepFrame(const Watcher& watcher) {
  ++frame_;
  for (const size_t event : events_.DueAt(frame_, time())) Fire(event);
  if (!events_.WaitsForMotion()) {
    Simulate(watcher);
    return;
  }
  // An event is in force from the beginning of the frame in which its condition comes true. That
  // may keep others from happening in this frame, or make them: the earliest takes effect first,
  // and the frame is played again until nothing new happens in it.
  const WorldState before = Save();
  events_.BeginFrame(physics_);
  std::vector<size_t> fired;
  while (true) {
    Simulate(watcher);
    const std::vector<size_t> first = events_.HappenedFirst(physics_, frame_, time());
    if (first.empty()) return;
    fired.insert(fired.end(), first.begin(), first.end());
    Restore(before);
    for (const size_t event : fired) Fire(event);
  }
}

void World::Fire(size_t event) {
  events_.MarkInForce(event, frame_);
  for (const Intervention& intervention : events_.events()[event].interventions)
    Apply(intervention);
}

void World::Apply(const Intervention& intervention) {
  ApplyIntervention(intervention, time(), &physics_);
}

void World::Act(std::span<const float> action) {
  PEEKABOO_CHECK(std::all_of(action.begin(), action.end(),
                             [](float number) { return std::isfinite(number); }));
  const std::span<const int> mirror =
      mirrored() ? std::span<const int>(mirror_) : std::span<const int>();
  ControlsFor(stage().actions(), action, mirror, data()->ctrl);
}

void World::Rest() { mju_zero(data()->ctrl, model()->nu); }

void World::Simulate(const Watcher& watcher) {
  events_.ForgetContacts();
  const double start = (frame_ - 1) / physics_.frame_hz();
  const int steps = physics_.substeps();
  for (int s = 0; s < steps; ++s) {
    physics_.PlaceFixtures(start + s * physics_.model()->opt.timestep);
    physics_.HoldBodies();
    pointer_.Apply(&physics_);
    physics_.Step();
    events_.NoteContacts(physics_, s);
    if (watcher) watcher((s + 1.0) / steps);
  }
  physics_.CheckFinite(time());
  physics_.PlaceFixtures(time());
  physics_.HoldBodies();
  pointer_.Apply(&physics_);
  // The picture shows positions at the end of the frame; a step leaves those of its beginning.
  physics_.UpdatePoses();
}

void World::Configure(std::span<const double> qpos) {
  const mjModel* m = model();
  if (std::ssize(qpos) != m->nq) {
    throw UserError("qpos", fmt::format("has {} numbers, the joints of {} have {}", qpos.size(),
                                        stage().path(), m->nq));
  }
  if (!std::all_of(qpos.begin(), qpos.end(), [](double q) { return std::isfinite(q); }))
    throw UserError("qpos", "must be finite");
  std::copy(qpos.begin(), qpos.end(), data()->qpos);
  mj_normalizeQuat(m, data()->qpos);
  mju_zero(data()->qvel, m->nv);
  mju_zero(data()->act, m->na);
  physics_.UpdatePoses();
}

void World::Place(const Entity& entity, double x, double z) {
  if (!std::isfinite(x) || !std::isfinite(z)) throw UserError(entity.name, "cannot be put nowhere");
  const mjModel* m = model();
  mjData* d = data();
  if (entity.kind == Entity::Kind::kBody) {
    d->qpos[m->jnt_qposadr[entity.x]] = x - physics_.SlideOrigin(entity, 'x');
    d->qpos[m->jnt_qposadr[entity.z]] = z - physics_.SlideOrigin(entity, 'z');
    physics_.Halt(entity);
  } else {
    Fixture* fixture = physics_.FindFixture(entity);
    if (!fixture) throw UserError(entity.name, "cannot be moved");
    fixture->motion.x = x;
    fixture->motion.z = z - fixture->motion.height / 2;
    physics_.PlaceFixtures(time());
  }
  physics_.UpdatePoses();
}

void World::Turn(const Entity& body, double by) {
  CheckTurn(body, by);
  data()->qpos[model()->jnt_qposadr[body.angle]] += by;
  physics_.Halt(body);
  physics_.UpdatePoses();
}

void World::Restore(const WorldState& state) {
  physics_.Restore(state.physics);
  events_.Restore(state.events);
  frame_ = state.frame;
}

}  // namespace peekaboo::sim
