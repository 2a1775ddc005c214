#include <algorithm>

#include "lab/report/dictionary.h"
#include "lab/report/figures.h"
#include "lab/report/report_sections.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {
namespace {

constexpr double kGoodShare = 0.95;

// As the program's user named it, but for a long path.
std::string WhoActs(const PlanningResults& results) {
  const size_t slash = results.who.rfind('/', results.who.rfind('/') - 1);
  const std::string name = slash == std::string::npos ? results.who : results.who.substr(slash + 1);
  return results.rounds.size() > 1 ? name + ", corrected" : name;
}

Measured MeasuredShare(const ReportTask& task, bool PlanningEpisode::*what) {
  const auto& episodes = task.results.rounds.back();
  const EpisodeShare share = ShareOf(episodes, what);
  Measured measured;
  measured.value = share.share;
  measured.interval = share.interval;
  measured.n = static_cast<int>(episodes.size());
  return measured;
}

// Its size stands in the first chunk of a PNG: four bytes each, the highest first.
int Number(const std::vector<uint8_t>& png, size_t at) {
  if (png.size() < at + 4) return 1;
  return (png[at + 1] << 16) | (png[at + 2] << 8) | png[at + 3];
}

std::string DrawStrip(const std::vector<uint8_t>& png) {
  const int width = Number(png, 16), height = Number(png, 20);
  SvgCanvas canvas(width, height, "what is wanted, and moments of an episode");
  canvas.Image({0, 0}, width, height, png);
  return canvas.Finish();
}

void FillRow(const ReportTask& task, bool first, Dictionary* row) {
  const PlanningResults& results = task.results;
  const auto& episodes = results.rounds.back();
  if (first) {
    row->ShowSection("FIRST");
    row->SetValue("TASK", results.task);
    row->SetValue("TITLE", results.title);
  }
  row->SetValue("WHO", WhoActs(results));
  row->SetIntValue("LAYOUTS", static_cast<long>(episodes.size()));
  SetShare(MeasuredShare(task, &PlanningEpisode::end), row->AddSectionDictionary("END"));
  SetShare(MeasuredShare(task, &PlanningEpisode::ever), row->AddSectionDictionary("EVER"));
  row->SetValue("BEGAN", FormatNumber(MeanOf(episodes, &PlanningEpisode::began), 3));
  row->SetValue("ENDED", FormatNumber(MeanOf(episodes, &PlanningEpisode::ended), 3));
  const double seconds = MeanOf(episodes, &PlanningEpisode::plan_seconds);
  row->SetValue("PLAN", seconds > 0 ? FormatNumber(1000 * seconds, 0) : "");
  const bool guarded = !episodes.empty() && episodes.front().guarded;
  row->SetValue("INTRUDED",
                guarded ? Percent(ShareOf(episodes, &PlanningEpisode::intruded).share) : "");
}

}  // namespace

void FillActing(const ReportInput& input, Dictionary* page) {
  if (input.tasks.empty()) return;
  page->ShowSection("ACTED");
  Dictionary* section = page->AddSectionDictionary("ACTING");
  std::string last;
  for (const ReportTask& task : input.tasks) {
    FillRow(task, task.results.task != last, section->AddSectionDictionary("ROW"));
    last = task.results.task;
    if (task.strips.empty()) continue;
    Dictionary* films = section->AddSectionDictionary("TASK_FILMS");
    films->SetValue("TASK", task.results.task);
    for (const auto& png : task.strips)
      films->AddSectionDictionary("STRIP")->SetValue("SVG", DrawStrip(png));
  }
}

std::vector<Failure> ActingFailures(const std::vector<ReportTask>& tasks) {
  std::vector<Failure> failures;
  for (const ReportTask& task : tasks) {
    if (!task.results.ByModel()) continue;
    const auto add = [&](const std::string& text) {
      failures.push_back({"acting in " + task.results.task, text});
    };
    const Measured end = MeasuredShare(task, &PlanningEpisode::end);
    if (end.value < kGoodShare) {
      add("solved at the end in " + Percent(end.value) + "% of layouts, below " +
          Percent(kGoodShare) + "%.");
    }
    const Measured intruded = MeasuredShare(task, &PlanningEpisode::intruded);
    if (intruded.value > 0)
      add("a forbidden zone was entered in " + Percent(intruded.value) + "% of layouts.");
    const auto random = std::ranges::find_if(tasks, [&](const ReportTask& other) {
      return other.results.task == task.results.task &&
             other.results.who == PlanningResults::kRandom;
    });
    if (random == tasks.end()) {
      add("not compared with random actions.");
      continue;
    }
    const Measured chance = MeasuredShare(*random, &PlanningEpisode::end);
    if (end.interval.low <= chance.interval.high)
      add("not clearly better than random actions, which solve " + Percent(chance.value) + "%.");
  }
  return failures;
}

}  // namespace peekaboo::lab
