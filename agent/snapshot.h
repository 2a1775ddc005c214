#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/command.h"
#include "sim/eye.h"
#include "sim/scene.h"
#include "sim/scene_view.h"
#include "sim/stage.h"
#include "worldmodel/live_perception.h"
#include "worldmodel/model_config.h"
#include "worldmodel/readout.h"
#include "worldmodel/world_model.h"

namespace peekaboo::sim {
class Repertoire;
}  // namespace peekaboo::sim

namespace peekaboo::agent {

/// Something that people did or that a scene did to the laws of physics, at a moment.
struct Mark {
  enum class Kind {
    kBeginning,  ///< of an episode
    kEvent,      ///< the scene's own, possible or not
    kViolation,  ///< a wand, or the event of an impossible film: what ought to surprise
    kChange,     ///< a slider
  };
  Kind kind = Kind::kEvent;
  std::string text;  ///< "vanish ball"
};

/// A factor of the scene as people may set it.
struct FactorRange {
  std::string key, unit;
  std::string meaning;               ///< "sliding friction"; empty for a scene's own variable
  sim::Value value;                  ///< as it was drawn or set
  double low = 0, high = 0;          ///< where the scene draws it from; more is allowed
  std::vector<std::string> choices;  ///< of a word
  bool drawn = false;                ///< varies from draw to draw
  bool set = false;                  ///< by people
};

/// What is played: the same values give the same films.
struct Play {
  std::shared_ptr<const sim::Repertoire> repertoire;  ///< that the scene is one of
  std::shared_ptr<const sim::Scene> scene;
  std::shared_ptr<const sim::Stage> stage;
  std::string requested;  ///< the name or path that was asked for (a mixture, perhaps)
  std::string member;
  uint64_t seed = 0, index = 0;
  sim::Draw overrides;  ///< factors that people set
  sim::Draw draw;
  std::vector<FactorRange> factors;  ///< in the order of the scene file
};

/// One frame for the infant, and what is true of it. Moments count from 0 as the session goes on,
/// over all episodes; after going back, the same numbers are used again.
struct Sight {
  int64_t moment = 0;
  int64_t episode = 0;
  int frame = 0;                                       ///< of the episode
  double time = 0;                                     ///< s, of the episode
  double period = 0;                                   ///< s between frames
  std::shared_ptr<const std::vector<uint8_t>> pixels;  ///< [H, W, 3] u8
  std::vector<sim::ObjectTruth> objects;               ///< in the order of the scene's
  std::vector<Mark> marks;
  bool mirrored = false;             ///< the eye sees left and right exchanged
  std::shared_ptr<const Play> play;  ///< of which it is a frame
};

/// The stage as it is. Immutable once published.
struct StageSnapshot {
  std::shared_ptr<const Play> play;  ///< nullptr before the first scene
  int64_t moment = -1;               ///< the one shown
  int64_t oldest = 0, newest = -1;   ///< moments that can be gone back to
  int64_t episode = 0;
  int frame = 0;
  double time = 0;       ///< s, of the episode
  double period = 0;     ///< s between frames
  double time_step = 0;  ///< s, of the physics
  bool playing = false;
  double speed = 1;
  double real_time_factor = 0;  ///< measured; 0 while not playing
  command::Encore encore = command::Encore::kNext;
  sim::Draw factors;     ///< all that was drawn, as it now is
  std::string selected;  ///< a body, or empty
  std::vector<sim::ObjectTruth> objects;
  /// What people see of it: the frame in equal shares, the moment itself last; one if the stage
  /// stands still. Empty in a session without views.
  std::vector<std::shared_ptr<const sim::SceneView>> views;
  double made_at = 0;   ///< s, by the session's clock
  double frame_ms = 0;  ///< to simulate and render a frame for the eye, mean of recent ones
};

/// A world model that was loaded, made or learned. Immutable; shared between threads.
struct ModelVersion {
  int number = 0;      ///< counts from 1 in a session
  std::string name;    ///< "infant.safetensors", "infant + 400 steps"
  int64_t steps = 0;   ///< learned in this session
  int64_t age = 0;     ///< steps learned in all; of what was loaded, as far as matters to averages
  double minutes = 0;  ///< of session time when it was made
  std::shared_ptr<const worldmodel::WorldModel> model;
  /// How it is read, and what surprises it on possible films; nullptr until that was measured.
  std::shared_ptr<const worldmodel::Readout> readout;
  bool own_readout = false;  ///< fitted to these weights; before, its predecessor's serves
  /// Mean error of each horizon on the exam's films, the same for all versions of a session; empty
  /// before the exam, which what was loaded with a readout sits when learning begins.
  std::vector<double> exam;
};

/// What people read in a moment of the infant's mind.
struct Reading {
  /// Where its latent lies on the axes of the readout's projection, and where it expects the coming
  /// ones to lie, by horizon; empty without a readout (or of a model that predicts pixels: `fan`).
  std::vector<worldmodel::LatentPoint> here, fan;
  /// How sure a probe of the memory is that something is hidden, about 0 to 1, and where in the
  /// picture it then is, as ObjectTruth::image_xy.
  double hidden = 0;
  std::array<float, 2> hidden_at = {};
  /// What it makes of this frame, and what it expected of it when it saw the one before, drawn by
  /// the readout's decoder, u8 [H, W, 3]; nullptr if it expected nothing, or nobody looks.
  std::shared_ptr<const std::vector<uint8_t>> understood, expected;
  /// Where in the frame its surprise lies (worldmodel::Attribute) [H, W]; nullptr but for alarms.
  std::shared_ptr<const std::vector<float>> heat;
};

/// A moment as the infant lived it.
struct Moment {
  Sight sight;
  worldmodel::Glimpse glimpse;
  int model_number = 0;  ///< ModelVersion::number that perceived it
  /// In units of what is usual (SurpriseCalibration::Surprise); NaN before the first prediction or
  /// without a readout.
  double surprise = 0;
  bool alarm = false;  ///< surprise above the readout's threshold
  /// Of the scene's objects the one that an alarm is about; empty: no alarm, or none of them.
  std::string concerned;
  Reading reading;
};

/// What the infant made of it.
struct MindSnapshot {
  std::shared_ptr<const ModelVersion> version;  ///< nullptr without a model
  /// The moments of the history, oldest first, numbered without gaps.
  std::vector<std::shared_ptr<const Moment>> moments;
  double perception_ms = 0;  ///< a frame, mean of recent ones

