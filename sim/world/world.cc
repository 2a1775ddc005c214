#include "sim/world/world.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/world_script.h"

namespace peekaboo::sim {

World::World(std::shared_ptr<const Stage> stage) : stage_(std::move(stage)) {
  model_.reset(mj_copyModel(nullptr, stage_->model()));
  PEEKABOO_CHECK(model_);
  data_.reset(mj_makeData(model_.get()));
  PEEKABOO_CHECK(data_);
}

World::~World() = default;

void World::Reset(const Scene& scene, const Draw& draw, const std::vector<Event>& events) {
  PEEKABOO_CHECK(mj_copyModel(model_.get(), stage_->model()) == model_.get());
  mj_resetData(model_.get(), data_.get());
  draw_ = std::make_shared<const Draw>(draw);
  colours_ = scene.colours;
  events_ = scene.events;
  events_.insert(events_.end(), events.begin(), events.end());
  event_frames_.assign(events_.size(), -1);
  due_.assign(events_.size(), -1);
  touched_.assign(events_.size(), -1);
  const size_t entities = stage_->entities().size();
  absent_.assign(entities, 0);
  seen_frames_.assign(entities, 0);
  holds_.clear();
  pulled_ = nullptr;
  pull_to_.reset();
  twist_to_.reset();
  scripts_.clear();
  frame_ = 0;
  frame_hz_ = scene.frame_hz;
  substeps_ = std::max(1, static_cast<int>(std::lround(1.0 / (frame_hz_ * model_->opt.timestep))));
  try {
    ApplyDraw(scene);
  } catch (const UserError& error) {
    throw UserError(scene.path, error.what());
  }
  const NameLookup lookup = LookupIn(*stage_, *draw_);
  crossing_.assign(events_.size(), 0);
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].when.value) crossing_[i] = events_[i].when.value->Evaluate(lookup);
  }
  PlaceFixtures(0);
  mj_forward(model_.get(), data_.get());
}

void World::StepFrame(const Watcher& watcher) {
  ++frame_;
  for (size_t i = 0; i < events_.size(); ++i) {
    if (due_[i] == frame_ ||
        (due_[i] < 0 && event_frames_[i] < 0 && events_[i].when.kind == Condition::Kind::kTime &&
         time() >= crossing_[i] - 1e-9)) {
      if (due_[i] < 0 && events_[i].delay > 0) {
        due_[i] = frame_ + events_[i].delay;
      } else {
        Fire(i);
      }
    }
  }
  const bool waiting = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
    const size_t i = static_cast<size_t>(&event - events_.data());
    return due_[i] < 0 && event_frames_[i] < 0 &&
           (event.when.kind == Condition::Kind::kContact ||
            event.when.kind == Condition::Kind::kCrosses);
  });
  if (!waiting) {
    Simulate(watcher);
    return;
  }
  // An event is in force from the beginning of the frame in which its condition comes true. That
  // may keep others from happening in this frame, or make them: the earliest takes effect first,
  // and the frame is played again until nothing new happens in it.
  const WorldState before = Save();
  const NameLookup lookup = LookupIn(*stage_, *draw_);
  std::vector<size_t> fired;
  while (true) {
    Simulate(watcher);
    double earliest = 2;
    std::vector<size_t> first, delayed;
    for (size_t i = 0; i < events_.size(); ++i) {
      if (due_[i] >= 0 || event_frames_[i] >= 0) continue;
      const auto when = HappenedAt(events_[i], before);
      if (!when) continue;
      const auto& after = events_[i].when.after;
      if (after && time() < after->Evaluate(lookup) - 1e-9) continue;
      if (events_[i].delay > 0) {
        delayed.push_back(i);
        continue;
      }
      if (*when < earliest - 1e-9) first.clear();
      if (*when < earliest + 1e-9) first.push_back(i);
      earliest = std::min(earliest, *when);
    }
    if (first.empty()) {
      for (const size_t i : delayed) due_[i] = frame_ + events_[i].delay;
      return;
    }
    fired.insert(fired.end(), first.begin(), first.end());
    Restore(before);
    for (const size_t i : fired) Fire(i);
  }
}

void World::Fire(size_t event) {
  event_frames_[event] = frame_;
  due_[event] = -1;
  for (const Intervention& intervention : events_[event].interventions) Apply(intervention);
}

std::optional<double> World::HappenedAt(const Event& event, const WorldState& before) const {
  const size_t i = static_cast<size_t>(&event - events_.data());
  if (event.when.kind == Condition::Kind::kContact) {
    if (touched_[i] < 0) return std::nullopt;
    return static_cast<double>(touched_[i]) / substeps_;
  }
  if (event.when.kind != Condition::Kind::kCrosses) return std::nullopt;
  const Entity& body = stage_->Require(event.when.bodies[0], event.where);
  const int joint = event.when.axis == 'x' ? body.x : body.z;
  const double origin = model_->body_pos[3 * body.id + (event.when.axis - 'x')];
  const double was = before.numbers[model_->jnt_qposadr[joint]] + origin;
  const double is = Coordinate(body, event.when.axis);
  if (was == is || (was - crossing_[i]) * (is - crossing_[i]) > 0) return std::nullopt;
  return (crossing_[i] - was) / (is - was);
}

