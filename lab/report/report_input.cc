#include "lab/report/report_input.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "lab/report/acting_files.h"
#include "lab/report/media.h"

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace peekaboo::lab {
namespace {

std::vector<MetricRow> LoadMetrics(const std::string& path) {
  std::vector<MetricRow> rows;
  std::ifstream file(path);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const auto json = ordered_json::parse(line, nullptr, false);
    if (!json.is_object()) {
      if (file.peek() == EOF) break;  // half a line: the training is still writing, or was killed
      throw UserError(path + ":" + std::to_string(number), "is not a JSON object");
    }
    const auto value = [&](const char* key) {
      return json.contains(key) && json[key].is_number() ? json[key].get<double>() : std::nan("");
    };
    MetricRow row;
    row.step = value("step");
    row.values["loss/prediction"] = value("prediction");
    row.values["loss/anti-collapse"] = value("anti_collapse");
    row.values["latent/deviation over frames"] = value("deviation");
    row.values["latent/deviation within a clip"] = value("temporal_deviation");
    row.values["latent/error of copying"] = value("copy_error");
    row.values["effective rank (RankMe)/rank"] = value("effective_rank");
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

void SaveProbes(const std::string& path, const ProbeResults& probes) {
  ordered_json json;
  for (const auto& [name, readings] :
       {std::pair{"trained", &probes.trained}, std::pair{"untrained", &probes.untrained}}) {
    for (const ProbeReading& r : *readings) {
      json[name].push_back({{"quantity", r.quantity},
                            {"condition", r.condition},
                            {"measure", r.measure},
                            {"value", r.value},
                            {"chance", r.chance},
                            {"frames", r.rows}});
    }
  }
  WriteFileAtomically(path, json.dump(1) + "\n");
}

ProbeResults LoadProbes(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  ProbeResults probes;
  try {
    const auto json = ordered_json::parse(text.str());
    for (const auto& [name, readings] :
         {std::pair{"trained", &probes.trained}, std::pair{"untrained", &probes.untrained}}) {
      if (!json.contains(name)) continue;
      for (const auto& r : json[name]) {
        readings->push_back({r.at("quantity"), r.at("condition"), r.at("measure"),
                             r.at("value").is_number() ? r.at("value").get<double>() : std::nan(""),
                             r.at("chance"), r.at("frames")});
      }
    }
  } catch (const nlohmann::json::exception& error) {
    throw UserError(path, std::string("is not a file of probes: ") + error.what());
  }
  return probes;
}

void CheckTrainingFolder(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(fs::path(directory) / "config.toml", error))
    throw UserError(directory, "holds no config.toml: not the directory of a training");
}

ReportInput AssembleReport(VoeResults results, const std::string& directory,
                           const std::string& run) {
  ReportInput input;
  input.results = std::move(results);
  const fs::path probes_path = fs::path(directory) / "probes.json";
  if (fs::exists(probes_path)) {
    const ProbeResults probes = LoadProbes(probes_path.string());
    for (size_t i = 0; i < probes.trained.size(); ++i) {
      const ProbeReading& t = probes.trained[i];
      input.probes.push_back(
          {.quantity = t.quantity,
           .condition = t.condition,
           .measure = t.measure,
           .trained = t.value,
           .untrained = i < probes.untrained.size() ? probes.untrained[i].value : std::nan(""),
           .chance = t.chance,
           .n = t.rows,
           .bar = t.quantity == kHiddenPresence ? 0.99 : 0});
    }
  }
  fs::path training = run;
  if (run.empty() && !input.results.run.empty()) training = fs::path(directory) / input.results.run;
  if (!training.empty()) {
    if (!run.empty()) CheckTrainingFolder(run);
    const fs::path metrics = training / "metrics.jsonl";  // a short training has none
    std::error_code error;
    if (fs::exists(metrics, error)) input.metrics = LoadMetrics(metrics.string());
  }
  for (const SceneResult& scene : input.results.scenes) {
    ReportSet set = LoadExampleSet((fs::path(directory) / "media").string(), input.results, scene);
    if (!set.films.empty()) input.sets.push_back(std::move(set));
  }
  input.tasks = LoadActing(directory);
  return input;
}

void WriteReportOf(const std::string& directory, const std::string& run) {
  const fs::path examined = fs::path(directory) / "voe.json";
  std::error_code error;
  const bool only_acted = !fs::exists(examined, error) && HasActing(directory);
  WriteReport(
      (fs::path(directory) / "report.html").string(),
      AssembleReport(only_acted ? VoeResults{} : LoadResults(examined.string()), directory, run));
}

}  // namespace peekaboo::lab
