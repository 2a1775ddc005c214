#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/report/dictionary.h"
#include "lab/report/figures.h"
#include "lab/report/report_sections.h"
#include "lab/report/svg.h"

namespace peekaboo::lab {
namespace {

constexpr double kGoodAccuracy = 0.95;
constexpr double kLargeGap = 0.10;  // between seen and novel
constexpr int kFewSets = 30;
constexpr int kFewNetworks = 5;

class Collector {
 public:
  Collector(const ReportInput& input, const Summary& summary)
      : input_(input),
        summary_(summary),
        variant_(summary.primary_variant),
        trained_(summary.ColumnOf(ModelKind::kTrained)) {}

  std::vector<Failure> Collect() {
    if (!summary_.concepts.empty()) {
      CheckDesign();
      for (const SummaryRow& row : summary_.concepts) {
        if (sim::IsForReport(row.split)) CheckConcept(row);
      }
      for (size_t i = 0; i < summary_.scenes.size(); ++i) CheckScene(i);
    }
    for (const ProbeRow& probe : input_.probes) CheckProbe(probe);
    for (Failure& failure : ActingFailures(input_.tasks)) failures_.push_back(std::move(failure));
    return std::move(failures_);
  }

 private:
  void Add(const std::string& subject, const std::string& text) {
    failures_.push_back({subject, text});
  }

  /// Of training, the mean over the networks of a kind; 0 where it is not known.
  double MinutesOf(ModelKind kind) const {
    double seconds = 0;
    int count = 0;
    for (const ResultModel& model : input_.results.models) {
      if (model.kind != kind) continue;
      seconds += model.training_seconds;
      ++count;
    }
    return count == 0 ? 0 : seconds / count / 60;
  }

  void CheckDesign() {
    const std::string subject = "the experiment itself";
    if (trained_ < 0) Add(subject, "there is no trained network.");
    const int untrained = summary_.ColumnOf(ModelKind::kUntrained);
    const size_t networks = untrained < 0 ? 0 : summary_.columns[untrained].models.size();
    if (networks < kFewNetworks) {
      Add(subject, "there are " + std::to_string(networks) + " untrained networks, at least " +
                       std::to_string(kFewNetworks) + " are needed.");
    }
    if (summary_.ColumnOf(ModelKind::kPixel) < 0) Add(subject, "the pixel baseline is missing.");
    const double minutes = MinutesOf(ModelKind::kTrained), pixel = MinutesOf(ModelKind::kPixel);
    if (pixel > 0 && pixel < 0.9 * minutes) {
      Add(subject, "the pixel baseline learned for " + FormatNumber(pixel, 1) +
                       " minutes, the trained network for " + FormatNumber(minutes, 1) + ".");
    }
    if (summary_.ColumnOf(ModelKind::kFrameDifference) < 0) {
      Add(subject, "the frame difference baseline is missing.");
    }
    for (const Split split : {Split::kSeen, Split::kNovel}) {
      const bool present = std::any_of(summary_.concepts.begin(), summary_.concepts.end(),
                                       [&](const SummaryRow& row) { return row.split == split; });
      if (!present)
        Add(subject, std::string("nothing was tested on the ") + SplitName(split) + " split.");
    }
  }

  void CheckConcept(const SummaryRow& row) {
    if (trained_ < 0) return;
    const std::string subject = row.name + ", " + SplitName(row.split);
    if (row.sets < kFewSets) {
      Add(subject, "only " + std::to_string(row.sets) + " sets: the intervals are wide.");
    }
    CheckAccuracy(row, subject, "set accuracy", &Cell::set_accuracy, &Comparison::p_set);
    CheckAccuracy(row, subject, "strict pair accuracy", &Cell::strict_accuracy,
                  &Comparison::p_strict);
    if (row.split != Split::kNovel) return;
    for (const SummaryRow& seen : summary_.concepts) {
      if (seen.name != row.name || seen.split != Split::kSeen) continue;
      const double gap = seen.columns[trained_][variant_].set_accuracy.value -
                         row.columns[trained_][variant_].set_accuracy.value;
      if (gap <= kLargeGap) continue;
      Add(subject, "set accuracy is " + Percent(gap) +
                       " points below the seen split: it does not "
                       "carry over to what was never drawn in training.");
    }
  }

