#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/session/command.h"
#include "agent/session/motor.h"
#include "agent/session/snapshot.h"
#include "agent/session/stage_history.h"
#include "agent/session/stage_views.h"
#include "sim/episode/recorder.h"
#include "sim/render/eye.h"
#include "sim/world/world.h"

namespace peekaboo::agent {

/// The stage of a Session that simulates: a world that plays scenes, frame by frame, with a history
/// that can be gone back to, and people who break its laws. Belongs to the thread whose GlContext
/// is current when it is made; knows no clock.
class Simulator {
 public:
  /// What the stage begins with, and what is drawn of it.
  struct Options {
    uint64_t seed = 0;
    int image_size = 64;     ///< pixels, of the infant's eye
    int64_t history = 3750;  ///< moments that are kept; 5 minutes of 12.5 frames a second
    sim::Split split = sim::Split::kSeen;
    bool views = false;  ///< for people who look on
  };
  explicit Simulator(const Options& options);
  ~Simulator();

  /// Does as told. Throws UserError, changing nothing, for what cannot be. True if the stage now
  /// shows another moment or world.
  bool Handle(const StageCommand& command);

  bool playing() const { return playing_; }
  double speed() const { return speed_; }
  /// The latest plan, for the frames to come; nullptr: nobody plans.
  void Use(std::shared_ptr<const PlanSnapshot> plan) { motor_.Use(std::move(plan)); }

  /// What is played; nullptr before the first scene.
  std::shared_ptr<const EpisodeSpec> spec() const {
    return history_.empty() ? nullptr : Now().spec;
  }
  /// Begins draw `index` of what is played; `actions` come first, [A] each for a frame. `tally`: of
  /// the episodes before.
  void Resume(uint64_t index, std::deque<std::vector<float>> actions, const TaskTally& tally);

  /// Plays one frame, or begins the next episode when this one is over, and returns what the
  /// infant sees of it. Nothing without a scene, or while it waits for a plan. Throws UserError
  /// when the physics diverges; the scene then begins again with its next draw, and stands still if
  /// that happens time after time.
  std::optional<Observation> Advance();

  /// The first frame of an episode that a command began, or frames that it stepped to: what the
  /// infant has not seen yet. Empties the list.
  std::vector<Observation> TakeObservations();

  /// Everything as it is now; rates are the caller's to fill in.
  std::shared_ptr<StageSnapshot> Snapshot() const;

 private:
  void Load(const command::LoadScene& load);
  void Begin(std::shared_ptr<const EpisodeSpec> spec);
  /// Another draw of what is played now.
  std::shared_ptr<const EpisodeSpec> Again(uint64_t index, const sim::Draw& overrides) const;
  void StepBy(int frames);
  void Go(int64_t moment);
  Observation Look(std::vector<Mark> marks);
  /// True if a body was in a zone that it must not enter.
  bool StepWorld();
  Observation Next();
  /// The world is another from the present moment on.
  void Changed(Mark mark);
  void MoveGoal(const command::MoveGoal& move);
  /// A hand moved what is selected.
  void Handled();
  void Intervene(const command::Wand& wand);
  void SetFactor(const std::string& key, const sim::Value& value);
  const sim::Entity& Selected() const;
  const StageHistory::Entry& Now() const { return history_.now(); }

  Options options_;
  std::unique_ptr<sim::World> world_;
  std::unique_ptr<sim::Eye> eye_;
  int camera_ = -1;

  StageHistory history_;
  int64_t episodes_ = 0, serial_ = 0;
  int64_t counted_ = 0;  // the last episode that is in tally_
  Motor motor_;
  TaskTally tally_;

  bool playing_ = true;
  double speed_ = 1;
  command::OnEpisodeEnd on_episode_end_ = command::OnEpisodeEnd::kNext;
  std::string selected_;
  bool handled_ = false;                        // since it was taken; marked
  int diverged_ = 0;                            // films in a row
  double time_step_ = 0;                        // s, that people chose; 0: the scene's
  std::vector<Mark> pending_;                   // for the next frame
  std::map<std::string, std::string> swapped_;  // in this episode: "ball.colour" is now "red"
  std::vector<Observation> observations_;
  StageViews views_;
};

}  // namespace peekaboo::agent
