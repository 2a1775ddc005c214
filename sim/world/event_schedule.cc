#include "sim/world/event_schedule.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sim/world/physics.h"

namespace peekaboo::sim {
namespace {

constexpr double kSameTime = 1e-9;  // s, or a share of a frame

NameLookup LookupOf(const Physics& physics) { return LookupIn(physics.stage(), physics.draw()); }

const Entity& BodyOf(const Event& event, const Physics& physics, int which = 0) {
  return physics.stage().Require(event.when.bodies[which], event.where);
}

}  // namespace

void EventSchedule::Reset(const Physics& physics, std::vector<Event> events) {
  events_ = std::move(events);
  state_.in_force.assign(events_.size(), -1);
  state_.due.assign(events_.size(), -1);
  state_.hidings.assign(physics.stage().entities().size(), {});
  touched_.assign(events_.size(), -1);
  began_.assign(events_.size(), 0);
  values_.assign(events_.size(), 0);
  const NameLookup lookup = LookupOf(physics);
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].when.value) values_[i] = events_[i].when.value->Evaluate(lookup);
  }
}

std::vector<size_t> EventSchedule::DueAt(int frame, double time) {
  std::vector<size_t> due;
  for (size_t i = 0; i < events_.size(); ++i) {
    if (state_.due[i] == frame) {
      due.push_back(i);
    } else if (Waits(i) && events_[i].when.kind == Condition::Kind::kTime &&
               time >= values_[i] - kSameTime) {
      if (events_[i].delay > 0) {
        state_.due[i] = frame + events_[i].delay;
      } else {
        due.push_back(i);
      }
    }
  }
  return due;
}

bool EventSchedule::WaitsForMotion() const {
  for (size_t i = 0; i < events_.size(); ++i) {
    const Condition::Kind kind = events_[i].when.kind;
    if (Waits(i) && (kind == Condition::Kind::kContact || kind == Condition::Kind::kCrosses))
      return true;
  }
  return false;
}

void EventSchedule::BeginFrame(const Physics& physics) {
  for (size_t i = 0; i < events_.size(); ++i) {
    if (Waits(i) && events_[i].when.kind == Condition::Kind::kCrosses)
      began_[i] = physics.Coordinate(BodyOf(events_[i], physics), events_[i].when.axis);
  }
}

void EventSchedule::ForgetContacts() { std::fill(touched_.begin(), touched_.end(), -1); }

void EventSchedule::NoteContacts(const Physics& physics, int step) {
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].when.kind != Condition::Kind::kContact || state_.in_force[i] >= 0 ||
        touched_[i] >= 0)
      continue;
    if (physics.Touches(BodyOf(events_[i], physics, 0), BodyOf(events_[i], physics, 1)))
      touched_[i] = step;
  }
}

double EventSchedule::HappenedAt(size_t event, const Physics& physics) const {
  const Condition& when = events_[event].when;
  if (when.kind == Condition::Kind::kContact)
    return touched_[event] < 0 ? -1 : static_cast<double>(touched_[event]) / physics.substeps();
  if (when.kind != Condition::Kind::kCrosses) return -1;
  const double was = began_[event], crossed = values_[event];
  const double is = physics.Coordinate(BodyOf(events_[event], physics), when.axis);
  if (was == is || (was - crossed) * (is - crossed) > 0) return -1;
  return (crossed - was) / (is - was);
}

std::vector<size_t> EventSchedule::HappenedFirst(const Physics& physics, int frame, double time) {
  const NameLookup lookup = LookupOf(physics);
  double earliest = 2;
  std::vector<size_t> first, delayed;
  for (size_t i = 0; i < events_.size(); ++i) {
    if (!Waits(i)) continue;
    const double when = HappenedAt(i, physics);
    if (when < 0) continue;
    const auto& after = events_[i].when.after;
    if (after && time < after->Evaluate(lookup) - kSameTime) continue;
    if (events_[i].delay > 0) {
      delayed.push_back(i);
      continue;
    }
    if (when < earliest - kSameTime) first.clear();
    if (when < earliest + kSameTime) first.push_back(i);
    earliest = std::min(earliest, when);
  }
  if (first.empty()) {
    for (const size_t i : delayed) state_.due[i] = frame + events_[i].delay;
  }
  return first;
}

void EventSchedule::NoteSight(const Physics& physics, const std::string& body, const Sight& sight,
                              int frame, double time) {
  const Entity* entity = physics.stage().Find(body);
  PEEKABOO_CHECK(entity);
  const auto index = static_cast<size_t>(entity - physics.stage().entities().data());
  if (!state_.hidings[index].Note(sight)) return;
  const NameLookup lookup = LookupOf(physics);
  for (size_t i = 0; i < events_.size(); ++i) {
    const Condition& when = events_[i].when;
    if (when.kind != Condition::Kind::kHidden || when.bodies[0] != body || !Waits(i)) continue;
    if (when.after && time < when.after->Evaluate(lookup) - kSameTime) continue;
    state_.due[i] = frame + 1 + events_[i].delay;
  }
}

bool EventSchedule::NeedsVisibility() const {
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].when.kind == Condition::Kind::kHidden && state_.in_force[i] < 0) return true;
  }
  return false;
}

void EventSchedule::MarkInForce(size_t event, int frame) {
  state_.in_force[event] = frame;
  state_.due[event] = -1;
}

}  // namespace peekaboo::sim
