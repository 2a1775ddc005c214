#pragma once

#include <string>
#include <vector>

#include "lab/report/report.h"
#include "lab/statistics/summary.h"

namespace ctemplate {
class TemplateDictionary;
}

/// The sections of a report: each fills its part of page.html, or leaves it out where there is
/// nothing to show. Only report.cc puts them together.
namespace peekaboo::lab {

using Dictionary = ctemplate::TemplateDictionary;

void FillHeadline(const ReportInput& input, const Summary& summary, Dictionary* page);
void FillLookingTimes(const Summary& summary, Dictionary* page);
void FillFilms(const ReportInput& input, Dictionary* page);
void FillActing(const ReportInput& input, Dictionary* page);
void FillFailures(const ReportInput& input, const Summary& summary, Dictionary* page);
void FillProbes(const ReportInput& input, Dictionary* page);
void FillTraining(const ReportInput& input, Dictionary* page);
void FillAcrossSets(const Summary& summary, Dictionary* page);
void FillScenes(const ReportInput& input, const Summary& summary, Dictionary* page);
void FillVariants(const ReportInput& input, const Summary& summary, Dictionary* page);
void FillProvenance(const ReportInput& input, Dictionary* page);

/// Something that was not reached: a plain-text sentence about a subject ("permanence, novel").
struct Failure {
  std::string subject;
  std::string text;
};
/// Everything that was not reached; those of one subject stand together.
std::vector<Failure> Failures(const ReportInput& input, const Summary& summary);

/// What a model did not reach in tasks.
std::vector<Failure> ActingFailures(const std::vector<ReportTask>& tasks);

/// "2–4 months", empty when the scenes of the concept name no age.
std::string InfantAge(const VoeResults& results, const std::string& concept_name);

/// A concept is learned when it beats every null on set accuracy, and there is a null.
bool IsLearned(const SummaryRow& row, int variant);

}  // namespace peekaboo::lab
