#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"
#include "sim/world/hiding.h"

namespace peekaboo::sim {

class Physics;

/// Which events of a scene have happened, and which are due. Says when; what happens then is the
/// world's. One thread.
class EventSchedule {
 public:
  /// What of it changes; belongs to the schedule that made it.
  struct State {
    std::vector<int> in_force;  ///< by event: first frame; -1: it has not happened
    std::vector<int> due;  ///< by event: frame in which it takes effect; -1: its condition waits
    std::vector<Hiding> hidings;  ///< by entity of the stage
  };

  /// `events` in the order in which they are numbered. Throws UserError for a condition whose
  /// value cannot be worked out.
  void Reset(const Physics& physics, std::vector<Event> events);

  const std::vector<Event>& events() const { return events_; }
  const std::vector<int>& in_force() const { return state_.in_force; }

  /// Numbers of the events that take effect at the beginning of `frame`, which starts at or before
  /// `time` [s]: the time came, or a delay is over.
  std::vector<size_t> DueAt(int frame, double time);
  /// Whether an event waits for something that may happen within a frame: a contact, a crossing.
  bool WaitsForMotion() const;
  /// Told before a frame is simulated, once, however often it is then played again.
  void BeginFrame(const Physics& physics);
  /// Told before each time that the frame is played.
  void ForgetContacts();
  /// Told after each step of the physics.
  void NoteContacts(const Physics& physics, int step);
  /// Of the events that wait for motion, those whose condition came true first in the frame just
  /// played (numbers); if none did, those that happened but are delayed become due.
  std::vector<size_t> HappenedFirst(const Physics& physics, int frame, double time);
  /// Told what the eye saw of `body` in `frame`.
  void NoteSight(const Physics& physics, const std::string& body, const Sight& sight, int frame,
                 double time);
  bool NeedsVisibility() const;
  /// The event takes effect in `frame`.
  void MarkInForce(size_t event, int frame);

  const State& Save() const { return state_; }
  void Restore(const State& state) { state_ = state; }

 private:
  bool Waits(size_t event) const { return state_.due[event] < 0 && state_.in_force[event] < 0; }
  /// When during the frame just played, as a share of it; negative if it did not happen.
  double HappenedAt(size_t event, const Physics& physics) const;

  std::vector<Event> events_;
  State state_;
  std::vector<double> values_;  // evaluated values of the conditions
  std::vector<double> began_;   // by event: coordinate that crosses, at the beginning of the frame
  std::vector<int> touched_;    // by event: first step of the frame with contact, -1: none
};

}  // namespace peekaboo::sim
