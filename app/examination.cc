#include "app/examination.h"

#include <sys/utsname.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>

#include "app/progress.h"
#include "lab/report_input.h"
#include "lab/summary.h"
#include "peekaboo_commit.h"
#include "sim/error.h"
#include "worldmodel/compute.h"

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
  std::vector<std::unique_ptr<lab::Examinee>> examinees;
  std::vector<int> horizons;  ///< the same for all
};

Class Invite(const Examination& examination) {
  std::vector<std::unique_ptr<lab::Examinee>> examinees;
  std::optional<worldmodel::ModelConfig> shape;
  const auto invite = [&](const std::vector<std::string>& files, const char* name,
                          lab::ModelKind kind) {
    for (size_t i = 0; i < files.size(); ++i) {
      auto model = worldmodel::WorldModel::Load(files[i]);
      const bool pixel = kind == lab::ModelKind::kPixel;
      if (model.config().IsPixel() != pixel) {
        throw UserError(files[i], pixel ? "is not a pixel baseline"
                                        : "is a pixel baseline: give it as --pixel");
      }
      if (!shape) shape = model.config();
      if (model.config().horizons != shape->horizons)
        throw UserError(files[i], "predicts other horizons than " + examination.models[0]);
      uint64_t seed = 0;
      if (const auto found = model.metadata().find("seed"); found != model.metadata().end())
        seed = std::strtoull(found->second.c_str(), nullptr, 10);
      examinees.push_back(
          lab::MakeNetworkExaminee({Name(name, i, files.size()), kind, seed}, std::move(model)));
    }
  };
  invite(examination.models, "infant", lab::ModelKind::kTrained);
  for (int i = 0; i < examination.untrained; ++i) {
    const uint64_t own = kUntrainedSeed + static_cast<uint64_t>(i);
    examinees.push_back(lab::MakeNetworkExaminee(
        {"untrained " + std::to_string(i + 1), lab::ModelKind::kUntrained, own},
        worldmodel::WorldModel(*shape, own)));
  }
  invite(examination.pixels, "pixel prediction", lab::ModelKind::kPixel);
  examinees.push_back(lab::MakeFrameDifferenceExaminee(shape->horizons));
  return {std::move(examinees), shape->horizons};
}

void WriteReport(const std::string& directory, const std::string& run, lab::VoeResults results,
                 const lab::Summary* summary) {
  lab::WriteReport((fs::path(directory) / "report.html").string(),
                   lab::AssembleReport(std::move(results), directory, run), summary);
}

}  // namespace

lab::Summary Examine(const Examination& examination, const std::atomic<bool>& stop, bool quiet) {
  const auto start = std::chrono::steady_clock::now();
  std::error_code error;
  fs::create_directories(examination.out, error);
  if (error) throw UserError(examination.out, "cannot be made: " + error.message());
  worldmodel::SetComputeThreads(examination.battery.threads);
  const auto [examinees, horizons] = Invite(examination);
  std::unique_ptr<Progress> progress;
  lab::VoeResults results = lab::RunBattery(
      examination.battery, examinees, horizons,
      [&](const std::string& scene, int64_t done, int64_t total) {
        if (!progress)
          progress = std::make_unique<Progress>("examining", total, Progress::StandardError(quiet));
        progress->Update(done, scene);
        return !stop.load();
      });
  if (progress) progress->Finish();
  results.created_by = "peekaboo " PEEKABOO_VERSION;
  results.commit = PEEKABOO_COMMIT;
  results.machine = Machine();
  results.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  lab::Summary summary = lab::Summarise(results);
  lab::SaveResults((fs::path(examination.out) / "voe.json").string(), results, &summary);
  if (examination.probing) {
    lab::ProbingOptions options = *examination.probing;
    options.seed = examination.battery.seed;
    options.threads = examination.battery.threads;
    std::vector<const lab::Examinee*> probed = {examinees[0].get()};
    if (examination.untrained > 0) probed.push_back(examinees[examination.models.size()].get());
    auto readings = lab::RunProbes(options, probed);
    lab::ProbeResults probes;
    probes.trained = readings[0];
    if (readings.size() > 1) probes.untrained = readings[1];
    lab::SaveProbes((fs::path(examination.out) / "probes.json").string(), probes);
  }
  WriteReport(examination.out, examination.run, std::move(results), &summary);
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
  if (const char* path = std::getenv("PEEKABOO_MODEL")) return path;
  return PEEKABOO_MODELS_DIR "/infant.safetensors";
}

}  // namespace peekaboo::app
