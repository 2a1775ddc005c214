#include "agent/session/learner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace peekaboo::agent {
namespace {

constexpr size_t kMostPoints = 2000;  // of the learning curve, before it is thinned
constexpr int64_t kRankEvery = 50;    // steps: the effective rank takes as long as a step
constexpr int kMostSkipped = 100;     // steps in a row
constexpr int64_t kLong = 100000;     // steps that a model that was not made here counts as
constexpr double kLeastDeviation = 0.3, kLeastTemporal = 0.1, kLeastRank = 6;

std::string CollapseWarning(const LearningPoint& point) {
  if (point.deviation < kLeastDeviation)
    return fmt::format("latents hardly differ: standard deviation {:.2f}", point.deviation);
  if (point.temporal_deviation < kLeastTemporal)
    return fmt::format("latents hardly change over time: standard deviation {:.2f}",
                       point.temporal_deviation);
  if (point.effective_rank < kLeastRank)
    return fmt::format("latents use few directions: effective rank {:.1f}", point.effective_rank);
  return "";
}

}  // namespace

Learner::Learner(const Options& options, Clock clock)
    : options_(options),
      clock_(std::move(clock)),
      began_(clock_()),
      nursery_(options.nursery, options.model.image_size, options.seed),
      replay_(nursery_.frames(), options.replay),
      readout_fitter_(options.exam, &nursery_),
      train_(options.train) {
  train_.frames = nursery_.frames();
}

std::string Learner::Handle(const LearnCommand& command) {
  using namespace command;  // NOLINT(google-build-using-namespace): only the names of the commands
  if (const auto* load = std::get_if<LoadModel>(&command)) {
    if (options_.delay) options_.delay();
    worldmodel::WorldModel model = worldmodel::WorldModel::Load(load->path);
    if (model.config().image_size != options_.model.image_size)
      throw UserError(load->path,
                      fmt::format("sees pictures of {} pixels, this session's eye makes {}",
                                  model.config().image_size, options_.model.image_size));
    std::string news = fmt::format("loaded {}, products in {}", load->path,
                                   worldmodel::PrecisionName(model.config().ProductPrecision()));
    const std::string beside = worldmodel::ReadoutPath(load->path);
    std::shared_ptr<const worldmodel::Readout> readout;
    if (std::filesystem::exists(beside)) {
      try {
        readout =
            std::make_shared<const worldmodel::Readout>(worldmodel::Readout::Load(beside, model));
      } catch (const UserError& error) {
        news += fmt::format("; {}: it is read anew", error.what());
      }
    }
    Adopt(std::move(model), kLong, std::filesystem::path(load->path).filename(),
          options_.loaded_rate, std::move(readout), {});
    return news;
  }
  if (const auto* make = std::get_if<NewModel>(&command)) {
    Adopt(worldmodel::WorldModel(options_.model, make->seed), 0,
          "newborn " + std::to_string(make->seed), options_.train.learning_rate, nullptr, {});
    return "a newborn: it has learned nothing yet";
  }
  if (const auto* set = std::get_if<SetWeight>(&command)) {
    nursery_.SetWeight(set->scene, set->weight);
    return "";
  }
  if (!model_) throw UserError("learning", "there is no model yet: load one or begin a new one");
  if (const auto* save = std::get_if<SaveModel>(&command)) {
    if (options_.delay) options_.delay();
    average_->model().Save(save->path, {{"learned_live_steps", std::to_string(trainer_->steps())}});
    // A readout fits the weights that it was fitted to alone.
    if (version_->own_readout && version_->steps == trainer_->steps())
      version_->readout->Save(worldmodel::ReadoutPath(save->path), average_->model());
    return "saved " + save->path;
  }
  if (const auto* set = std::get_if<SetLearning>(&command)) {
    // What it has learned until now watches from now on.
    if (on_ && !set->on && trainer_->steps() > version_->steps) PublishSteps();
    on_ = set->on;
    skipped_ = 0;
    if (on_) EvaluateLoaded();
  } else if (const auto* set = std::get_if<SetLearningRate>(&command)) {
    if (!(set->rate > 0) || !std::isfinite(set->rate))
      throw UserError("learning rate", "must be a number above 0");
    trainer_->SetLearningRate(set->rate);
  } else if (const auto* use = std::get_if<UseVersion>(&command)) {
    const auto found = std::find_if(versions_.begin(), versions_.end(),
                                    [&](const auto& v) { return v->number == use->number; });
    if (found == versions_.end())
      throw UserError("version", fmt::format("{} is not kept any longer", use->number));
    const auto version = *found;
    Adopt(version->model->Clone(), version->age, version->name, trainer_->config().learning_rate,
          version->own_readout ? version->readout : nullptr, version->exam);
    return "goes on from " + version->name;
  }
  return "";
}

