#include "agent/session/curves.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/atomic_file.h"

namespace peekaboo::agent {
namespace {

/// Shortest text that reads back as the same number; empty for NaN.
std::string Number(double value) {
  if (std::isnan(value)) return "";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string Row(const TimelineEntry& moment, size_t horizons) {
  const Observation& observation = moment.observation;
  std::string text = fmt::format("{},{},{},{}", observation.moment, observation.episode,
                                 observation.frame, Number(observation.time));
  for (const auto* numbers : {&moment.frame_state.error, &moment.frame_state.normalised_error}) {
    for (size_t k = 0; k < horizons; ++k) {
      text += ',';
      if (k < numbers->size()) text += Number((*numbers)[k]);
    }
  }
  text += fmt::format(",{},{},{},{},", Number(moment.surprise), moment.alarm ? '1' : '0',
                      Quoted(moment.concerned), moment.model_number);
  std::string marks;
  for (const Mark& mark : observation.marks) marks += (marks.empty() ? "" : "; ") + mark.text;
  return text + Quoted(marks) + '\n';
}

}  // namespace

std::string SurpriseTable::Header(const MindSnapshot& mind) {
  begun_ = true;
  if (mind.version) horizons_ = mind.version->model->config().horizons;
  std::string text = "moment,episode,frame,time_s";
  for (const int horizon : horizons_) text += fmt::format(",error_k{}", horizon);
  for (const int horizon : horizons_) text += fmt::format(",expected_k{}", horizon);
  return text + ",surprise,alarm,concerned,model,marks\n";
}

void SurpriseTable::Add(const MindSnapshot& mind) {
  std::string text;
  const auto& moments = mind.moments;
  // From the back: of a long history little is new.
  size_t first = moments.size();
  while (first > 0 && moments[first - 1]->observation.moment > last_) --first;
  for (size_t i = first; i < moments.size(); ++i) {
    if (!begun_) text += Header(mind);
    text += Row(*moments[i], horizons_.size());
    last_ = moments[i]->observation.moment;
  }
  if (!text.empty()) file_.Write(text);
}

void SurpriseTable::Commit() {
  if (!begun_) file_.Write(Header({}));
  file_.Commit();
}

void WriteSurprise(const MindSnapshot& mind, const std::string& path) {
  SurpriseTable table(path);
  table.Add(mind);
  table.Commit();
}

void WriteLearning(const LearningSnapshot& learning, const std::string& path) {
  std::string text =
      "step,seconds,loss,prediction,anti_collapse,variance,effective_rank,deviation,"
      "temporal_deviation,copy_error\n";
  for (const LearningPoint& p : learning.curve) {
    text += std::to_string(p.step);
    for (const double value : {p.seconds, p.loss, p.prediction, p.anti_collapse, p.variance,
                               p.effective_rank, p.deviation, p.temporal_deviation, p.copy_error})
      text += ',' + Number(value);
    text += '\n';
  }
  WriteFileAtomically(path, text);
}

}  // namespace peekaboo::agent
