#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lab/statistics/planning_results.h"
#include "lab/statistics/results.h"

namespace peekaboo::lab {

/// One film of the one set that stands for its scene.
struct ReportFilm {
  std::string member;
  bool impossible = false;
  std::vector<uint8_t> png;  ///< `tiles` frames side by side; 12 to 16 read well
  int tiles = 0;
  int frame_step = 1;             ///< from one tile to the next
  int event_frame = -1;           ///< -1: nothing happens
  std::vector<double> surprise;   ///< of the trained network, one a frame; NaN where there is none
  std::vector<double> untrained;  ///< for comparison, in units of its own scale; may be empty
};

/// A matched set whose films are shown.
struct ReportSet {
  std::string scene;  ///< SceneResult::name
  Split split = Split::kSeen;
  uint64_t seed = 0;
  std::vector<ReportFilm> films;
};

/// A line of metrics.jsonl. Values named "group/name" share the chart "group".
struct MetricRow {
  double step = 0;
  std::map<std::string, double> values;
};

/// What a linear probe reads out of the latent, of the trained and of an untrained network.
struct ProbeRow {
  std::string quantity;   ///< "position x", "an object is behind the screen"
  std::string condition;  ///< "visible", "hidden", ...
  std::string measure;    ///< "R²", "balanced accuracy"
  double trained = 0;
  double untrained = 0;
  double chance = 0;  ///< what knowing nothing gives
  int64_t n = 0;      ///< frames
  double bar = 0;     ///< the value to reach; NaN or 0: none
};

/// Episodes of a task with one actor.
struct ReportTask {
  PlanningResults results;
  std::vector<std::vector<uint8_t>> strips;  ///< PNG, of the first episodes (EpisodeFilm)
};

/// Everything a report shows. Parts that are empty are left out of the page, and what a reader
/// would miss then (no untrained networks, no novel split) is said in "What does not work".
struct ReportInput {
  std::string title = "Peekaboo: what the network expects";
  VoeResults results;
  std::vector<ReportSet> sets;
  std::vector<MetricRow> metrics;
  std::vector<ProbeRow> probes;
  std::vector<ReportTask> tasks;  ///< those of one task stand together, the model first
};

/// The page as text: one HTML file with everything inside, which needs no network. Deterministic.
/// `summary`: Summarise(input.results), for a caller that has it already.
std::string ReportHtml(const ReportInput& input, const Summary* summary = nullptr);

/// Writes it atomically. Throws UserError when the results do not fit together (CheckResults) or
/// the file cannot be written.
void WriteReport(const std::string& path, const ReportInput& input,
                 const Summary* summary = nullptr);

}  // namespace peekaboo::lab
