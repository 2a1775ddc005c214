#include "lab/report/report.h"

#include "base/atomic_file.h"
#include "lab/report/html.h"
#include "lab/report/report_sections.h"
#include "lab/report/svg.h"
#include "lab/statistics/summary.h"

namespace peekaboo::lab {
namespace {

// One column of at most 1080 pixels: fits a laptop, and A4 across. Colours follow the reader's
// setting; paper is always light.
constexpr char kStyle[] = R"css(
:root { --ink:#1a1a1a; --faint:#5f6368; --grid:#dcdcdc; --page:#ffffff; --soft:#f5f6f7;
        --blue:#0072b2; --yes:#00694d; --no:#a63d00; color-scheme: light dark; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink:#e8e8e8; --faint:#a6abb2; --grid:#3a3d42; --page:#17191c; --soft:#212428;
          --blue:#3fa2e0; --yes:#4cc9a0; --no:#ff9a5c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 36px 20px 60px; max-width: 1120px; background: var(--page);
       color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 10px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 46px 0 6px; padding-top: 14px; border-top: 2px solid var(--ink); }
h3 { font-size: 15px; margin: 22px 0 8px; }
h3 small, .note, .faint { color: var(--faint); }
h3 small { font-weight: 400; }
.lead { font-size: 17px; max-width: 46em; margin: 0; }
.meta { color: var(--faint); font-size: 13px; margin: 12px 0 0; }
.note { max-width: 56em; margin: 0 0 14px; font-size: 13.5px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 12.5px; line-height: 1.35; width: 100%;
        font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--faint); vertical-align: bottom;
     padding: 4px 6px; border-bottom: 1px solid var(--ink); }
thead tr:first-child:not(:last-child) th { border-bottom: none; padding-bottom: 0; }
th.group { text-align: center; color: var(--ink); }
td { padding: 5px 6px; vertical-align: top; }
tbody tr.rule { border-top: 1px solid var(--grid); }
tbody tr:last-child { border-bottom: 1px solid var(--ink); }
.n { text-align: right; }
td.n { white-space: nowrap; }
td small, td.small { font-size: 11px; color: var(--faint); font-weight: 400; }
.wins { color: var(--no); }
.wins::before { content: "▲ "; font-size: 9px; }
.yes { color: var(--yes); white-space: nowrap; }
.no { color: var(--no); white-space: nowrap; }
.charts { display: grid; gap: 18px 20px; justify-content: start; }
.two { grid-template-columns: repeat(auto-fill, minmax(min(516px, 100%), 1fr)); }
.three { grid-template-columns: repeat(auto-fill, minmax(min(338px, 100%), 1fr)); }
.film { margin: 0 0 10px; }
svg { display: block; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: minmax(9em, max-content) 1fr; gap: 6px 24px; margin: 0;
     font-size: 13.5px; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.failures dt { color: var(--ink); font-weight: 600; max-width: 22em; }
.failures ul { margin: 0; padding-left: 1.1em; }
summary { cursor: pointer; color: var(--faint); font-size: 13.5px; }
@media (max-width: 640px) { dl { grid-template-columns: 1fr; gap: 2px; } dd { margin: 0 0 8px; } }
@media print {
  body { padding: 0; max-width: none; font-size: 11pt; }
  .wide { overflow: visible; }
  .two { grid-template-columns: 1fr 1fr; } .three { grid-template-columns: 1fr 1fr 1fr; }
  table { font-size: 8pt; } td, th { padding: 3px 4px; }
  h2, h3 { break-after: avoid; } tr, svg, .film { break-inside: avoid; }
  @page { size: A4 landscape; margin: 12mm; }
}
)css";

bool HasBattery(const VoeResults& results) {
  return !results.models.empty() || !results.scenes.empty();
}

std::string Lead(const ReportInput& input, const Summary& summary) {
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
  std::string out =
      "<p class=\"lead\">A network watched films of a small physical world and learned to predict "
      "what comes next in a space of its own. It was then shown possible and impossible events, as "
      "developmental psychologists show them to infants, and its surprise was measured";
  if (tested > 0 && summary.ColumnOf(ModelKind::kTrained) == 0) {
    out += ": on shapes, colours and geometry never drawn in training, it beats every null on " +
           std::to_string(learned) + " of " + std::to_string(tested) +
           " concepts; on its weakest, " + EscapeXml(lowest->name) +
           ", the impossible films surprise it more in " + Percent(accuracy(*lowest)) +
           "% of the sets";
  }
  out += ".</p>\n";
  size_t films = 0;
  for (const SceneResult& scene : input.results.scenes) films += scene.films.size();
  if (films > 0) {
    out += "<p class=\"meta\">" + std::to_string(films) + " films, " +
           std::to_string(input.results.models.size()) + " models · commit " +
           EscapeXml(input.results.commit) + " · seed " + std::to_string(input.results.seed) +
           " · " + FormatNumber(input.results.seconds, 0) + " s on " +
           EscapeXml(input.results.machine) + "</p>\n";
  }
  return out;
}

}  // namespace

std::string ReportHtml(const ReportInput& input, const Summary* summary) {
  if (!summary) {
    const Summary own = HasBattery(input.results) ? Summarise(input.results) : Summary{};
    return ReportHtml(input, &own);
  }
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         EscapeXml(input.title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>" +
         EscapeXml(input.title) + "</h1>\n" + Lead(input, *summary) +
         HeadlineSection(input, *summary) + InfantChartsSection(input, *summary) +
         FilmsSection(input) + FailuresSection(input, *summary) + ProbesSection(input) +
         TrainingSection(input) + AcrossSetsSection(*summary) + ScenesSection(input, *summary) +
         VariantsSection(input, *summary) + ProvenanceSection(input) + "</body>\n</html>\n";
}

void WriteReport(const std::string& path, const ReportInput& input, const Summary* summary) {
  if (HasBattery(input.results)) CheckResults(path, input.results);
  WriteFileAtomically(path, ReportHtml(input, summary));
}

}  // namespace peekaboo::lab
