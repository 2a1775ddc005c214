#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/report/dictionary.h"
#include "lab/report/figures.h"
#include "lab/report/report_sections.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {
namespace {

void AddColumns(const Summary& summary, Dictionary* section) {
  for (const Column& column : summary.columns)
    section->AddSectionDictionary("COLUMN")->SetValue("TITLE", ColumnTitle(column));
}

// One measure of every column: TRAINED, then each NULL; one that is not below the network WINS.
void AddShares(const SummaryRow& row, const Summary& summary, Measured Cell::*measure,
               Dictionary* shares) {
  const int variant = summary.primary_variant;
  const int trained = summary.ColumnOf(ModelKind::kTrained);
  for (int c = 0; c < static_cast<int>(summary.columns.size()); ++c) {
    const Measured& share = row.columns[c][variant].*measure;
    if (c == trained) {
      SetShare(share, shares->AddSectionDictionary("TRAINED"));
      continue;
    }
    Dictionary* null = shares->AddSectionDictionary("NULL");
    null->SetValue("VALUE", Percent(share.value));
    if (trained >= 0 && share.value >= (row.columns[trained][variant].*measure).value)
      null->ShowSection("WINS");
  }
}

// Rows of a concept in the headline.
int RowsOf(const Summary& summary, const std::string& name) {
  return static_cast<int>(std::count_if(
      summary.concepts.begin(), summary.concepts.end(),
      [&](const SummaryRow& row) { return row.name == name && sim::IsForReport(row.split); }));
}

// "learned" in words and a sign, not in colour alone.
const char* Verdict(const SummaryRow& row, int variant) {
  if (row.comparisons[variant].empty()) return "NO_NULL";
  return IsLearned(row, variant) ? "YES" : "NO";
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

void FillHeadline(const ReportInput& input, const Summary& summary, Dictionary* page) {
  if (summary.concepts.empty()) return;
  const int variant = summary.primary_variant;
  Dictionary* section = page->AddSectionDictionary("HEADLINE");
  section->SetValue("BLOCK_COLUMNS", std::to_string(summary.columns.size() + 1));
  AddColumns(summary, section);
  std::string last;
  for (const SummaryRow& row : summary.concepts) {
    if (!sim::IsForReport(row.split)) continue;
    Dictionary* dictionary = section->AddSectionDictionary("ROW");
    if (row.name != last) {
      Dictionary* first = dictionary->AddSectionDictionary("FIRST");
      first->SetIntValue("ROWS", RowsOf(summary, row.name));
      first->SetValue("NAME", row.name);
      first->SetValueAndShowSection("MONTHS", InfantAge(input.results, row.name), "AGE");
      last = row.name;
    }
    dictionary->SetValue("SPLIT", SplitName(row.split));
    dictionary->SetIntValue("SETS", row.sets);
    dictionary->SetIntValue("PAIRS", row.columns[0][variant].strict_accuracy.n);
    Dictionary* of_sets = dictionary->AddSectionDictionary("ACCURACY");
    AddShares(row, summary, &Cell::set_accuracy, of_sets);
    of_sets->SetValue("P", PValue(row.WorstPSet(variant)));
    Dictionary* of_pairs = dictionary->AddSectionDictionary("ACCURACY");
    AddShares(row, summary, &Cell::strict_accuracy, of_pairs);
    of_pairs->SetValue("P", PValue(row.WorstPStrict(variant)));
    dictionary->ShowSection(Verdict(row, variant));
  }
}

void FillAcrossSets(const Summary& summary, Dictionary* page) {
  if (summary.concepts.empty()) return;
  Dictionary* section = page->AddSectionDictionary("ACROSS_SETS");
  section->SetValue("COLUMNS", std::to_string(summary.columns.size()));
  AddColumns(summary, section);
  for (const SummaryRow& row : summary.concepts) {
    if (!sim::IsForReport(row.split)) continue;
    Dictionary* dictionary = section->AddSectionDictionary("ROW");
    dictionary->SetValue("NAME", row.name);
    dictionary->SetValue("SPLIT", SplitName(row.split));
    dictionary->SetIntValue("FILMS", row.columns[0][summary.primary_variant].auroc.n);
    for (const auto measure : {&Cell::auroc, &Cell::auprc, &Cell::hit_rate})
      AddShares(row, summary, measure, dictionary->AddSectionDictionary("DETECTION"));
  }
}

void FillScenes(const ReportInput& input, const Summary& summary, Dictionary* page) {
  const int trained = summary.ColumnOf(ModelKind::kTrained);
  if (trained < 0 || summary.scenes.empty()) return;
  const int variant = summary.primary_variant;
  Dictionary* section = page->AddSectionDictionary("SCENES");
  for (size_t i = 0; i < summary.scenes.size(); ++i) {
    const SummaryRow& row = summary.scenes[i];
    const SceneResult& scene = input.results.scenes[i];
    const Cell& cell = row.columns[trained][variant];
    Dictionary* dictionary = section->AddSectionDictionary("ROW");
    dictionary->SetValue("NAME", row.name);
    dictionary->SetValue("DESCRIPTION", scene.title);
    dictionary->SetValueAndShowSection("SOURCE", scene.source, "STUDY");
    dictionary->SetValue("SPLIT", SplitName(row.split));
    dictionary->SetIntValue("SETS", row.sets);
    SetShare(cell.set_accuracy, dictionary->AddSectionDictionary("SET_ACCURACY"));
    dictionary->SetValue("P_SET", PValue(row.WorstPSet(variant)));
    dictionary->SetIntValue("PAIRS", cell.strict_accuracy.n);
    SetShare(cell.strict_accuracy, dictionary->AddSectionDictionary("STRICT_ACCURACY"));
    dictionary->SetValue("P_STRICT", PValue(row.WorstPStrict(variant)));
    dictionary->SetValue("AUROC", FormatNumber(cell.auroc.value, 2));
    dictionary->SetValue("AUPRC", FormatNumber(cell.auprc.value, 2));
    dictionary->SetValue("HIT_RATE", Percent(cell.hit_rate.value));
    dictionary->SetValue("HEDGES_G", FormatNumber(cell.hedges_g, 2));
    for (size_t m = 0; m < cell.members.size(); ++m) {
      Dictionary* member = dictionary->AddSectionDictionary("MEMBER");
      member->SetValue("NAME", row.impossible_members[m]);
      member->SetValue("SHARE", Percent(cell.members[m].value));
    }
  }
}

void FillVariants(const ReportInput& input, const Summary& summary, Dictionary* page) {
  if (summary.concepts.empty()) return;
  Dictionary* section = page->AddSectionDictionary("VARIANTS");
  section->SetValue("PRIMARY", input.results.primary_variant);
  for (const std::string& name : summary.models)
    section->AddSectionDictionary("MODEL")->SetValue("NAME", name);
  for (const SummaryRow& row : summary.concepts) {
    Dictionary* table = section->AddSectionDictionary("CONCEPT");
    table->SetValue("NAME", row.name);
    table->SetValue("SPLIT", SplitName(row.split));
    table->SetIntValue("SETS", row.sets);
    for (size_t variant = 0; variant < summary.variants.size(); ++variant) {
      Dictionary* dictionary = table->AddSectionDictionary("ROW");
      dictionary->SetValue("VARIANT", summary.variants[variant]);
      if (static_cast<int>(variant) == summary.primary_variant) dictionary->ShowSection("CHOSEN");
      for (const auto& model : row.models) {
        Dictionary* cell = dictionary->AddSectionDictionary("CELL");
        cell->SetValue("SET_ACCURACY", Percent(model[variant].set_accuracy.value));
        cell->SetValue("STRICT_ACCURACY", Percent(model[variant].strict_accuracy.value));
      }
    }
  }
}

void FillProbes(const ReportInput& input, Dictionary* page) {
  if (input.probes.empty()) return;
  Dictionary* section = page->AddSectionDictionary("PROBES");
  for (const ProbeRow& row : input.probes) {
    Dictionary* dictionary = section->AddSectionDictionary("ROW");
    dictionary->SetValue("QUANTITY", row.quantity);
    dictionary->SetValue("CONDITION", row.condition);
    dictionary->SetValue("MEASURE", row.measure);
    if (!(row.trained > row.untrained)) dictionary->ShowSection("WINS");
    dictionary->SetValue("TRAINED", FormatNumber(row.trained, 3));
    dictionary->SetValue("UNTRAINED", FormatNumber(row.untrained, 3));
    dictionary->SetValue("CHANCE", FormatNumber(row.chance, 3));
    dictionary->SetIntValue("FRAMES", row.n);
  }
}

void FillProvenance(const ReportInput& input, Dictionary* page) {
  const VoeResults& results = input.results;
  std::vector<std::pair<std::string, std::string>> facts;
  if (input.tasks.empty() || !results.models.empty()) {
    facts = {{"made by", results.created_by},
             {"commit", results.commit},
             {"seed of the battery", std::to_string(results.seed)},
             {"machine", results.machine},
             {"matrix products in", results.precision.empty() ? "not said" : results.precision},
             {"time of the battery", FormatNumber(results.seconds, 1) + " s"},
             {"primary variant", results.primary_variant}};
  }
  for (const ResultModel& model : results.models) {
    if (model.file.empty()) continue;
    std::string text = model.file;
    if (model.steps > 0) {
      text += ": seed " + std::to_string(model.seed) + ", " + std::to_string(model.steps) +
              " steps in " + FormatNumber(model.training_seconds / 60, 1) + " minutes";
    }
    facts.emplace_back(model.name, text);
  }
  for (const ReportTask& task : input.tasks) {
    const PlanningResults& acted = task.results;
    std::string text = acted.who + ": seed of layouts " + std::to_string(acted.seed);
    for (const std::string& setting : acted.settings) text += ", " + setting;
    text += "; " + acted.created_by + ", commit " + acted.commit + ", on " + acted.machine;
    facts.emplace_back("acting in " + acted.task, text);
  }
  for (const auto& [name, text] : facts) {
    Dictionary* fact = page->AddSectionDictionary("FACT");
    fact->SetValue("NAME", name);
    fact->SetValue("TEXT", text);
  }
}

}  // namespace peekaboo::lab
