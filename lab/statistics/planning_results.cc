#include "lab/statistics/planning_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"

namespace peekaboo::lab {
namespace {

using Json = nlohmann::ordered_json;

// Empty where nothing was planned.
std::string PlanTime(const std::vector<PlanningEpisode>& episodes) {
  const double seconds = MeanOf(episodes, &PlanningEpisode::plan_seconds);
  return seconds > 0 ? fmt::format("{:<26}{:.1f} ms\n", "mean time of a plan", 1000 * seconds) : "";
}

std::string RoundTable(const std::vector<PlanningEpisode>& episodes) {
  const auto line = [&](const char* name, bool PlanningEpisode::*what) {
    const EpisodeShare share = ShareOf(episodes, what);
    return fmt::format("{:<26}{:5.1f}%  [{:.1f}, {:.1f}]  {} of {}\n", name, 100 * share.share,
                       100 * share.interval.low, 100 * share.interval.high, share.count,
                       episodes.size());
  };
  const bool guarded = !episodes.empty() && episodes.front().guarded;
  return line("solved at the end", &PlanningEpisode::end) +
         line("solved at some time", &PlanningEpisode::ever) +
         fmt::format("{:<26}{:.3f} m, {:.3f} m at the beginning\n", "mean distance at the end",
                     MeanOf(episodes, &PlanningEpisode::ended),
                     MeanOf(episodes, &PlanningEpisode::began)) +
         PlanTime(episodes) +
         (guarded ? line("entered a forbidden zone", &PlanningEpisode::intruded) : "");
}

Json RoundJson(const std::vector<PlanningEpisode>& episodes) {
  Json json;
  const auto share = [&](bool PlanningEpisode::*what) {
    const EpisodeShare found = ShareOf(episodes, what);
    return Json{{"share", found.share}, {"low", found.interval.low}, {"high", found.interval.high}};
  };
  json["end"] = share(&PlanningEpisode::end);
  json["ever"] = share(&PlanningEpisode::ever);
  json["episodes"] = Json::array();
  for (const PlanningEpisode& episode : episodes)
    json["episodes"].push_back({{"end", episode.end},
                                {"ever", episode.ever},
                                {"first", episode.first},
                                {"began", episode.began},
                                {"ended", episode.ended},
                                {"turned", episode.turned},
                                {"plan_seconds", episode.plan_seconds},
                                {"plans", episode.plans},
                                {"inadmissible", episode.inadmissible},
                                {"guarded", episode.guarded},
                                {"intruded", episode.intruded}});
  return json;
}

std::vector<PlanningEpisode> ParseRound(const Json& json) {
  std::vector<PlanningEpisode> episodes;
  for (const Json& from : json.at("episodes")) {
    PlanningEpisode& to = episodes.emplace_back();
    from.at("end").get_to(to.end);
    from.at("ever").get_to(to.ever);
    from.at("first").get_to(to.first);
    from.at("began").get_to(to.began);
    from.at("ended").get_to(to.ended);
    from.at("turned").get_to(to.turned);
    from.at("plan_seconds").get_to(to.plan_seconds);
    from.at("plans").get_to(to.plans);
    from.at("inadmissible").get_to(to.inadmissible);
    from.at("guarded").get_to(to.guarded);
    from.at("intruded").get_to(to.intruded);
  }
  return episodes;
}

}  // namespace

EpisodeShare ShareOf(const std::vector<PlanningEpisode>& episodes, bool PlanningEpisode::*what) {
  EpisodeShare share;
  share.count = std::count_if(episodes.begin(), episodes.end(),
                              [&](const PlanningEpisode& episode) { return episode.*what; });
  const auto n = static_cast<int>(episodes.size());
  share.share = n > 0 ? static_cast<double>(share.count) / n : 0;
  share.interval = ClopperPearson(static_cast<int>(share.count), n);
  return share;
}

double MeanOf(const std::vector<PlanningEpisode>& episodes, double PlanningEpisode::*what) {
  double sum = 0;
  for (const PlanningEpisode& episode : episodes) sum += episode.*what;
  return episodes.empty() ? 0 : sum / static_cast<double>(episodes.size());
}

std::string PlanningTable(const PlanningResults& results) {
  std::string text;
  for (size_t round = 0; round < results.rounds.size(); ++round) {
    if (results.rounds.size() > 1) {
      text += round == 0 ? "before correction\n"
                         : fmt::format("\nafter {} of correction\n",
                                       round == 1 ? "1 round" : fmt::format("{} rounds", round));
    }
    text += RoundTable(results.rounds[round]);
  }
  return text;
}

std::string PlanningJson(const PlanningResults& results) {
  Json json;
  json["task"] = results.task;
  json["title"] = results.title;
  json["model"] = results.who;
  json["settings"] = results.settings;
  json["seed"] = results.seed;
  json["created_by"] = results.created_by;
  json["commit"] = results.commit;
  json["machine"] = results.machine;
  if (!results.rounds.empty()) json.update(RoundJson(results.rounds.front()));
  for (size_t round = 1; round < results.rounds.size(); ++round)
    json["corrected"].push_back(RoundJson(results.rounds[round]));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

PlanningResults ParsePlanning(const std::string& path, const std::string& text) {
  PlanningResults results;
  try {
    const Json json = Json::parse(text);
    json.at("task").get_to(results.task);
    json.at("title").get_to(results.title);
    json.at("model").get_to(results.who);
    json.at("settings").get_to(results.settings);
    json.at("seed").get_to(results.seed);
    json.at("created_by").get_to(results.created_by);
    json.at("commit").get_to(results.commit);
    json.at("machine").get_to(results.machine);
    results.rounds.push_back(ParseRound(json));
    if (json.contains("corrected"))
      for (const Json& round : json["corrected"]) results.rounds.push_back(ParseRound(round));
  } catch (const nlohmann::json::exception& error) {
    throw UserError(path, std::string("is not what plan wrote of a task: ") + error.what());
  }
  return results;
}

}  // namespace peekaboo::lab
