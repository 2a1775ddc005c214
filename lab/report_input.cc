#include "lab/report_input.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <utility>

#include "lab/matched_set.h"
#include "sim/atomic_file.h"
#include "sim/error.h"
#include "sim/gl_context.h"
#include "sim/image.h"

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace peekaboo::lab {
namespace {

constexpr int kTiles = 16;

std::vector<MetricRow> LoadMetrics(const std::string& path) {
  std::vector<MetricRow> rows;
  std::ifstream file(path);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const auto json = ordered_json::parse(line, nullptr, false);
    if (!json.is_object())
      throw UserError(path + ":" + std::to_string(number), "is not a JSON object");
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

std::vector<uint8_t> Strip(const sim::Episode& film, int step) {
  std::vector<int> frames;
  for (int t = 0; t < film.frames; t += step) frames.push_back(t);
  const std::string png = sim::EncodePng(sim::FilmStrip(film, 64, 64, frames, 1));
  return {png.begin(), png.end()};
}

/// The example set of a scene, filmed again, with the curves that the results keep.
ReportSet FilmExample(const VoeResults& results, const SceneResult& scene, int set) {
  const auto file = sim::LoadScene(sim::FindScene("voe/" + scene.name));
  const auto stage = sim::Stage::Load(file->model);
  MatchedSetMaker maker(stage, file);
  const MatchedSet films = maker.Make(scene.split, results.seed, static_cast<uint64_t>(set));
  ReportSet out{.scene = scene.name, .split = scene.split, .seed = results.seed, .films = {}};
  for (size_t m = 0; m < films.films.size() && m < scene.members.size(); ++m) {
    ReportFilm film;
    film.member = scene.members[m].name;
    film.impossible = scene.members[m].impossible;
    film.frame_step = std::max(1, films.films[m].frames / kTiles);
    film.tiles = (films.films[m].frames + film.frame_step - 1) / film.frame_step;
    film.event_frame = films.violation_frames[m];
    film.png = Strip(films.films[m], film.frame_step);
    for (const ExampleCurve& curve : scene.examples) {
      if (curve.set != set || curve.member != static_cast<int>(m)) continue;
      const ModelKind kind = results.models[curve.model].kind;
      auto* into = kind == ModelKind::kTrained     ? &film.surprise
                   : kind == ModelKind::kUntrained ? &film.untrained
                                                   : nullptr;
      if (into && into->empty()) into->assign(curve.surprise.begin(), curve.surprise.end());
    }
    out.films.push_back(std::move(film));
  }
  return out;
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
           .bar = t.measure == "R²" ? 0 : 0.99});
    }
  }
  if (!run.empty() && fs::exists(fs::path(run) / "metrics.jsonl")) {
    input.metrics = LoadMetrics((fs::path(run) / "metrics.jsonl").string());
  }
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  for (const SceneResult& scene : input.results.scenes) {
    if (!scene.examples.empty())
      input.sets.push_back(FilmExample(input.results, scene, scene.examples.front().set));
  }
  return input;
}

}  // namespace peekaboo::lab
