#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "lab/report/html.h"
#include "lab/report/report_sections.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {
namespace {

using Head = HtmlTable::Head;

std::string Open(const char* title, const std::string& note) {
  return std::string("<section>\n<h2>") + title + "</h2>\n" +
         (note.empty() ? "" : "<p class=\"note\">" + note + "</p>\n");
}

// One measure of every column, in percent. Nulls stand lighter, and one that is not below the
// network is marked.
void MeasureCells(HtmlTable* table, const SummaryRow& row, const Summary& summary,
                  Measured Cell::*measure) {
  const int variant = summary.primary_variant;
  const int trained = summary.ColumnOf(ModelKind::kTrained);
  for (int c = 0; c < static_cast<int>(summary.columns.size()); ++c) {
    const Measured& share = row.columns[c][variant].*measure;
    if (c == trained) {
      table->Cell("<b>" + PercentWithInterval(share) + "</b>");
      continue;
    }
    const bool wins = trained >= 0 && share.value >= (row.columns[trained][variant].*measure).value;
    table->Cell(Percent(share.value), wins ? "faint wins" : "faint");
  }
}

// Rows of a concept in the headline.
int RowsOf(const Summary& summary, const std::string& name) {
  return static_cast<int>(std::count_if(
      summary.concepts.begin(), summary.concepts.end(),
      [&](const SummaryRow& row) { return row.name == name && sim::IsForReport(row.split); }));
}

// "learned" in words and a sign, not in colour alone.
std::string Verdict(const SummaryRow& row, int variant) {
  if (row.comparisons[variant].empty()) return "no null";
  return IsLearned(row, variant) ? "<span class=\"yes\">✓ yes</span>"
                                 : "<span class=\"no\">✗ no</span>";
}

}  // namespace

std::string InfantAge(const VoeResults& results, const std::string& concept_name) {
  double low = 1e9;
  double high = 0;
  for (const SceneResult& scene : results.scenes) {
    if (scene.concept_name != concept_name || scene.age_high <= 0) continue;
    low = std::min(low, scene.age_low);
    high = std::max(high, scene.age_high);
  }
  if (high <= 0) return "";
  const auto months = [](double age) { return FormatNumber(age, age == std::floor(age) ? 0 : 1); };
  return months(low) + (low < high ? "–" + months(high) : "") + " months";
}

bool IsLearned(const SummaryRow& row, int variant) {
  return !row.comparisons[variant].empty() && row.WorstPSet(variant) < kLearnedP;
}

std::string HeadlineSection(const ReportInput& input, const Summary& summary) {
  if (summary.concepts.empty()) return "";
  const int variant = summary.primary_variant;
  std::vector<Head> heads = {{"concept", false}, {"split", false}, {"sets"}};
  const auto add_block = [&] {
    for (const Column& column : summary.columns) heads.push_back({ColumnTitle(column)});
    heads.push_back({"p"});
  };
  add_block();
  heads.push_back({"pairs"});
  add_block();
  heads.push_back({"learned", false});

  HtmlTable table(heads);
  const int block = static_cast<int>(summary.columns.size()) + 1;
  table.Group("", 3);
  table.Group("set accuracy, %", block);
  table.Group("", 1);
  table.Group("strict pair accuracy, %", block);
  table.Group("", 1);
  std::string last;
  for (const SummaryRow& row : summary.concepts) {
    if (!sim::IsForReport(row.split)) continue;
    const bool first = row.name != last;
    last = row.name;
    table.Row(first);
    if (first) {
      const std::string age = InfantAge(input.results, row.name);
      table.TallCell("<b>" + EscapeXml(row.name) + "</b>" +
                         (age.empty() ? "" : "<br><small>infants: " + age + "</small>"),
                     RowsOf(summary, row.name));
    } else {
      table.Skip();
    }
    table.Cell(SplitName(row.split));
    table.Cell(std::to_string(row.sets));
    MeasureCells(&table, row, summary, &Cell::set_accuracy);
    table.Cell(PValue(row.WorstPSet(variant)));
    table.Cell(std::to_string(row.columns[0][variant].strict_accuracy.n));
    MeasureCells(&table, row, summary, &Cell::strict_accuracy);
    table.Cell(PValue(row.WorstPStrict(variant)));
    table.Cell(Verdict(row, variant));
  }
  return Open("Is it surprised by the right films?",
              "<i>Set accuracy</i>: within a matched set, the impossible films together surprise "
              "more than the possible ones. <i>Strict pair accuracy</i>: an impossible film "
              "surprises more than the possible film with the same beginning. Ties count as wrong; "
              "chance is 50. Small: 95% bootstrap interval over sets. <i>p</i>: one-sided, against "
              "the strongest null (Welch’s t-test where it has several networks, exact sign test "
              "over sets where it has one). <i>Learned</i>: p &lt; 0.01 against every null on set "
              "accuracy. Marked ▲: a null that does at least as well.") +
         table.Finish() + "</section>\n";
}

