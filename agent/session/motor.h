#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "agent/session/command.h"
#include "agent/session/snapshot.h"
#include "agent/session/stage_history.h"
#include "sim/episode/player.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

/// Moves the body of a stage, before each frame: lets it rest, plays as a film of the scene would,
/// or carries out plans. It knows who made a plan as little as where actions lead. One thread.
class Motor {
 public:
  explicit Motor(uint64_t seed) : seed_(seed) {}

  /// A scene was loaded: what nobody chose is what suits it, a task is carried out, a scene of play
  /// is played with, a bare MJCF is left alone.
  void Suit(const EpisodeSpec& spec);
  void SetMode(Mode mode);
  Mode mode() const { return mode_; }
  void SetLockStep(bool on) { lock_step_ = on; }
  bool lock_step() const { return lock_step_; }
  /// The latest plan, or why there is none; nullptr: nobody plans yet.
  void Use(std::shared_ptr<const PlanSnapshot> plan) { plan_ = std::move(plan); }

  /// The world is another object from now on.
  void ForgetWorld() { player_.reset(); }

  /// These actions come first, [A] each for a frame, whoever moves the body: of an episode that was
  /// acted before.
  void Replay(std::deque<std::vector<float>> actions) { replayed_ = std::move(actions); }

  /// Whether time stands still until a plan was made for the present moment: in lock-step alone.
  bool Waits(const StageHistory& history) const;
  /// Sets the action for the coming frame. `world` is as the present moment has it.
  void Act(const StageHistory& history, sim::World* world);

  /// The action that works now, [A], empty where nothing can act.
  const std::vector<float>& action() const { return action_; }
  /// s, of simulated time, from what the plan that is carried out was made from until now; nothing
  /// where none is.
  std::optional<double> plan_age() const { return plan_age_; }

 private:
  bool Plans(const StageHistory::Entry& now) const;
  std::vector<float> Planned(const StageHistory& history);
  std::vector<float> Played(const StageHistory& history, sim::World* world);

  const uint64_t seed_;
  Mode mode_ = Mode::kWatch;
  bool chosen_ = false;  // by people
  bool lock_step_ = false;
  std::shared_ptr<const PlanSnapshot> plan_;
  std::deque<std::vector<float>> replayed_;  // still to come
  std::vector<float> action_;
  std::optional<double> plan_age_;

  // Of mode kPlay.
  std::shared_ptr<const EpisodeSpec> playing_;
  sim::Scene played_;  // its scene, with what play is where it has none
  std::optional<sim::Player> player_;
  int64_t next_serial_ = -1;  // of the moment from which the player goes on
};

}  // namespace peekaboo::agent
