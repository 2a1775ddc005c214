#include "app/print_summary.h"

#include <cstdio>

namespace peekaboo::app {

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

void PrintActing(const std::vector<lab::PlanningResults>& acting) {
  if (acting.empty()) return;
  std::printf("%-24s %-16s %7s  %22s %14s\n", "acting", "", "layouts", "solved at the end, %",
              "some time, %");
  for (const lab::PlanningResults& results : acting) {
    const auto& episodes = results.rounds.back();
    const auto end = ShareOf(episodes, &lab::PlanningEpisode::end);
    const auto ever = ShareOf(episodes, &lab::PlanningEpisode::ever);
    const bool random = results.who == lab::PlanningResults::kRandom;
    std::printf("%-24s %-16s %7zu  %8.1f [%4.1f, %5.1f] %14.1f\n", results.task.c_str(),
                random ? "random actions" : "plans", episodes.size(), 100 * end.share,
                100 * end.interval.low, 100 * end.interval.high, 100 * ever.share);
  }
  std::printf("\n");
}

}  // namespace peekaboo::app
