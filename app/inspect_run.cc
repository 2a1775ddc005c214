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

std::string Number(const nlohmann::ordered_json& row, const char* key, const char* format) {
  if (!row.contains(key) || !row[key].is_number()) return "?";
  char text[32];
  std::snprintf(text, sizeof(text), format, row[key].get<double>());
  return text;
}

void DescribeTraining(const fs::path& run, Inspection* result) {
  const std::string config = ReadSmallFile((run / "config.toml").string());
  const auto metrics = LastMetrics(run / "metrics.jsonl");
  const bool finished = fs::exists(run / "model.safetensors");
  result->json["finished"] = finished;
  result->json["last_metrics"] = metrics;
  result->json["config"] = config;
  result->text += std::string("\n  a training, ") +
                  (finished ? "finished" : "not finished (the same command goes on)");
  if (metrics.is_object()) {
    result->text += "\n  step " + Number(metrics, "step", "%.0f") + ", " +
                    Number(metrics, "seconds", "%.0f") + " s of training, " +
                    Number(metrics, "frames_per_second", "%.0f") + " frames/s";
    result->text += "\n  loss " + Number(metrics, "loss", "%.3f") + ", prediction " +
                    Number(metrics, "prediction", "%.3f") + ", copying would give " +
                    Number(metrics, "copy_error", "%.3f") + ", effective rank " +
                    Number(metrics, "effective_rank", "%.1f");
  }
  std::istringstream lines(config);
  for (std::string line; std::getline(lines, line);) result->text += "\n  | " + Printable(line);
}

void DescribeExamination(const fs::path& run, Inspection* result) {
  const lab::VoeResults results = lab::LoadResults((run / "voe.json").string());
  const lab::Summary summary = lab::Summarise(results, 100);
  result->text += "\n  an examination by " + Printable(results.primary_variant) + ", " +
                  Printable(results.created_by) + ", commit " + Printable(results.commit);
  for (const lab::ResultModel& model : results.models) {
    char trained[80] = "";
    if (model.steps > 0)
      std::snprintf(trained, sizeof(trained), ", %lld steps in %.0f s",
                    static_cast<long long>(model.steps), model.training_seconds);
    result->text += "\n  - " + Printable(model.name) +
                    (model.file.empty() ? "" : ": " + Printable(model.file)) + trained;
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
    if (!error) result.text += std::string("\n  ") + file + ", " + FormatBytes(bytes);
  }
  if (examination) DescribeExamination(run, &result);
  if (training) DescribeTraining(run, &result);
  return result;
}

}  // namespace peekaboo::app
