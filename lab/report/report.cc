#include "lab/report/report.h"

#include "base/atomic_file.h"
#include "lab/report/dictionary.h"
#include "lab/report/figures.h"
#include "lab/report/page.h"
#include "lab/report/report_sections.h"
#include "lab/report/svg.h"
#include "lab/statistics/summary.h"

namespace peekaboo::lab {
namespace {

bool HasBattery(const VoeResults& results) {
  return !results.models.empty() || !results.scenes.empty();
}

void FillLead(const ReportInput& input, const Summary& summary, Dictionary* page) {
  Dictionary* lead = page->AddSectionDictionary("WATCHED");
  int learned = 0;
  int tested = 0;
  const SummaryRow* lowest = nullptr;
  const auto accuracy = [&](const SummaryRow& row) {
    return row.columns[0][summary.primary_variant].set_accuracy.value;
  };
  for (const SummaryRow& row : summary.concepts) {
    if (row.split != Split::kNovel) continue;
    ++tested;
    learned += IsLearned(row, summary.primary_variant);
    if (!lowest || accuracy(row) < accuracy(*lowest)) lowest = &row;
  }
  if (tested > 0 && summary.ColumnOf(ModelKind::kTrained) == 0) {
    Dictionary* verdict = lead->AddSectionDictionary("VERDICT");
    verdict->SetIntValue("LEARNED", learned);
    verdict->SetIntValue("TESTED", tested);
    verdict->SetValue("WEAKEST", lowest->name);
    verdict->SetValue("SHARE", Percent(accuracy(*lowest)));
  }
  size_t films = 0;
  for (const SceneResult& scene : input.results.scenes) films += scene.films.size();
  if (films == 0) return;
  Dictionary* extent = page->AddSectionDictionary("EXTENT");
  extent->SetValue("FILMS", std::to_string(films));
  extent->SetValue("MODELS", std::to_string(input.results.models.size()));
  extent->SetValue("COMMIT", input.results.commit);
  extent->SetValue("SEED", std::to_string(input.results.seed));
  extent->SetValue("SECONDS", FormatNumber(input.results.seconds, 0));
  extent->SetValue("MACHINE", input.results.machine);
}

}  // namespace

std::string ReportHtml(const ReportInput& input, const Summary* summary) {
  if (!summary) {
    const Summary own = HasBattery(input.results) ? Summarise(input.results) : Summary{};
    return ReportHtml(input, &own);
  }
  Dictionary page("page");
  page.SetValue("TITLE", input.title);
  if (input.tasks.empty() || HasBattery(input.results)) FillLead(input, *summary, &page);
  FillHeadline(input, *summary, &page);
  FillLookingTimes(*summary, &page);
  FillFilms(input, &page);
  FillActing(input, &page);
  FillFailures(input, *summary, &page);
  FillProbes(input, &page);
  FillTraining(input, &page);
  FillAcrossSets(*summary, &page);
  FillScenes(input, *summary, &page);
  FillVariants(input, *summary, &page);
  FillProvenance(input, &page);
  return ExpandPage(&page);
}

void WriteReport(const std::string& path, const ReportInput& input, const Summary* summary) {
  if (HasBattery(input.results)) CheckResults(path, input.results);
  WriteFileAtomically(path, ReportHtml(input, summary));
}

}  // namespace peekaboo::lab
