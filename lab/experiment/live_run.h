#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/session/command.h"
#include "lab/experiment/experiment.h"

namespace peekaboo::lab {

/// An intervention at a moment.
struct TimedWand {
  int64_t moment = 0;  ///< from 0; it happens before this one
  agent::command::Wand wand;
  std::string text;  ///< as people gave it, for messages
};

/// A Session without a window.
struct LiveOptions {
  std::string scene, member;  ///< as agent::command::LoadScene
  std::string model;          ///< file; empty: one that has learned nothing
  double minutes = 1;         ///< on threads, in real time
  int64_t frames = 0;         ///< so many moments with Session::Tick instead: the same each time
  double speed = 1;           ///< simulated seconds a second; 0: as fast as it goes
  bool learn = false;
  double learning_rate = 0;  ///< 0: the learner's own
  std::vector<TimedWand> wands;
  std::vector<agent::command::SetFactor> factors;
  std::vector<agent::command::SetWeight> weights;
  std::optional<agent::Mode> mode;  ///< who moves the body; nothing: what suits the scene
  bool lock_step = false;           ///< time waits for plans
  std::vector<std::string> plan;    ///< "KEY=VALUE" over the task's [plan]
  int64_t keep = 0;                 ///< episodes that are acted, kept in acted.h5; 0: none
  uint64_t seed = 0;
};

/// What there is to say of a live run.
struct LiveOutcome {
  bool complete = false;  ///< nothing went wrong, and every wand's moment came
  /// Scene, moments, surprise, steps learned: one flat object, in the order in which people read.
  std::string json;
};

/// Plays, perceives and learns. Writes surprise.csv, learning.csv and, if it learned,
/// model.safetensors into `out` (made if missing; empty: nothing is written). Episodes are kept
/// there as agent::ActedLog says; the same call again goes on with them. What people should
/// know on the way goes to stderr. Throws UserError for a folder that cannot be made.
LiveOutcome RunLive(const LiveOptions& options, const std::string& out,
                    const ExperimentContext& context);

}  // namespace peekaboo::lab
