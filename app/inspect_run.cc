#include <cstdio>
#include <filesystem>
#include <sstream>

#include "app/inspect.h"
#include "app/text.h"
#include "sim/atomic_file.h"
#include "sim/error.h"

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

}  // namespace

Inspection InspectRun(const std::string& directory) {
  const fs::path run(directory);
  if (!fs::exists(run / "config.toml")) {
    throw UserError(directory, "is a folder without config.toml: not a run that train wrote");
  }
  const std::string config = ReadSmallFile((run / "config.toml").string());
  const auto metrics = LastMetrics(run / "metrics.jsonl");
  const bool finished = fs::exists(run / "model.safetensors");
  Inspection result;
  result.json = {{"file", directory}, {"kind", "run"}, {"finished", finished}};
  result.json["last_metrics"] = metrics;
  result.json["config"] = config;
  result.text = Printable(directory) + ": a training, " +
                (finished ? "finished" : "not finished (the same command goes on)");
  if (metrics.is_object()) {
    result.text += "\n  step " + Number(metrics, "step", "%.0f") + ", " +
                   Number(metrics, "seconds", "%.0f") + " s of training, " +
                   Number(metrics, "frames_per_second", "%.0f") + " frames/s";
    result.text += "\n  loss " + Number(metrics, "loss", "%.3f") + ", prediction " +
                   Number(metrics, "prediction", "%.3f") + ", copying would give " +
                   Number(metrics, "copy_error", "%.3f") + ", effective rank " +
                   Number(metrics, "effective_rank", "%.1f");
  }
  for (const char* file : {"model.safetensors", "voe.json", "probes.json", "report.html"}) {
    if (fs::exists(run / file)) {
      result.text += std::string("\n  ") + file + ", " + FormatBytes(fs::file_size(run / file));
    }
  }
  std::istringstream lines(config);
  for (std::string line; std::getline(lines, line);) result.text += "\n  | " + Printable(line);
  return result;
}

}  // namespace peekaboo::app
