#include "app/examination.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include "app/blas_check.h"
#include "app/build.h"
#include "app/examination_checkpoint.h"
#include "app/progress.h"
#include "app/run_log.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/random.h"
#include "lab/report/report_input.h"
#include "lab/statistics/summary.h"
#include "worldmodel/kernels/compute.h"

namespace fs = std::filesystem;

namespace peekaboo::app {
namespace {

/// Seeds of the untrained networks: far from those that people train with.
constexpr uint64_t kUntrainedSeed = 1000001;

std::string Machine() {
  std::string processor = "unknown processor";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos) {
      processor = line.substr(line.find(": ") + 2);
      break;
    }
  }
  utsname system{};
  uname(&system);
  return processor + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         system.sysname;
}

/// "infant", or "infant 2" of several.
std::string Name(const char* kind, size_t index, size_t count) {
  return count == 1 ? kind : kind + (" " + std::to_string(index + 1));
}

struct Class {
  std::vector<std::unique_ptr<lab::Subject>> subjects;
  std::vector<int> horizons;  ///< the same for all
  worldmodel::Precision precision;
};

/// Number of the metadata, 0 where it is missing or makes no sense.
double NumberIn(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  const double number = found == metadata.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
  return number >= 0 && number < 1e15 ? number : 0;
}

lab::ResultModel DescribeModel(const std::string& name, lab::ModelKind kind,
                               const std::string& file, const worldmodel::WorldModel& model) {
  lab::ResultModel who{.name = name, .kind = kind, .file = file};
  who.fingerprint = Fingerprint(ReadSmallFile(file));
  who.steps = static_cast<int64_t>(NumberIn(model.metadata(), "steps"));
  who.training_seconds = NumberIn(model.metadata(), "training_seconds");
  if (const auto seed = model.metadata().find("seed"); seed != model.metadata().end())
    who.seed = std::strtoull(seed->second.c_str(), nullptr, 10);
  return who;
}

Class LoadSubjects(const Examination& examination) {
  std::vector<std::unique_ptr<lab::Subject>> subjects;
  std::optional<worldmodel::ModelConfig> shape;
  const auto invite = [&](const std::vector<std::string>& files, const char* name,
                          lab::ModelKind kind) {
    for (size_t i = 0; i < files.size(); ++i) {
      auto model = worldmodel::WorldModel::Load(files[i], examination.precision);
      const worldmodel::ModelConfig& config = model.config();
      const bool pixel = kind == lab::ModelKind::kPixel;
      if (config.IsPixel() != pixel) {
        throw UserError(files[i], pixel ? "is not a pixel baseline"
                                        : "is a pixel baseline: give it as --pixel");
      }
      if (config.image_size != lab::kPictureSide) {
        throw UserError(files[i], "model.image_size: sees pictures of " +
                                      std::to_string(config.image_size) +
                                      " pixels a side; matched sets are filmed at " +
                                      std::to_string(lab::kPictureSide));
      }
      if (!shape) shape = config;
      if (config.horizons != shape->horizons)
        throw UserError(files[i], "predicts other horizons than " + examination.models[0]);
      lab::ResultModel who = DescribeModel(Name(name, i, files.size()), kind, files[i], model);
      subjects.push_back(lab::MakeNetworkSubject(std::move(who), std::move(model)));
    }
  };
  invite(examination.models, "infant", lab::ModelKind::kTrained);
  for (int i = 0; i < examination.untrained; ++i) {
    const uint64_t own = kUntrainedSeed + static_cast<uint64_t>(i);
    subjects.push_back(lab::MakeNetworkSubject({.name = "untrained " + std::to_string(i + 1),
                                                .kind = lab::ModelKind::kUntrained,
                                                .seed = own},
                                               worldmodel::WorldModel(*shape, own)));
  }
  invite(examination.pixels, "pixel prediction", lab::ModelKind::kPixel);
  subjects.push_back(lab::MakeFrameDifferenceSubject(shape->horizons));
  return {std::move(subjects), shape->horizons, shape->ProductPrecision()};
}

/// False if `stop` was requested.
bool Probe(const Examination& examination, const Class& invited, const std::atomic<bool>& stop,
           bool quiet) {
  lab::ProbingOptions options = *examination.probing;
  options.seed = examination.battery.seed;
  options.threads = examination.battery.threads;
  std::vector<const lab::Subject*> probed;
  for (const auto& subject : invited.subjects) {
    const lab::ModelKind kind = subject->who().kind;
    if (kind == lab::ModelKind::kTrained || kind == lab::ModelKind::kUntrained)
      probed.push_back(subject.get());
  }
  std::unique_ptr<Progress> progress;
  auto readings = lab::RunProbes(options, probed, [&](int64_t done, int64_t total) {
    if (!progress)
      progress = std::make_unique<Progress>("probing", total, Progress::StandardError(quiet));
    progress->Update(done);
    return !stop.load();
  });
  if (progress) progress->Finish();
  if (readings.empty()) return false;
  const auto untrained = readings.begin() + static_cast<ptrdiff_t>(examination.models.size());
  lab::SaveProbes((fs::path(examination.out) / "probes.json").string(),
                  {lab::MeanReadings({readings.begin(), untrained}),
                   lab::MeanReadings({untrained, readings.end()})});
  return true;
}

