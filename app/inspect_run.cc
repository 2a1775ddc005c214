#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <sstream>

#include "app/inspect.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/text.h"
#include "lab/statistics/results.h"
#include "lab/statistics/summary.h"

namespace fs = std::filesystem;

namespace peekaboo::app {
namespace {

// The last line that is whole: a training that goes on may be writing the next.
nlohmann::ordered_json LastMetrics(const fs::path& path) {
  nlohmann::ordered_json last;
  if (!fs::exists(path)) return last;
  std::istringstream lines(ReadSmallFile(path.string()));
  for (std::string line; std::getline(lines, line);) {
    auto row = nlohmann::ordered_json::parse(line, nullptr, false);
    if (row.is_object()) last = std::move(row);
  }
  return last;
}

std::string Number(const nlohmann::ordered_json& row, const char* key, int decimals) {
  if (!row.contains(key) || !row[key].is_number()) return "?";
  return fmt::format("{:.{}f}", row[key].get<double>(), decimals);
}

void DescribeTraining(const fs::path& run, Inspection* result) {
  const std::string config = ReadSmallFile((run / "config.toml").string());
  const auto metrics = LastMetrics(run / "metrics.jsonl");
  const bool finished = fs::exists(run / "model.safetensors");
  result->json["finished"] = finished;
  result->json["last_metrics"] = metrics;
  result->json["config"] = config;
  result->text += fmt::format("\n  a training, {}",
                              finished ? "finished" : "not finished (the same command goes on)");
  if (metrics.is_object()) {
    result->text +=
        fmt::format("\n  step {}, {} s of training, {} frames/s", Number(metrics, "step", 0),
                    Number(metrics, "seconds", 0), Number(metrics, "frames_per_second", 0));
    result->text +=
        fmt::format("\n  loss {}, prediction {}, copying would give {}, effective rank {}",
                    Number(metrics, "loss", 3), Number(metrics, "prediction", 3),
                    Number(metrics, "copy_error", 3), Number(metrics, "effective_rank", 1));
  }
  std::istringstream lines(config);
  for (std::string line; std::getline(lines, line);) result->text += "\n  | " + Printable(line);
}

void DescribeExamination(const fs::path& run, Inspection* result) {
  const lab::VoeResults results = lab::LoadResults((run / "voe.json").string());
  const lab::Summary summary = lab::Summarise(results, 100);
  result->text +=
      fmt::format("\n  an examination by {}, {}, commit {}", Printable(results.primary_variant),
                  Printable(results.created_by), Printable(results.commit));
  for (const lab::ResultModel& model : results.models) {
    result->text += "\n  - " + Printable(model.name);
    if (!model.file.empty()) result->text += ": " + Printable(model.file);
    if (model.steps > 0)
      result->text += fmt::format(", {} steps in {:.0f} s", model.steps, model.training_seconds);
    result->json["models"].push_back({{"name", model.name},
                                      {"kind", lab::ModelKindName(model.kind)},
                                      {"file", model.file},
                                      {"steps", model.steps},
                                      {"training_seconds", model.training_seconds}});
  }
  for (const lab::SummaryRow& row : summary.concepts) {
    const lab::Cell& cell = row.columns.front()[summary.primary_variant];
    char line[160];
    std::snprintf(line, sizeof(line), "\n  %-20s %-9s %5d sets: set %5.1f%%, strict %5.1f%%",
                  Printable(row.name).c_str(), sim::SplitName(row.split), row.sets,
                  100 * cell.set_accuracy.value, 100 * cell.strict_accuracy.value);
    result->text += line;
    result->json["concepts"].push_back({{"name", row.name},
                                        {"split", sim::SplitName(row.split)},
                                        {"sets", row.sets},
                                        {"set", cell.set_accuracy.value},
                                        {"strict", cell.strict_accuracy.value}});
  }
}

}  // namespace

Inspection InspectRun(const std::string& directory) {
  const fs::path run(directory);
  std::error_code error;
  const bool training = fs::is_regular_file(run / "config.toml", error);
  const bool examination = fs::is_regular_file(run / "voe.json", error);
  if (!training && !examination) {
    throw UserError(directory,
                    "is a folder with neither config.toml (of a training) nor voe.json (of an "
                    "examination)");
  }
  Inspection result;
  result.json = {{"file", directory}, {"kind", training ? "run" : "examination"}};
  result.text = Printable(directory) + ":";
  for (const char* file :
       {"nursery.h5", "model.safetensors", "voe.json", "probes.json", "report.html"}) {
    const auto bytes = fs::file_size(run / file, error);
    if (!error) result.text += fmt::format("\n  {}, {}", file, FormatBytes(bytes));
  }
  if (examination) DescribeExamination(run, &result);
  if (training) DescribeTraining(run, &result);
  return result;
}

}  // namespace peekaboo::app