void Learner::Adopt(worldmodel::WorldModel model, int64_t age, const std::string& name, double rate,
                    std::shared_ptr<const worldmodel::Readout> readout, std::vector<double> exam) {
  worldmodel::TrainConfig train = train_;
  train.learning_rate = rate;
  train.seed = options_.seed;
  // No lesson follows, so the perceptron learns along.
  if (train.acting.wide_weight == 0) train.acting.wide_weight = 1;
  // The trainer borrows the model where it lies.
  trainer_.reset();
  model_.emplace(std::move(model));
  trainer_ = std::make_unique<worldmodel::Trainer>(*model_, train);
  average_.emplace(*model_, age);
  age_ = age;
  films_before_ = films_;
  train_ = train;
  name_ = name;
  curve_.clear();
  sum_ = {};
  summed_ = 0;
  point_steps_ = 10;
  training_seconds_ = 0;
  warning_.clear();
  version_ = nullptr;  // another infant
  Publish(name);
  if (!readout) return;
  AdoptReadout(std::move(readout), std::move(exam));
  readout_fitter_.Stop();
  if (on_) EvaluateLoaded();
}

void Learner::EvaluateLoaded() {
  if (!version_->exam.empty() || readout_fitter_.busy()) return;
  readout_fitter_.Begin(version_->model, version_->readout);
  evaluation_only_ = true;
}

void Learner::Publish(const std::string& name) {
  auto version = std::make_shared<ModelVersion>();
  version->number = ++versions_made_;
  version->name = name;
  version->steps = trainer_->steps();
  version->age = age_ + trainer_->steps();
  version->minutes = (clock_() - began_) / 60;
  version->model = std::make_shared<const worldmodel::WorldModel>(average_->model().Clone());
  // Until it has sat its own exam, what was read in its predecessor serves.
  if (version_) version->readout = version_->readout;
  version_ = version;
  versions_.push_back(version);
  if (static_cast<int>(versions_.size()) > options_.kept_versions)
    versions_.erase(versions_.begin());
  readout_fitter_.Begin(version->model, version->readout);
  evaluation_only_ = false;
}

bool Learner::busy() const { return model_ && (on_ || readout_fitter_.busy()); }

void Learner::Work() {
  if (!model_) return;
  // A version is examined first: without a threshold nobody knows what surprise means.
  if (readout_fitter_.busy()) {
    Examine();
  } else if (on_) {
    Train();
  }
}

void Learner::Examine() {
  auto readout = readout_fitter_.Work();
  if (!readout) return;
  std::vector<double> exam;
  for (int k = 0; k < readout->calibration.horizons(); ++k)
    exam.push_back(readout->calibration.MeanError(k));
  // One that was fitted at leisure reads better than what an exam makes.
  if (evaluation_only_) {
    readout = version_->readout;
    readout_fitter_.Stop();
  }
  AdoptReadout(std::move(readout), std::move(exam));
}

void Learner::AdoptReadout(std::shared_ptr<const worldmodel::Readout> readout,
                           std::vector<double> exam) {
  auto examined = std::make_shared<ModelVersion>(*version_);
  examined->readout = std::move(readout);
  examined->own_readout = true;
  examined->exam = std::move(exam);
  std::replace(versions_.begin(), versions_.end(), version_,
               std::shared_ptr<const ModelVersion>(examined));
  version_ = examined;
}

