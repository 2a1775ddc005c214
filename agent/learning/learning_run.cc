#include "agent/learning/learning_run.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "agent/learning/acting_lesson.h"
#include "agent/learning/prefetcher.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/toml_file.h"
#include "worldmodel/kernels/compute.h"

namespace fs = std::filesystem;

namespace peekaboo::agent {
namespace {

/// "data/a.h5, data/b.h5" without folders.
std::string FileNames(const std::string& paths) {
  std::string names;
  for (size_t from = 0; from <= paths.size();) {
    const size_t to = std::min(paths.find(", ", from), paths.size());
    names +=
        (names.empty() ? "" : ", ") + fs::path(paths.substr(from, to - from)).filename().string();
    from = to + 2;
  }
  return names;
}

using Clock = std::chrono::steady_clock;

std::string ConfigPath(const std::string& directory) {
  return (fs::path(directory) / "config.toml").string();
}

/// Throws UserError if the file is there and is that of another run: of another learner, seed or
/// films. How long it learns may change. Returns the precision that the run there learned in, "" if
/// there is none; it makes no other run.
std::string CheckSame(const std::string& config_path, const worldmodel::ModelConfig& model,
                      const worldmodel::TrainConfig& train, const std::string& data,
                      int64_t films) {
  std::error_code error;
  if (!fs::exists(config_path, error)) return "";
  const TomlFile file = TomlFile::Load(config_path);
  worldmodel::ModelConfig begun_model;
  worldmodel::TrainConfig begun_train;
  begun_train.shift = 0;  // of runs that began before there was such a setting
  worldmodel::ModelConfig::Describe().Read(file.root().RequireTable("model"), &begun_model);
  worldmodel::TrainConfig::Describe().Read(file.root().RequireTable("train"), &begun_train);
  const TomlTable begun_data = file.root().RequireTable("data");
  const auto same = [&](const std::string& table, const std::string& difference) {
    if (difference.empty()) return;
    throw UserError(
        config_path,
        fmt::format("this directory holds another run: {}.{}: choose another --out, or remove it",
                    table, difference));
  };
  std::string precision = std::exchange(begun_model.precision, model.precision);
  same("model", worldmodel::ModelConfig::Describe().Difference(begun_model, model));
  same("train", worldmodel::TrainConfig::Describe().Difference(begun_train, train));
  const auto begun_file = begun_data.Require<std::string>("file");
  same("data",
       begun_file == data ? "" : fmt::format("file = \"{}\", now \"{}\"", begun_file, data));
  const auto begun_films = begun_data.Require<int64_t>("films");
  same("data", begun_films == films ? "" : fmt::format("films = {}, now {}", begun_films, films));
  return precision;
}

/// The last one of "bf16, f32 from step 120".
std::string LastPrecision(const std::string& history) {
  const size_t comma = history.rfind(", ");
  const std::string last = comma == std::string::npos ? history : history.substr(comma + 2);
  return last.substr(0, last.find(' '));
}

/// "auto" resolved.
worldmodel::ModelConfig Resolved(worldmodel::ModelConfig model) {
  model.Validate("model");
  model.precision = worldmodel::PrecisionName(model.ProductPrecision());
  return model;
}

}  // namespace

const ConfigDescription<LearningBudget>& LearningBudget::Describe() {
  static const auto description =
      ConfigDescription<LearningBudget>("How long to learn, and what to keep on the way.")
          .Field("minutes", &LearningBudget::minutes, "Time to learn, when steps is 0",
                 {.unit = "min", .min = 0.01, .max = 1e5})
          .Field("steps", &LearningBudget::steps, "Steps to learn; 0: as long as minutes says",
                 {.unit = "steps", .min = 0, .max = 1e9})
          .Field("checkpoint_seconds", &LearningBudget::checkpoint_seconds, "Between checkpoints",
                 {.unit = "s", .min = 1, .max = 1e6})
          .Field("log_every", &LearningBudget::log_every, "Between lines of metrics.jsonl",
                 {.unit = "steps", .min = 1, .max = 1e6})
          .Field("threads", &LearningBudget::threads, "Compute threads; 0: one a core",
                 {.min = 0, .max = 1024});
  return description;
}

void LearningRun::Check(const std::string& directory, const worldmodel::ModelConfig& model,
                        const worldmodel::TrainConfig& train, const LearningBudget& budget,
                        const Films& films) {
  LearningBudget::Describe().Validate(budget, "budget");
  worldmodel::WorldModel probe(model, train.seed);
  const worldmodel::Trainer trainer(probe, train);
  ClipSource::Check(films.count, films.frames, train, films.file);
  CheckSame(ConfigPath(directory), model, train, films.file, films.count);
}

LearningRun::LearningRun(const std::string& directory, const worldmodel::ModelConfig& asked,
                         const worldmodel::TrainConfig& train, const LearningBudget& budget,
                         const ClipStore& store, const std::string& data)
    : directory_(directory),
      train_(train),
      budget_(budget),
      store_(store),
      data_(data),
      films_(store.size()) {
  LearningBudget::Describe().Validate(budget, "budget");
  const worldmodel::ModelConfig model = Resolved(asked);
  worldmodel::SetComputeThreads(budget.threads);
  model_ = std::make_unique<worldmodel::WorldModel>(model, train.seed);
  trainer_ = std::make_unique<worldmodel::Trainer>(*model_, train);
  source_ = std::make_unique<ClipSource>(store, model, train, data);
  const std::string config_path = ConfigPath(directory);
  precisions_ = CheckSame(config_path, model, train, data, films_);
  std::error_code error;
  const bool begun = fs::exists(config_path, error);
  fs::create_directories(fs::path(directory) / "checkpoints", error);
  if (error) throw UserError(directory, "cannot be made: " + error.message());
  if (begun) {
    finished_ = LoadCheckpoint();
    const std::string before = LastPrecision(precisions_);
    if (!finished_ && steps() > 0 && before != model.precision) {
      notice_ = fmt::format(
          "it learned in {} until now and goes on in {}, {}: not bit for bit what one precision "
          "would give",
          before, model.precision,
          asked.precision == "auto" ? "the faster on this machine" : "as asked");
    }
  }
  if (steps() == 0) precisions_ = model.precision;
  // The budget may be another one than before.
  if (const std::string config = ConfigText(); !begun || ReadSmallFile(config_path) != config)
    WriteFileAtomically(config_path, config);
}

std::string LearningRun::ConfigText() const {
  worldmodel::ModelConfig model = model_->config();
  model.precision = LastPrecision(precisions_);  // not that of steps that were not taken yet
  return fmt::format(
      "# What this run was made with, every setting resolved.\n"
      "[model]\n{}\n"
      "[train]\n{}\n"
      "[budget]\n{}\n"
      "[data]\nfile = {}\nfilms = {}\n",
      worldmodel::ModelConfig::Describe().ToToml(model),
      worldmodel::TrainConfig::Describe().ToToml(train_),
      LearningBudget::Describe().ToToml(budget_), nlohmann::json(data_).dump(), films_);
}

std::string LearningRun::model_path() const {
  return (fs::path(directory_) / "model.safetensors").string();
}

double LearningRun::Fraction() const { return FractionBefore(trainer_->steps()); }

// With a budget in minutes: what is spent now. On any thread.
double LearningRun::FractionBefore(int64_t step) const {
  if (budget_.steps > 0)
    return std::min(1.0, static_cast<double>(step) / static_cast<double>(budget_.steps));
  return std::min(1.0, seconds_ / (60 * budget_.minutes));
}

bool LearningRun::Run(const std::atomic<bool>* stop,
                      const std::function<bool(const LearningProgress&)>& observe) {
  if (finished_) return true;
  worldmodel::SetComputeThreads(budget_.threads);
  Prefetcher data(*source_, trainer_->steps(),
                  [this](int64_t step) { return FractionBefore(step); });
  int skipped_in_a_row = 0;
  const double seconds_before = seconds_;
  const int64_t steps_before = trainer_->steps();
  double last_checkpoint = seconds_;
  LearningProgress progress;
  while (Fraction() < 1) {
    const auto start = Clock::now();
    const worldmodel::Batch batch = data.Next();
    const bool log = (trainer_->steps() + 1) % budget_.log_every == 0;
    progress.report = trainer_->Step(batch, Fraction(), log);
    NotePrecision();
    seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
    skipped_ += progress.report.skipped;
    skipped_in_a_row = progress.report.skipped ? skipped_in_a_row + 1 : 0;
    if (skipped_in_a_row == kMostSkipped) {
      throw UserError(directory_, fmt::format("the gradients of {} steps in a row were not finite: "
                                              "try a smaller train.learning_rate",
                                              kMostSkipped));
    }
    progress.fraction = Fraction();
    progress.seconds = seconds_;
    const double spent = seconds_ - seconds_before;
    progress.frames_per_second =
        static_cast<double>((trainer_->steps() - steps_before) * train_.clips * train_.frames) /
        spent;
    progress.waiting = data.waited_seconds() / spent;
    if (log) Log(progress);
    const bool go_on = (!stop || !stop->load()) && (!observe || observe(progress));
    if (!go_on && progress.fraction < 1) {
      SaveCheckpoint();
      return false;
    }
    if (seconds_ - last_checkpoint >= budget_.checkpoint_seconds && progress.fraction < 1) {
      SaveCheckpoint();
      last_checkpoint = seconds_;
    }
  }
  SaveCheckpoint();
  worldmodel::WorldModel taught = model_->Clone();
  if (!FinishLesson(stop, progress, observe, &taught)) return false;
  taught.Save(model_path(), {{"steps", std::to_string(trainer_->steps())},
                             {"training_seconds", std::to_string(seconds())},
                             {"seed", std::to_string(train_.seed)},
                             {"precision", precisions_},
                             {"train", worldmodel::TrainConfig::Describe().ToJson(train_)},
                             {"data", FileNames(data_)}});
  finished_ = true;
  return true;
}

// On a copy, which is kept when it is done: a run that is stopped in it does it again.
bool LearningRun::FinishLesson(const std::atomic<bool>* stop, LearningProgress progress,
                               const std::function<bool(const LearningProgress&)>& observe,
                               worldmodel::WorldModel* taught) const {
  if (taught->config().action_size == 0) return true;
  return TeachActing(store_, train_, taught, [&](double share) {
    progress.lesson = share;
    return (!stop || !stop->load()) && (!observe || observe(progress));
  });
}

// After the first step in another precision than before.
void LearningRun::NotePrecision() {
  const std::string& now = model_->config().precision;
  if (LastPrecision(precisions_) == now) return;
  precisions_ += fmt::format(", {} from step {}", now, steps());
  WriteFileAtomically(ConfigPath(directory_), ConfigText());
}

void LearningRun::Log(const LearningProgress& progress) const {
  const auto& r = progress.report;
  nlohmann::ordered_json row = {{"step", r.step},
                                {"seconds", progress.seconds},
                                {"loss", r.loss},
                                {"prediction", r.prediction},
                                {"by_horizon", r.by_horizon},
                                {"anti_collapse", r.anti_collapse},
                                {"variance", r.variance},
                                {"deviation", r.latents.deviation},
                                {"temporal_deviation", r.latents.temporal_deviation},
                                {"copy_error", r.latents.copy_error},
                                {"effective_rank", r.effective_rank},
                                {"gradient_norm", r.gradient_norm},
                                {"skipped", skipped_},
                                {"learning_rate", r.learning_rate},
                                {"frames_per_second", progress.frames_per_second},
                                {"waiting", progress.waiting}};
  if (model_->config().action_size > 0) {
    row["rollout"] = r.rollout;
    row["inverse"] = r.inverse;
  }
  std::ofstream file(fs::path(directory_) / "metrics.jsonl", std::ios::app);
  file << row.dump() << '\n';
  if (!file.flush())
    throw UserError((fs::path(directory_) / "metrics.jsonl").string(),
                    "cannot be written (is the disk full?)");
}

// A checkpoint is a folder of its own; `latest` names the one that is complete, so that a crash at
// any moment leaves a usable pair of weights and trainer state.
void LearningRun::SaveCheckpoint() {
  const fs::path all = fs::path(directory_) / "checkpoints";
  const std::string name = "step-" + std::to_string(trainer_->steps());
  std::error_code error;
  const bool was_there = fs::exists(all / name, error);
  fs::create_directories(all / name, error);
  if (error) throw UserError((all / name).string(), "cannot be made: " + error.message());
  try {
    model_->Save((all / name / "model.safetensors").string(),
                 {{"training_seconds", fmt::format("{:.17g}", seconds_.load())},
                  {"precision", precisions_},
                  {"steps", std::to_string(trainer_->steps())}});
    trainer_->SaveState((all / name / "trainer.safetensors").string());
    WriteFileAtomically((all / "latest").string(), name + "\n");
  } catch (const UserError&) {
    if (!was_there) fs::remove_all(all / name, error);
    throw;
  }
  for (const auto& entry : fs::directory_iterator(all, error)) {
    if (entry.is_directory() && entry.path().filename() != name)
      fs::remove_all(entry.path(), error);
  }
}

/// True if the run is finished.
bool LearningRun::LoadCheckpoint() {
  const fs::path all = fs::path(directory_) / "checkpoints";
  if (!fs::exists(all / "latest")) {
    CutMetrics();
    return false;
  }
  std::istringstream latest(ReadSmallFile((all / "latest").string()));
  std::string name;
  latest >> name;
  if (name.rfind("step-", 0) != 0 || name.find('/') != std::string::npos) {
    throw UserError((all / "latest").string(), "does not name a checkpoint");
  }
  const std::string weights = (all / name / "model.safetensors").string();
  auto loaded = worldmodel::WorldModel::Load(weights, model_->config().precision);
  if (!(loaded.config() == model_->config()))
    throw UserError(weights, "is a model of another shape than config.toml says");
  const auto seconds = loaded.metadata().find("training_seconds");
  if (seconds == loaded.metadata().end())
    throw UserError(weights, "lacks training_seconds in its metadata");
  seconds_ = std::strtod(seconds->second.c_str(), nullptr);
  const auto precisions = loaded.metadata().find("precision");
  if (precisions != loaded.metadata().end()) precisions_ = precisions->second;
  model_ = std::make_unique<worldmodel::WorldModel>(std::move(loaded));
  trainer_ = std::make_unique<worldmodel::Trainer>(*model_, train_);
  trainer_->LoadState((all / name / "trainer.safetensors").string());
  CutMetrics();
  return Fraction() >= 1 && fs::exists(model_path());
}

/// Forgets lines of metrics.jsonl that are newer than the checkpoint: those steps are taken again.
void LearningRun::CutMetrics() const {
  const fs::path path = fs::path(directory_) / "metrics.jsonl";
  if (!fs::exists(path)) return;
  std::istringstream lines(ReadSmallFile(path.string()));
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line, nullptr, false);
    if (!row.is_object() || !row.contains("step") || !row["step"].is_number_integer()) continue;
    const auto step = row["step"].get<int64_t>();
    if (step > 0 && step <= trainer_->steps()) kept += line + "\n";
  }
  WriteFileAtomically(path.string(), kept);
}

}  // namespace peekaboo::agent