std::string AcrossSetsSection(const Summary& summary) {
  constexpr std::pair<const char*, Measured Cell::*> kMeasures[] = {
      {"AUROC", &Cell::auroc}, {"AUPRC", &Cell::auprc}, {"hit rate", &Cell::hit_rate}};
  if (summary.concepts.empty()) return "";
  std::vector<Head> heads = {{"concept", false}, {"split", false}, {"films"}};
  for (size_t m = 0; m < std::size(kMeasures); ++m)
    for (const Column& column : summary.columns) heads.push_back({ColumnTitle(column)});
  HtmlTable table(heads);
  table.Group("", 3);
  for (const auto& [title, measure] : kMeasures)
    table.Group(title, static_cast<int>(summary.columns.size()));
  for (const SummaryRow& row : summary.concepts) {
    if (!sim::IsForReport(row.split)) continue;
    table.Row();
    table.Cell("<b>" + EscapeXml(row.name) + "</b>");
    table.Cell(SplitName(row.split));
    table.Cell(std::to_string(row.columns[0][summary.primary_variant].auroc.n));
    for (const auto& [title, measure] : kMeasures) MeasureCells(&table, row, summary, measure);
  }
  return Open("Does the surprise of a film say by itself whether it is possible?",
              "Every film against every other of its concept, without knowing which belong to one "
              "set, %: area under the ROC curve (a tie counts half, chance is 50) and under the "
              "precision-recall curve, and the share of impossible films above the threshold that "
              "10% of the possible ones exceed.") +
         table.Finish() + "</section>\n";
}

std::string ScenesSection(const ReportInput& input, const Summary& summary) {
  const int trained = summary.ColumnOf(ModelKind::kTrained);
  if (trained < 0 || summary.scenes.empty()) return "";
  const int variant = summary.primary_variant;
  HtmlTable table({{"scene", false},
                   {"split", false},
                   {"sets"},
                   {"set accuracy, %"},
                   {"p"},
                   {"pairs"},
                   {"strict, %"},
                   {"p"},
                   {"AUROC"},
                   {"AUPRC"},
                   {"hit rate, %"},
                   {"Hedges g"},
                   {"strict accuracy by impossible film, %", false}});
  for (size_t i = 0; i < summary.scenes.size(); ++i) {
    const SummaryRow& row = summary.scenes[i];
    const SceneResult& scene = input.results.scenes[i];
    const Cell& cell = row.columns[trained][variant];
    table.Row(true);
    table.Cell("<b>" + EscapeXml(row.name) + "</b><br><small>" + EscapeXml(scene.title) +
               (scene.source.empty() ? "" : " · " + EscapeXml(scene.source)) + "</small>");
    table.Cell(SplitName(row.split));
    table.Cell(std::to_string(row.sets));
    table.Cell(PercentWithInterval(cell.set_accuracy));
    table.Cell(PValue(row.WorstPSet(variant)));
    table.Cell(std::to_string(cell.strict_accuracy.n));
    table.Cell(PercentWithInterval(cell.strict_accuracy));
    table.Cell(PValue(row.WorstPStrict(variant)));
    table.Cell(FormatNumber(cell.auroc.value, 2));
    table.Cell(FormatNumber(cell.auprc.value, 2));
    table.Cell(Percent(cell.hit_rate.value));
    table.Cell(FormatNumber(cell.hedges_g, 2));
    std::string members;
    for (size_t m = 0; m < cell.members.size(); ++m) {
      members += (m == 0 ? "" : "<br>") + EscapeXml(row.impossible_members[m]) + ": " +
                 Percent(cell.members[m].value);
    }
    table.Cell(members, "small");
  }
  return Open("Every scene",
              "The trained network under the primary variant. AUROC, AUPRC and hit rate compare "
              "films across sets; the hit rate is taken at the threshold that 10% of the possible "
              "films exceed.") +
         table.Finish() + "</section>\n";
}

