#pragma once

#include <string>
#include <vector>

#include "lab/report/report.h"
#include "lab/statistics/summary.h"

/// The sections of a report: each returns HTML, or nothing where there is nothing to show. Only
/// report.cc puts them together.
namespace peekaboo::lab {

std::string HeadlineSection(const ReportInput& input, const Summary& summary);
std::string InfantChartsSection(const ReportInput& input, const Summary& summary);
std::string FilmsSection(const ReportInput& input);
std::string TrainingSection(const ReportInput& input);
std::string ProbesSection(const ReportInput& input);
std::string AcrossSetsSection(const Summary& summary);
std::string ScenesSection(const ReportInput& input, const Summary& summary);
std::string VariantsSection(const ReportInput& input, const Summary& summary);
std::string FailuresSection(const ReportInput& input, const Summary& summary);
std::string ProvenanceSection(const ReportInput& input);

/// Something that was not reached: a plain-text sentence about a subject ("permanence, novel").
struct Failure {
  std::string subject;
  std::string text;
};
/// Everything that was not reached; those of one subject stand together.
std::vector<Failure> Failures(const ReportInput& input, const Summary& summary);

/// "2–4 months", empty when the scenes of the concept name no age.
std::string InfantAge(const VoeResults& results, const std::string& concept_name);

/// A concept is learned when it beats every null on set accuracy, and there is a null.
bool IsLearned(const SummaryRow& row, int variant);

}  // namespace peekaboo::lab