void Learner::Train() {
  const int64_t steps = trainer_->steps();
  const auto before = std::max(static_cast<int64_t>(films_before_), options_.first_films);
  if (static_cast<int64_t>(films_) < before + steps / options_.steps_per_film) {
    replay_.Add(nursery_.Shoot(sim::Split::kSeen, films_++));
    return;
  }
  if (options_.delay) options_.delay();
  const double start = clock_();
  const worldmodel::Batch batch =
      replay_.Draw(model_->config(), train_.clips, options_.seed, steps);
  const worldmodel::StepReport report =
      trainer_->Step(batch, /*progress=*/0, (steps + 1) % kRankEvery == 0);
  const double took = clock_() - start;
  training_seconds_ += took;
  const double rate = took > 0 ? train_.clips * train_.frames / took : 0;
  frames_per_second_ = frames_per_second_ == 0 ? rate : 0.95 * frames_per_second_ + 0.05 * rate;
  if (!report.skipped) average_->Add(*model_);
  skipped_ = report.skipped ? skipped_ + 1 : 0;
  if (skipped_ >= kMostSkipped) {
    on_ = false;
    throw UserError(
        "learning",
        fmt::format("stopped: the gradients of {} steps in a row were not finite", kMostSkipped));
  }
  Record(report);
  if (report.step % options_.publish_steps == 0) PublishSteps();
}

void Learner::PublishSteps() { Publish(fmt::format("{} + {} steps", name_, trainer_->steps())); }

void Learner::Record(const worldmodel::StepReport& report) {
  sum_.loss += report.loss;
  sum_.prediction += report.prediction;
  sum_.anti_collapse += report.anti_collapse;
  sum_.variance += report.variance;
  sum_.by_horizon.resize(report.by_horizon.size());
  for (size_t i = 0; i < report.by_horizon.size(); ++i) sum_.by_horizon[i] += report.by_horizon[i];
  sum_.deviation += report.latents.deviation;
  sum_.temporal_deviation += report.latents.temporal_deviation;
  sum_.copy_error += report.latents.copy_error;
  if (std::isfinite(report.effective_rank)) {
    sum_.effective_rank = report.effective_rank;
  } else if (summed_ == 0) {
    sum_.effective_rank =
        curve_.empty() ? std::numeric_limits<double>::quiet_NaN() : curve_.back().effective_rank;
  }
  if (++summed_ < point_steps_) return;
  LearningPoint point = std::exchange(sum_, {});
  const double n = std::exchange(summed_, 0);
  for (double* mean : {&point.loss, &point.prediction, &point.anti_collapse, &point.variance,
                       &point.deviation, &point.temporal_deviation, &point.copy_error})
    *mean /= n;
  for (double& mean : point.by_horizon) mean /= n;
  point.step = report.step;
  point.seconds = training_seconds_;
  warning_ = CollapseWarning(point);
  curve_.push_back(std::move(point));
  if (curve_.size() < kMostPoints) return;
  // Every other point goes, and those to come are means over twice as many steps.
  size_t kept = 0;
  for (size_t i = 1; i < curve_.size(); i += 2) curve_[kept++] = std::move(curve_[i]);
  curve_.resize(kept);
  point_steps_ *= 2;
}

std::shared_ptr<const LearningSnapshot> Learner::Snapshot() const {
  auto snapshot = std::make_shared<LearningSnapshot>();
  snapshot->on = on_;
  if (model_ && readout_fitter_.busy()) {
    snapshot->doing = "is examined: what is usual for it, and how to read it";
  } else if (on_) {
    snapshot->doing =
        films_ < static_cast<uint64_t>(options_.first_films) ? "films the nursery" : "learns";
  }
  snapshot->steps = trainer_ ? trainer_->steps() : 0;
  snapshot->frames_per_second = on_ ? frames_per_second_ : 0;
  snapshot->learning_rate = trainer_ ? trainer_->config().learning_rate : 0;
  snapshot->curve = curve_;
  snapshot->warning = warning_;
  snapshot->replay_films = replay_.size();
  snapshot->replay_capacity = replay_.capacity();
  snapshot->mixture = nursery_.Mixture();
  snapshot->versions = versions_;
  return snapshot;
}

}  // namespace peekaboo::agent
