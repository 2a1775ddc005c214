#include "agent/curves.h"

#include <charconv>
#include <cmath>

#include "sim/atomic_file.h"

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

}  // namespace

void WriteSurprise(const MindSnapshot& mind, const std::string& path) {
  std::string text = "moment,episode,frame,time_s";
  std::vector<int> horizons;
  if (mind.version) horizons = mind.version->model->config().horizons;
  for (const int horizon : horizons) text += ",error_k" + std::to_string(horizon);
  for (const int horizon : horizons) text += ",expected_k" + std::to_string(horizon);
  text += ",surprise,alarm,concerned,model,marks\n";
  for (const auto& moment : mind.moments) {
    const Sight& sight = moment->sight;
    text += std::to_string(sight.moment) + ',' + std::to_string(sight.episode) + ',' +
            std::to_string(sight.frame) + ',' + Number(sight.time);
    for (const auto* numbers : {&moment->glimpse.error, &moment->glimpse.expected}) {
      for (size_t k = 0; k < horizons.size(); ++k) {
        text += ',';
        if (k < numbers->size()) text += Number((*numbers)[k]);
      }
    }
    text += ',' + Number(moment->surprise) + ',' + (moment->alarm ? '1' : '0') + ',' +
            Quoted(moment->concerned) + ',' + std::to_string(moment->model_number) + ',';
    std::string marks;
    for (const Mark& mark : sight.marks) marks += (marks.empty() ? "" : "; ") + mark.text;
    text += Quoted(marks) + '\n';
  }
  WriteFileAtomically(path, text);
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
