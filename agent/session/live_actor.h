#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/mind/configurator.h"
#include "agent/mind/place_readout.h"
#include "agent/mind/receding_horizon.h"
#include "agent/session/snapshot.h"

namespace peekaboo::agent {

/// The stage of a Session that plans: for the moment that the simulator shows, from what was
/// perceived of it, with the newest model, as the task's [plan] says and people change it. One
/// thread, whose GlContext is current: it films the scene's play, to learn to read places.
class LiveActor {
 public:
  struct Options {
    uint64_t seed = 0;
    int64_t films = 256;   ///< of play, from which it learns to read places
    int64_t steps = 1000;  ///< in which it learns that
  };
  explicit LiveActor(const Options& options) : options_(options) {}

  /// "KEY=VALUE" of [plan], over what this task and those to come say. Throws UserError, changing
  /// nothing.
  void Configure(const std::string& setting);

  /// Does what is next to be done: gets ready for another task or model (some seconds, where places
  /// must be read), or makes a plan. False: there was nothing to do.
  bool Work(const StageSnapshot& stage, const MindSnapshot& mind);

  /// `timed`: with how long plans take, which no two runs agree on.
  std::shared_ptr<PlanSnapshot> Snapshot(bool timed) const;

 private:
  void Prepare(const StageSnapshot& stage, const MindSnapshot& mind);
  /// The newest moment of the episode, up to the one shown, at which an action is due and which was
  /// looked at; nullptr: none.
  const TimelineEntry* Start(const StageSnapshot& stage, const MindSnapshot& mind) const;
  worldmodel::LatentState StateOf(const TimelineEntry& entry, const MindSnapshot& mind) const;
  void BeginEpisode(const StageSnapshot& stage);
  void MakePlan(const TimelineEntry& entry, const MindSnapshot& mind);

  const Options options_;
  std::vector<std::string> settings_;
  bool changed_ = false;    // settings_, since Prepare
  bool announced_ = false;  // that Prepare comes next

  // What Prepare made, of a scene and a model.
  std::shared_ptr<const sim::Scene> scene_;
  int model_number_ = -1;
  ActorConfig config_;
  std::shared_ptr<const ModelDynamics> dynamics_;
  std::shared_ptr<const PlaceReadout> places_;
  int read_ahead_ = 0;  // actions that are imagined, for which places_ was fitted
  std::optional<RecedingHorizon> horizon_;

  int64_t episode_ = -1;
  PlanSnapshot latest_;
  double milliseconds_ = 0;  // running mean
};

}  // namespace peekaboo::agent
