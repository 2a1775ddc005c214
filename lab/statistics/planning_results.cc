#include "lab/experiment/planning_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lab/statistics/statistics.h"

namespace peekaboo::lab {
namespace {

struct Share {
  int64_t count = 0;
  double share = 0;
  Interval interval;
};

Share ShareOf(const std::vector<PlanningEpisode>& episodes, bool PlanningEpisode::*what) {
  Share share;
  share.count = std::count_if(episodes.begin(), episodes.end(),
                              [&](const PlanningEpisode& episode) { return episode.*what; });
  const auto n = static_cast<int>(episodes.size());
  share.share = n > 0 ? static_cast<double>(share.count) / n : 0;
  share.interval = ClopperPearson(static_cast<int>(share.count), n);
  return share;
}

double Mean(const std::vector<PlanningEpisode>& episodes, double PlanningEpisode::*what) {
  double sum = 0;
  for (const PlanningEpisode& episode : episodes) sum += episode.*what;
  return episodes.empty() ? 0 : sum / static_cast<double>(episodes.size());
}

/// Empty where nothing was planned.
std::string PlanTime(const std::vector<PlanningEpisode>& episodes) {
  const double seconds = Mean(episodes, &PlanningEpisode::plan_seconds);
  return seconds > 0 ? fmt::format("{:<26}{:.1f} ms\n", "mean time of a plan", 1000 * seconds) : "";
}

std::string RoundTable(const std::vector<PlanningEpisode>& episodes) {
  const auto line = [&](const char* name, bool PlanningEpisode::*what) {
    const Share share = ShareOf(episodes, what);
    return fmt::format("{:<26}{:5.1f}%  [{:.1f}, {:.1f}]  {} of {}\n", name, 100 * share.share,
                       100 * share.interval.low, 100 * share.interval.high, share.count,
                       episodes.size());
  };
  const bool guarded = !episodes.empty() && episodes.front().guarded;
  return line("solved at the end", &PlanningEpisode::end) +
         line("solved at some time", &PlanningEpisode::ever) +
         fmt::format("{:<26}{:.3f} m, {:.3f} m at the beginning\n", "mean distance at the end",
                     Mean(episodes, &PlanningEpisode::ended),
                     Mean(episodes, &PlanningEpisode::began)) +
         PlanTime(episodes) +
         (guarded ? line("entered a forbidden zone", &PlanningEpisode::intruded) : "");
}

nlohmann::ordered_json RoundJson(const std::vector<PlanningEpisode>& episodes) {
  nlohmann::ordered_json json;
  const auto share = [&](bool PlanningEpisode::*what) {
    const Share found = ShareOf(episodes, what);
    return nlohmann::ordered_json{
        {"share", found.share}, {"low", found.interval.low}, {"high", found.interval.high}};
  };
  json["end"] = share(&PlanningEpisode::end);
  json["ever"] = share(&PlanningEpisode::ever);
  json["episodes"] = nlohmann::ordered_json::array();
  for (const PlanningEpisode& episode : episodes)
    json["episodes"].push_back({{"end", episode.end},
                                {"ever", episode.ever},
                                {"first", episode.first},
                                {"began", episode.began},
                                {"ended", episode.ended},
                                {"turned", episode.turned},
                                {"plan_seconds", episode.plan_seconds},
                                {"inadmissible", episode.inadmissible},
                                {"intruded", episode.intruded}});
  return json;
}

std::string WhoName(const PlanningOptions& options) {
  using Who = EpisodeOptions::Who;
  return options.who == Who::kModel       ? options.model
         : options.who == Who::kSimulator ? "simulator"
                                          : "random actions";
}

}  // namespace

std::string PlanningTable(const PlanningOutcome& outcome) {
  std::string text;
  for (size_t round = 0; round < outcome.rounds.size(); ++round) {
    if (outcome.rounds.size() > 1) {
      text += round == 0 ? "before correction\n"
                         : fmt::format("\nafter {} of correction\n",
                                       round == 1 ? "1 round" : fmt::format("{} rounds", round));
    }
    text += RoundTable(outcome.rounds[round]);
  }
  return text;
}

std::string PlanningJson(const PlanningOptions& options, const PlanningOutcome& outcome,
                         const ExperimentContext& context) {
  nlohmann::ordered_json json;
  json["task"] = options.task;
  json["model"] = WhoName(options);
  json["settings"] = options.settings;
  json["seed"] = options.seed;
  json["created_by"] = ProgramAndEngine(context.provenance);
  json["commit"] = context.provenance.commit;
  if (!outcome.rounds.empty()) json.update(RoundJson(outcome.rounds.front()));
  for (size_t round = 1; round < outcome.rounds.size(); ++round)
    json["corrected"].push_back(RoundJson(outcome.rounds[round]));
  return json.dump(2) + "\n";
}

}  // namespace peekaboo::lab
