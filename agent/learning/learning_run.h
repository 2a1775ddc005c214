#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agent/learning/clip_source.h"
#include "base/config.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/learners/trainer.h"
#include "worldmodel/model/model_config.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// How long to learn, and what to keep on the way.
struct LearningBudget {
  double minutes = 10;  ///< of training steps, waiting for films included, when `steps` is 0
  int64_t steps = 0;    ///< above 0: this many steps, however long they take
  double checkpoint_seconds = 60;  ///< of training between checkpoints
  int log_every = 50;              ///< steps between lines of metrics.jsonl
  int threads = 0;                 ///< compute threads; 0: one a core

  static const ConfigDescription<LearningBudget>& Describe();
  bool operator==(const LearningBudget&) const = default;
};

/// What a caller is told after each step.
struct LearningProgress {
  worldmodel::StepReport report;
  double fraction = 0;  ///< of the budget that is spent
  double seconds = 0;   ///< of training so far, earlier sessions included, the lesson not
  double frames_per_second = 0;
  double waiting = 0;  ///< share of the time spent waiting for data
  /// After the budget is spent: share of the lesson that is left for a body that acts
  /// (TeachActing).
  double lesson = 0;
};

/// A run of training in a directory: `config.toml` (resolved), `metrics.jsonl`, `checkpoints/` and,
/// when it is done, `model.safetensors`. A run that was stopped goes on where it stopped; with the
/// same budget in steps the weights are then bit for bit those of a run that was not stopped, on
/// one kind of processor with any number of threads. The budget may be another one: a finished run
/// goes on when it gets more. `config.toml` names the precision that the run
/// learned in ("auto" resolved); on a machine where another is faster, or where another is asked
/// for, it goes on in that one and notice() says so. One thread.
class LearningRun {
 public:
  /// Films that a run learns from, or would.
  struct Films {
    std::string file;  ///< what messages and config.toml call them
    int64_t count;
    int frames;  ///< of each
  };

  /// Throws UserError for what the constructor would refuse: so that it is known before the films
  /// are recorded. Changes nothing.
  static void Check(const std::string& directory, const worldmodel::ModelConfig& model,
                    const worldmodel::TrainConfig& train, const LearningBudget& budget,
                    const Films& films);

  /// Opens or begins the run; borrows `store`, which messages call `data`. Throws UserError,
  /// leaving nothing behind, if a setting cannot be, the store has too few or too short films, or
  /// the directory cannot be written or holds a run of another learner, seed or films; the message
  /// names the first setting that differs, its old and its new value.
  LearningRun(const std::string& directory, const worldmodel::ModelConfig& model,
              const worldmodel::TrainConfig& train, const LearningBudget& budget,
              const ClipStore& store, const std::string& data);

  /// Learns until the budget is spent (true) or `stop` or `observe` asks to stop (false: a
  /// checkpoint is left). `observe` may be null and returns false to stop. Throws UserError if
  /// nothing is left to learn from: the gradients of kMostSkipped steps in a row were not finite.
  bool Run(const std::atomic<bool>* stop,
           const std::function<bool(const LearningProgress&)>& observe);
  static constexpr int kMostSkipped = 100;

  bool finished() const { return finished_; }
  /// One line that people should read before it learns on; mostly empty.
  const std::string& notice() const { return notice_; }
  /// What has learned so far. Of a model that acts the finished one, in model_path(), has had the
  /// lesson, too (TeachActing).
  const worldmodel::WorldModel& model() const { return *model_; }
  worldmodel::WorldModel& model() { return *model_; }
  int64_t steps() const { return trainer_->steps(); }
  double seconds() const { return seconds_; }
  std::string model_path() const;

 private:
  bool FinishLesson(const std::atomic<bool>* stop, LearningProgress progress,
                    const std::function<bool(const LearningProgress&)>& observe,
                    worldmodel::WorldModel* taught) const;
  double Fraction() const;
  double FractionBefore(int64_t step) const;
  std::string ConfigText() const;
  void NotePrecision();
  void SaveCheckpoint();
  bool LoadCheckpoint();
  void CutMetrics() const;
  void Log(const LearningProgress& progress) const;

  std::string directory_;
  worldmodel::TrainConfig train_;
  LearningBudget budget_;
  const ClipStore& store_;
  std::string data_;
  int64_t films_;
  std::string precisions_;  ///< that it learned in: "bf16", "bf16, f32 from step 120"
  std::unique_ptr<ClipSource> source_;
  std::unique_ptr<worldmodel::WorldModel> model_;
  std::unique_ptr<worldmodel::Trainer> trainer_;
  std::atomic<double> seconds_ = 0;
  int64_t skipped_ = 0;  ///< steps whose gradient was not finite, in this session
  bool finished_ = false;
  std::string notice_;
};

}  // namespace peekaboo::agent