  /// nullptr if it is not (any longer) there.
  const Moment* Find(int64_t moment) const {
    if (moments.empty()) return nullptr;
    const int64_t at = moment - moments.front()->sight.moment;
    return at >= 0 && at < static_cast<int64_t>(moments.size()) ? moments[at].get() : nullptr;
  }
};

/// A point of the learning curves: means over the steps since the last one.
struct LearningPoint {
  int64_t step = 0;
  double seconds = 0;  ///< of training
  double loss = 0, prediction = 0, anti_collapse = 0, variance = 0;
  std::vector<double> by_horizon;  ///< [K]
  double effective_rank = 0;
  double deviation = 0, temporal_deviation = 0;
  double copy_error = 0;
};

/// How the infant learns.
struct LearningSnapshot {
  bool on = false;
  std::string doing;  ///< "learns", "films the nursery", "sits an exam"; empty: nothing
  int64_t steps = 0;  ///< since the model was loaded
  double frames_per_second = 0;
  double learning_rate = 0;
  std::vector<LearningPoint> curve;
  std::string warning;  ///< of collapse, empty if all is well
  int64_t replay_films = 0, replay_capacity = 0;
  std::vector<std::pair<std::string, double>> mixture;        ///< scenes and their weights
  std::vector<std::shared_ptr<const ModelVersion>> versions;  ///< kept, oldest first
};

/// Something a person should read.
struct Notice {
  enum class Level { kInfo, kWarning, kError };
  Level level = Level::kInfo;
  std::string text;
  int64_t number = 0;  ///< counts from 1
};

}  // namespace peekaboo::agent