double World::Coordinate(const Entity& body, char axis) const {
  const int joint = axis == 'x' ? body.x : body.z;
  return data_->qpos[model_->jnt_qposadr[joint]] + model_->body_pos[3 * body.id + (axis - 'x')];
}

bool World::Touches(const Entity& a, const Entity& b) const {
  const auto has = [](const Entity& entity, int geom) {
    return std::find(entity.geoms.begin(), entity.geoms.end(), geom) != entity.geoms.end();
  };
  for (int c = 0; c < data_->ncon; ++c) {
    const int g1 = data_->contact[c].geom1, g2 = data_->contact[c].geom2;
    if ((has(a, g1) && has(b, g2)) || (has(a, g2) && has(b, g1))) return true;
  }
  return false;
}

void World::Simulate(const Watcher& watcher) {
  mjModel* m = model_.get();
  mjData* d = data_.get();
  std::fill(touched_.begin(), touched_.end(), -1);
  const double start = (frame_ - 1) / frame_hz_;
  for (int s = 0; s < substeps_; ++s) {
    PlaceFixtures(start + s * m->opt.timestep);
    HoldBodies();
    mj_step(m, d);
    for (size_t i = 0; i < events_.size(); ++i) {
      const Condition& when = events_[i].when;
      if (when.kind != Condition::Kind::kContact || event_frames_[i] >= 0 || touched_[i] >= 0)
        continue;
      if (Touches(stage_->Require(when.bodies[0], events_[i].where),
                  stage_->Require(when.bodies[1], events_[i].where)))
        touched_[i] = s;
    }
    if (watcher) watcher((s + 1.0) / substeps_);
  }
  if (d->warning[mjWARN_BADQPOS].number || d->warning[mjWARN_BADQVEL].number ||
      d->warning[mjWARN_BADQACC].number) {
    throw UserError(stage_->path(), "the physics diverged at " + std::to_string(time()) +
                                        " s (a number became NaN or huge)");
  }
  PlaceFixtures(time());
  HoldBodies();
  // The picture shows positions at the end of the frame; mj_step leaves those of its beginning.
  mj_kinematics(m, d);
  mj_comPos(m, d);
  mj_camlight(m, d);
}

void World::HoldBodies() {
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
  if (pulled_) PullBody();
}

void World::PlaceFixtures(double time) {
  for (const Script& script : scripts_) {
    const FixturePose pose = PoseAt(script.script, time);
    mju_copy3(data_->mocap_pos + 3 * script.entity->mocap, pose.position);
    mju_copy4(data_->mocap_quat + 4 * script.entity->mocap, pose.quaternion);
    if (script.script.visible) {
      for (const int g : script.entity->geoms) model_->geom_rgba[4 * g + 3] = pose.up ? 1.0f : 0.0f;
    }
  }
}

void World::NoteVisible(const std::string& body, int pixels) {
  const Entity* entity = stage_->Find(body);
  PEEKABOO_CHECK(entity);
  int& seen = seen_frames_[static_cast<size_t>(entity - stage_->entities().data())];
  if (pixels > 0) {
    ++seen;
    return;
  }
  const NameLookup lookup = LookupIn(*stage_, *draw_);
  for (size_t i = 0; i < events_.size(); ++i) {
    const Condition& when = events_[i].when;
    if (when.kind != Condition::Kind::kHidden || when.bodies[0] != body || due_[i] >= 0 ||
        event_frames_[i] >= 0)
      continue;
    if (seen < 2 || (when.after && time() < when.after->Evaluate(lookup) - 1e-9)) continue;
    due_[i] = frame_ + 1 + events_[i].delay;
  }
}

bool World::NeedsVisibility() const {
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].when.kind == Condition::Kind::kHidden && event_frames_[i] < 0) return true;
  }
  return false;
}

BodyReading World::Read(const Entity& body) const {
  PEEKABOO_CHECK(body.kind == Entity::Kind::kBody);
  const mjModel* m = model_.get();
  const mjData* d = data_.get();
  BodyReading reading;
  reading.x = Coordinate(body, 'x');
  reading.z = Coordinate(body, 'z');
  reading.vx = d->qvel[m->jnt_dofadr[body.x]];
  reading.vz = d->qvel[m->jnt_dofadr[body.z]];
  if (body.angle >= 0) {
    reading.angle = d->qpos[m->jnt_qposadr[body.angle]];
    reading.spin = d->qvel[m->jnt_dofadr[body.angle]];
  }
  reading.present = IsPresent(body);
  return reading;
}

bool World::IsPresent(const Entity& entity) const {
  return !absent_[static_cast<size_t>(&entity - stage_->entities().data())];
}

}  // namespace peekaboo::sim
