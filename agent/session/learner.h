#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/learning/nursery.h"
#include "agent/learning/replay_buffer.h"
#include "agent/mind/readout_fitter.h"
#include "agent/session/command.h"
#include "agent/session/pacer.h"
#include "agent/session/snapshot.h"
#include "worldmodel/learners/trainer.h"
#include "worldmodel/learners/weight_average.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// The stage of a Session that learns: films the nursery, trains a world model on the newest films,
/// and hands out versions that stay as they are: averages of its weights, since its learning rate
/// never falls (worldmodel::WeightAverage). What people do on the stage is not learned from:
/// a wand would teach the infant that things vanish. Belongs to the thread whose GlContext is
/// current when it is made.
class Learner {
 public:
  /// What it learns from, where that is kept, and how its model is examined.
  struct Options {
    std::string nursery = "nursery";  ///< scene or mixture
    uint64_t seed = 0;
    worldmodel::ModelConfig model;  ///< of an infant that is made here
    worldmodel::TrainConfig train;
    double loaded_rate = 5e-5;  ///< learning rate at which a loaded model goes on
    int64_t replay = 512;       ///< films that are kept; 0.4 MB each
    int64_t first_films = 64;   ///< before the first step
    int steps_per_film = 1;     ///< a new film every so many steps
    int64_t publish_steps = 400;
    ReadoutFitter::Options exam;
    int kept_versions = 8;
    /// Tests make learning and loading slow here; called before each step and each file.
    std::function<void()> delay;
  };
  Learner(const Options& options, Clock clock);

  /// Does as told. Throws UserError, changing nothing, for what cannot be. Returns what people
  /// should know, if anything.
  std::string Handle(const LearnCommand& command);

  /// Whether Work would do something.
  bool busy() const;

  /// One piece of work, tens of milliseconds: a film, a training step, an exam film. Learning that
  /// breaks down (gradients that are not finite) is turned off with a UserError.
  void Work();

  /// The newest version; nullptr before the first.
  std::shared_ptr<const ModelVersion> version() const { return version_; }
  std::shared_ptr<const LearningSnapshot> Snapshot() const;

 private:
  /// `age`: as ModelVersion's; `readout`: fitted to these weights, or nullptr.
  void Adopt(worldmodel::WorldModel model, int64_t age, const std::string& name, double rate,
             std::shared_ptr<const worldmodel::Readout> readout, std::vector<double> exam);
  void Publish(const std::string& name);
  void PublishSteps();
  /// Of a version that came with a readout, so that others can be compared with it.
  void EvaluateLoaded();
  void Examine();
  void AdoptReadout(std::shared_ptr<const worldmodel::Readout> readout, std::vector<double> exam);
  void Train();
  void Record(const worldmodel::StepReport& report);

  Options options_;
  Clock clock_;
  double began_;
  Nursery nursery_;
  ReplayBuffer replay_;
  ReadoutFitter readout_fitter_;
  uint64_t films_ = 0;         // filmed so far
  uint64_t films_before_ = 0;  // before this infant
  int64_t age_ = 0;            // steps that it had learned then

  std::optional<worldmodel::WorldModel> model_;
  std::unique_ptr<worldmodel::Trainer> trainer_;
  std::optional<worldmodel::WeightAverage> average_;
  std::string name_;
  worldmodel::TrainConfig train_;

  int versions_made_ = 0;
  std::shared_ptr<const ModelVersion> version_;
  std::vector<std::shared_ptr<const ModelVersion>> versions_;

  bool on_ = false;
  bool evaluation_only_ = false;  // the exam at hand is one of a version that has its readout
  int skipped_ = 0;
  double training_seconds_ = 0;
  std::vector<LearningPoint> curve_;
  LearningPoint sum_;
  int summed_ = 0, point_steps_ = 10;
  double frames_per_second_ = 0;
  std::string warning_;
};

}  // namespace peekaboo::agent