/// "a.safetensors, b.safetensors: 200 sets of a scene and split".
std::string Describe(const Examination& examination) {
  std::string text;
  for (const auto* files : {&examination.models, &examination.pixels})
    for (const std::string& file : *files) text += (text.empty() ? "" : ", ") + file;
  return text + ": " + std::to_string(examination.battery.sets) + " sets of a scene and split";
}

void WriteReport(const std::string& directory, const std::string& run, lab::VoeResults results,
                 const lab::Summary* summary) {
  lab::WriteReport((fs::path(directory) / "report.html").string(),
                   lab::AssembleReport(std::move(results), directory, run), summary);
}

}  // namespace

std::optional<lab::Summary> Examine(const Examination& examination, const std::atomic<bool>& stop,
                                    bool quiet) {
  const fs::path out = examination.out;
  if (!examination.run.empty()) lab::CheckTrainingFolder(examination.run);
  worldmodel::SetComputeThreads(examination.battery.threads);
  const Class invited = LoadSubjects(examination);
  WarnOfSlowProducts(examination.precision);
  lab::BatteryOptions options = examination.battery;
  options.created_by = BuildAndEngine();
  options.commit = BuildCommit();
  options.build = BuildFingerprint();
  options.machine = Machine();
  options.precision = worldmodel::PrecisionName(invited.precision);
  ExaminationCheckpoint checkpoint(examination.out,
                                   lab::BeginResults(options, invited.subjects, invited.horizons));
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
    log.emplace(examination.out, "examines " + Describe(examination));
  };
  std::unique_ptr<Progress> progress;
  lab::BatteryObserver observer;
  observer.begin = [&](int64_t done, int64_t total) {
    progress = std::make_unique<Progress>("examining", total, Progress::StandardError(quiet), done,
                                          ProgressUnit{"sets"});
  };
  observer.progress = [&](const std::string& scene, int64_t done, int64_t) {
    progress->Update(done, scene);
    return !stop.load();
  };
  observer.example = [&](const lab::SceneResult& result, const sim::Scene& scene, int member,
                         const sim::Episode& film) {
    begin();
    checkpoint.AddFilm(result, member, film, scene.frame_hz);
  };
  observer.finished_scene = [&](const lab::VoeResults& so_far) { checkpoint.Update(so_far); };
  std::optional<lab::VoeResults> results =
      lab::RunBattery(options, invited.subjects, invited.horizons, observer, checkpoint.before());
  if (progress) progress->Finish();
  begin();
  if (!results) {
    checkpoint.Save();
    log->End("stopped");
    return std::nullopt;
  }
  std::error_code error;
  if (!examination.run.empty()) results->run = fs::relative(examination.run, out, error).string();
  const lab::Summary summary = lab::Summarise(*results);
  // Of an earlier examination in the same place.
  fs::remove(out / "probes.json", error);
  fs::remove(out / "report.html", error);
  lab::SaveResults((out / "voe.json").string(), *results, &summary);
  checkpoint.PublishFilms();
  if (examination.probing && !Probe(examination, invited, stop, quiet)) {
    checkpoint.Save();
    log->End("stopped before the probes were done");
    return std::nullopt;
  }
  WriteReport(examination.out, examination.run, std::move(*results), &summary);
  checkpoint.Remove();
  log->End("finished");
  return summary;
}

void WriteReportOf(const std::string& directory, const std::string& run) {
  WriteReport(directory, run, lab::LoadResults((fs::path(directory) / "voe.json").string()),
              nullptr);
}

void PrintSummary(const lab::Summary& summary, bool json) {
  if (json) {
    std::printf("%s\n", lab::SummaryJson(summary).c_str());
    return;
  }
  const int v = summary.primary_variant;
  std::printf(
      "Scored by %s. set: impossible films of a set sum to more surprise than its possible ones; "
      "strict: an\n"
      "impossible film surprises more than the possible one that begins the same. Percent, ties "
      "are wrong.\n\n",
      summary.variants[v].c_str());
  std::printf("%-24s %-6s %5s", "", "split", "sets");
  for (const auto& column : summary.columns) std::printf("  %22s", lab::ModelKindName(column.kind));
  std::printf("  %8s %9s\n%37s", "AUROC", "p", "");
  for (size_t c = 0; c < summary.columns.size(); ++c) std::printf("  %11s %10s", "set", "strict");
  std::printf("\n");
  for (const auto* rows : {&summary.scenes, &summary.concepts}) {
    for (const auto& row : *rows) {
      std::printf("%-24s %-6s %5d", row.name.c_str(), sim::SplitName(row.split), row.sets);
      for (const auto& cells : row.columns) {
        std::printf("  %11.1f %10.1f", 100 * cells[v].set_accuracy.value,
                    100 * cells[v].strict_accuracy.value);
      }
      std::printf("  %8.3f %9.2g\n", row.columns[0][v].auroc.value, row.WorstPSet(v));
    }
    std::printf("\n");
  }
}

std::string DefaultModel() {
  if (const char* path = std::getenv("PEEKABOO_MODEL"); path && *path) return path;
  return PEEKABOO_MODELS_DIR "/infant.safetensors";
}

}  // namespace peekaboo::app
