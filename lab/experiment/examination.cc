#include "lab/experiment/examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/random.h"
#include "lab/experiment/blas_check.h"
#include "lab/experiment/examination_checkpoint.h"
#include "lab/experiment/progress.h"
#include "lab/experiment/run_log.h"
#include "lab/report/report_input.h"
#include "lab/statistics/summary.h"
#include "worldmodel/kernels/compute.h"

namespace fs = std::filesystem;

namespace peekaboo::lab {
namespace {

/// Seeds of the untrained networks: far from those that people train with.
constexpr uint64_t kUntrainedSeed = 1000001;

/// "infant", or "infant 2" of several.
std::string Name(const char* kind, size_t index, size_t count) {
  return count == 1 ? kind : fmt::format("{} {}", kind, index + 1);
}

struct Class {
  std::vector<std::unique_ptr<Subject>> subjects;
  std::vector<int> horizons;  ///< the same for all
  worldmodel::Precision precision;
};

/// Number of the metadata, 0 where it is missing or makes no sense.
double NumberIn(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  const double number = found == metadata.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
  return number >= 0 && number < 1e15 ? number : 0;
}

ResultModel DescribeModel(const std::string& name, ModelKind kind, const std::string& file,
                          const worldmodel::WorldModel& model) {
  ResultModel who{.name = name, .kind = kind, .file = file};
  who.fingerprint = Fingerprint(ReadSmallFile(file));
  who.steps = static_cast<int64_t>(NumberIn(model.metadata(), "steps"));
  who.training_seconds = NumberIn(model.metadata(), "training_seconds");
  if (const auto seed = model.metadata().find("seed"); seed != model.metadata().end())
    who.seed = std::strtoull(seed->second.c_str(), nullptr, 10);
  return who;
}

Class LoadSubjects(const Examination& examination) {
  std::vector<std::unique_ptr<Subject>> subjects;
  std::optional<worldmodel::ModelConfig> shape;
  const auto invite = [&](const std::vector<std::string>& files, const char* name, ModelKind kind) {
    for (size_t i = 0; i < files.size(); ++i) {
      auto model = worldmodel::WorldModel::Load(files[i], examination.precision);
      const worldmodel::ModelConfig& config = model.config();
      const bool pixel = kind == ModelKind::kPixel;
      if (config.PredictsPixels() != pixel) {
        throw UserError(files[i], pixel ? "is not a pixel baseline"
                                        : "is a pixel baseline: give it as --pixel");
      }
      if (config.image_size != kPictureSide) {
        throw UserError(files[i], fmt::format("model.image_size: sees pictures of {} pixels a "
                                              "side; matched sets are filmed at {}",
                                              config.image_size, kPictureSide));
      }
      if (!shape) shape = config;
      if (config.horizons != shape->horizons)
        throw UserError(files[i], "predicts other horizons than " + examination.models[0]);
      ResultModel who = DescribeModel(Name(name, i, files.size()), kind, files[i], model);
      subjects.push_back(MakeNetworkSubject(std::move(who), std::move(model)));
    }
  };
  invite(examination.models, "infant", ModelKind::kTrained);
  for (int i = 0; i < examination.untrained; ++i) {
    const uint64_t own = kUntrainedSeed + static_cast<uint64_t>(i);
    subjects.push_back(MakeNetworkSubject(
        {.name = "untrained " + std::to_string(i + 1), .kind = ModelKind::kUntrained, .seed = own},
        worldmodel::WorldModel(*shape, own)));
  }
  invite(examination.pixels, "pixel prediction", ModelKind::kPixel);
  subjects.push_back(MakeFrameDifferenceSubject(shape->horizons));
  return {std::move(subjects), shape->horizons, shape->ProductPrecision()};
}

/// False if `stop` was requested.
bool Probe(const Examination& examination, const Class& invited, const ExperimentContext& context) {
  ProbingOptions options = *examination.probing;
  options.seed = examination.battery.seed;
  options.threads = examination.battery.threads;
  std::vector<const Subject*> probed;
  for (const auto& subject : invited.subjects) {
    const ModelKind kind = subject->who().kind;
    if (kind == ModelKind::kTrained || kind == ModelKind::kUntrained)
      probed.push_back(subject.get());
  }
  std::unique_ptr<Progress> progress;
  auto readings = RunProbes(options, probed, [&](int64_t done, int64_t total) {
    if (!progress)
      progress =
          std::make_unique<Progress>("probing", total, Progress::StandardError(context.quiet));
    progress->Update(done);
    return !context.stop.load();
  });
  if (progress) progress->Finish();
  if (readings.empty()) return false;
  const auto untrained = readings.begin() + static_cast<ptrdiff_t>(examination.models.size());
  SaveProbes(
      (fs::path(examination.out) / "probes.json").string(),
      {MeanReadings({readings.begin(), untrained}), MeanReadings({untrained, readings.end()})});
  return true;
}

/// "a.safetensors, b.safetensors: 200 sets of a scene and split".
std::string Describe(const Examination& examination) {
  std::string text;
  for (const auto* files : {&examination.models, &examination.pixels})
    for (const std::string& file : *files) text += (text.empty() ? "" : ", ") + file;
  return fmt::format("{}: {} sets of a scene and split", text, examination.battery.sets);
}

void SaveReport(const std::string& directory, const std::string& run, VoeResults results,
                const Summary* summary) {
  WriteReport((fs::path(directory) / "report.html").string(),
              AssembleReport(std::move(results), directory, run), summary);
}

}  // namespace

std::optional<Summary> Examine(const Examination& examination, const ExperimentContext& context) {
  const fs::path out = examination.out;
  if (!examination.run.empty()) CheckTrainingFolder(examination.run);
  worldmodel::SetComputeThreads(examination.battery.threads);
  const Class invited = LoadSubjects(examination);
  WarnOfSlowProducts(examination.precision);
  BatteryOptions options = examination.battery;
  options.created_by = ProgramAndEngine(context.provenance);
  options.commit = context.provenance.commit;
  options.build = ProgramFingerprint();
  options.machine = MachineDescription();
  options.precision = worldmodel::PrecisionName(invited.precision);
  ExaminationCheckpoint checkpoint(examination.out,
                                   BeginResults(options, invited.subjects, invited.horizons));
  if (checkpoint.is_another()) {
    std::fprintf(
        stderr,
        "note: %s: the unfinished examination there is by other models, seed, precision or "
        "build: this one begins anew\n",
        examination.out.c_str());
  }
  std::optional<RunLog> log;  // begins with the first film, when nothing can be refused any more
  const auto begin = [&] {
    if (log) return;
    checkpoint.Begin();
    log.emplace(context.provenance, examination.out, "examines " + Describe(examination));
  };
  std::unique_ptr<Progress> progress;
  BatteryObserver observer;
  observer.begin = [&](int64_t done, int64_t total) {
    progress = std::make_unique<Progress>(
        "examining", total, Progress::StandardError(context.quiet), done, ProgressUnit{"sets"});
  };
  observer.progress = [&](const std::string& scene, int64_t done, int64_t) {
    progress->Update(done, scene);
    return !context.stop.load();
  };
  observer.example = [&](const SceneResult& result, const sim::Scene& scene, int member,
                         const sim::Episode& film) {
    begin();
    checkpoint.AddFilm(result, member, film, scene.frame_hz);
  };
  observer.finished_scene = [&](const VoeResults& so_far) { checkpoint.Update(so_far); };
  std::optional<VoeResults> results =
      RunBattery(options, invited.subjects, invited.horizons, observer, checkpoint.before());
  if (progress) progress->Finish();
  begin();
  if (!results) {
    checkpoint.Save();
    log->End("stopped");
    return std::nullopt;
  }
  std::error_code error;
  if (!examination.run.empty()) results->run = fs::relative(examination.run, out, error).string();
  const Summary summary = Summarise(*results);
  // Of an earlier examination in the same place.
  fs::remove(out / "probes.json", error);
  fs::remove(out / "report.html", error);
  SaveResults((out / "voe.json").string(), *results, &summary);
  checkpoint.PublishFilms();
  if (examination.probing && !Probe(examination, invited, context)) {
    checkpoint.Save();
    log->End("stopped before the probes were done");
    return std::nullopt;
  }
  SaveReport(examination.out, examination.run, std::move(*results), &summary);
  checkpoint.Remove();
  log->End("finished");
  return summary;
}

}  // namespace peekaboo::lab