  void CheckAccuracy(const SummaryRow& row, const std::string& subject, const std::string& name,
                     Measured Cell::*accuracy, double Comparison::*p) {
    const double own = (row.columns[trained_][variant_].*accuracy).value;
    if (!(own >= kGoodAccuracy)) {
      Add(subject, name + " is " + Percent(own) + "%, below " + Percent(kGoodAccuracy) + "%.");
    }
    for (const Comparison& comparison : row.comparisons[variant_]) {
      const int column = summary_.ColumnOf(comparison.null);
      const double null = (row.columns[column][variant_].*accuracy).value;
      const std::string title = ColumnTitle(summary_.columns[column]);
      if (null >= own) {
        Add(subject, title + " does at least as well on " + name + ": " + Percent(null) +
                         "% against " + Percent(own) + "%.");
      } else if (!(comparison.*p < kLearnedP)) {
        Add(subject, name + " is not significantly above " + title + ": " + Percent(own) +
                         "% against " + Percent(null) + "%, p = " + FormatNumber(comparison.*p, 3) +
                         ".");
      }
    }
  }

  void CheckScene(size_t index) {
    if (trained_ < 0) return;
    const SummaryRow& row = summary_.scenes[index];
    const std::string subject = "scene " + row.name + ", " + SplitName(row.split);
    const Cell& cell = row.columns[trained_][variant_];
    for (size_t m = 0; m < cell.members.size(); ++m) {
      const double share = cell.members[m].value;
      if (share > 0.5) continue;
      Add(subject, "“" + row.impossible_members[m] + "” surprises more than its possible twin in " +
                       Percent(share) + "% of the sets only.");
    }
    int broken = 0;
    for (const FilmScore& film : input_.results.scenes[index].films) {
      for (const int model : summary_.columns[trained_].models) {
        broken += !std::isfinite(input_.results.Score(film, model, variant_));
      }
    }
    if (broken > 0) {
      Add(subject, std::to_string(broken) + " scores are not finite numbers; they count as wrong.");
    }
  }

  void CheckProbe(const ProbeRow& probe) {
    const std::string subject = "probe: " + probe.quantity + ", " + probe.condition;
    if (!(probe.trained > probe.untrained)) {
      Add(subject, probe.measure + " of the trained network (" + FormatNumber(probe.trained, 3) +
                       ") is not above the untrained one’s (" + FormatNumber(probe.untrained, 3) +
                       ").");
    }
    const bool has_bar = std::isfinite(probe.bar) && probe.bar != 0;
    if (has_bar && !(probe.trained >= probe.bar)) {
      Add(subject, probe.measure + " is " + FormatNumber(probe.trained, 3) + ", the bar is " +
                       FormatNumber(probe.bar, 3) + ".");
    }
  }

  const ReportInput& input_;
  const Summary& summary_;
  int variant_;
  int trained_;
  std::vector<Failure> failures_;
};

}  // namespace

std::vector<Failure> Failures(const ReportInput& input, const Summary& summary) {
  return Collector(input, summary).Collect();
}

void FillFailures(const ReportInput& input, const Summary& summary, Dictionary* page) {
  const std::vector<Failure> failures = Failures(input, summary);
  if (failures.empty()) {
    page->ShowSection("NO_FAILURES");
    return;
  }
  Dictionary* section = page->AddSectionDictionary("FAILURES");
  Dictionary* subject = nullptr;
  for (size_t i = 0; i < failures.size(); ++i) {
    if (i == 0 || failures[i].subject != failures[i - 1].subject) {
      subject = section->AddSectionDictionary("SUBJECT");
      subject->SetValue("NAME", failures[i].subject);
    }
    subject->AddSectionDictionary("FAILURE")->SetValue("TEXT", failures[i].text);
  }
}

}  // namespace peekaboo::lab