std::string VariantsSection(const ReportInput& input, const Summary& summary) {
  std::string out;
  for (const SummaryRow& row : summary.concepts) {
    std::vector<Head> heads = {{"way to score", false}};
    for (const std::string& name : summary.models) heads.push_back({name});
    HtmlTable table(heads);
    for (size_t variant = 0; variant < summary.variants.size(); ++variant) {
      const bool primary = static_cast<int>(variant) == summary.primary_variant;
      const std::string name = EscapeXml(summary.variants[variant]);
      table.Row();
      table.Cell(primary ? "<b>" + name + "</b>" : name);
      for (const auto& model : row.models) {
        const Cell& cell = model[variant];
        table.Cell(Percent(cell.set_accuracy.value) + " <small>" +
                   Percent(cell.strict_accuracy.value) + "</small>");
      }
    }
    out += "<details><summary>" + EscapeXml(row.name) + ", " + SplitName(row.split) + " (" +
           std::to_string(row.sets) + " sets)</summary>\n" + table.Finish() + "</details>\n";
  }
  if (out.empty()) return "";
  return Open("Every model and every way to score",
              "Set accuracy and, small, strict pair accuracy, %. The primary variant, <b>" +
                  EscapeXml(input.results.primary_variant) +
                  "</b>, was named before the battery ran; the others are here so that nobody has "
                  "to wonder.") +
         out + "</section>\n";
}

std::string ProbesSection(const ReportInput& input) {
  if (input.probes.empty()) return "";
  HtmlTable table({{"what is read out", false},
                   {"while", false},
                   {"measure", false},
                   {"trained"},
                   {"untrained"},
                   {"knowing nothing"},
                   {"frames"}});
  for (const ProbeRow& row : input.probes) {
    table.Row();
    table.Cell(EscapeXml(row.quantity));
    table.Cell(EscapeXml(row.condition));
    table.Cell(EscapeXml(row.measure));
    table.Cell("<b>" + FormatNumber(row.trained, 3) + "</b>",
               row.trained > row.untrained ? "" : "wins");
    table.Cell(FormatNumber(row.untrained, 3), "faint");
    table.Cell(FormatNumber(row.chance, 3), "faint");
    table.Cell(std::to_string(row.n));
  }
  return Open("What is in its head",
              "Linear probes on the latent, fitted on other films than those they are tested on. "
              "<i>Hidden</i>: the object is fully covered in the picture, so that the answer can "
              "only come from memory. Marked ▲: not above the untrained network.") +
         table.Finish() + "</section>\n";
}

std::string ProvenanceSection(const ReportInput& input) {
  const VoeResults& results = input.results;
  std::vector<std::pair<std::string, std::string>> rows = {
      {"made by", results.created_by},
      {"commit", results.commit},
      {"seed of the battery", std::to_string(results.seed)},
      {"machine", results.machine},
      {"matrix products in", results.precision.empty() ? "not said" : results.precision},
      {"time of the battery", FormatNumber(results.seconds, 1) + " s"},
      {"primary variant", results.primary_variant}};
  for (const ResultModel& model : results.models) {
    if (model.file.empty()) continue;
    std::string text = model.file;
    if (model.steps > 0) {
      text += ": seed " + std::to_string(model.seed) + ", " + std::to_string(model.steps) +
              " steps in " + FormatNumber(model.training_seconds / 60, 1) + " minutes";
    }
    rows.emplace_back(model.name, text);
  }
  std::string out = Open("Where these numbers come from", "") + "<dl>\n";
  for (const auto& [name, value] : rows) {
    out += "<dt>" + EscapeXml(name) + "</dt><dd>" + EscapeXml(value) + "</dd>\n";
  }
  return out + "</dl></section>\n";
}

}  // namespace peekaboo::lab
