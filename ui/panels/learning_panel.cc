#include "ui/panels/learning_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "ui/empty_state.h"
#include "ui/widgets.h"

namespace peekaboo::ui {

void LearningPanel::DrawCurves(const View& view, float height) {
  const auto& curve = view.learning->curve;
  if (curve.empty()) {
    ImGui::TextDisabled("T lets it learn; the curves begin after ten steps.");
    return;
  }
  if (series_.empty()) {
    series_.resize(3);
    series_[0].name = "prediction";
    series_[1].name = "anti-collapse";
    series_[2].name = "copying";
  }
  for (size_t i = 0; i < series_.size(); ++i) {
    series_[i].x.clear();
    series_[i].y.clear();
    series_[i].colour = view.theme->Series(static_cast<int>(i));
  }
  for (const agent::LearningPoint& point : curve) {
    const double values[3] = {point.prediction, point.anti_collapse, point.copy_error};
    for (size_t i = 0; i < 3; ++i) {
      series_[i].x.push_back(static_cast<double>(point.step));
      series_[i].y.push_back(values[i]);
    }
  }
  ChartOptions options;
  options.x_label = "step";
  options.y_label = "loss";
  options.logarithmic = true;
  options.x_low = 0;
  options.x_high = std::max(10.0, static_cast<double>(curve.back().step));
  DrawChart("losses", {ImGui::GetContentRegionAvail().x, height}, *view.theme, series_, options);
}

void LearningPanel::DrawMixture(const View& view) {
  if (!TreeNode("What it is shown")) return;
  for (const auto& [scene, weight] : view.learning->mixture) {
    float share = static_cast<float>(weight);
    ImGui::SetNextItemWidth(-ImGui::CalcTextSize("nursery/platform").x - 10);
    if (SliderFloat(scene.c_str(), &share, 0, 1, "%.2f"))
      view.Post(agent::command::SetWeight{scene, share});
  }
  ImGui::TreePop();
}

void LearningPanel::DrawRate(const View& view) {
  auto rate = static_cast<float>(view.learning->learning_rate);
  ImGui::SetNextItemWidth(0.4f * ImGui::GetContentRegionAvail().x);
  if (SliderFloat("learning rate", &rate, 1e-6f, 1e-2f, "%.1e", ImGuiSliderFlags_Logarithmic) &&
      rate > 0)
    view.Post(agent::command::SetLearningRate{rate});
}

void LearningPanel::DrawVersions(const View& view) {
  const bool shown = TreeNode("Versions", ImGuiTreeNodeFlags_DefaultOpen);
  if (ImGui::IsItemHovered())
    ImGui::SetTooltip(
        "What it was, from time to time, with its errors at the shortest and the longest horizon\n"
        "in an exam on possible films that none of them learned from");
  if (!shown) return;
  const auto used = view.mind ? view.mind->version : nullptr;
  if (ImGui::BeginTable("versions", 4, ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_RowBg)) {
    for (const char* column : {"", "version", "error, soon", "late"})
      ImGui::TableSetupColumn(column);
    ImGui::TableHeadersRow();

    for (const auto& version : view.learning->versions) {
      ImGui::PushID(version->number);
      const WidgetScope scope(std::to_string(version->number));
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      if (SmallButton("fork")) view.Post(agent::command::UseVersion{version->number});
      if (ImGui::IsItemHovered()) ImGui::SetTooltip("The infant goes on from this one");
      ImGui::TableNextColumn();
      const bool now = used && used->number == version->number;
      ImGui::Text("%d %s%s", version->number, version->name.c_str(), now ? "  (watches)" : "");
      for (const bool late : {false, true}) {
        ImGui::TableNextColumn();
        if (version->exam.empty()) {
          ImGui::TextDisabled("-");
        } else {
          ImGui::Text("%.4f", late ? version->exam.back() : version->exam.front());
        }
      }
      ImGui::PopID();
    }
    ImGui::EndTable();
  }
  ImGui::TreePop();
}

void LearningPanel::Draw(const View& view) {
  if (!view.learning) {
    DrawEmptyState("The nursery is being prepared", "It takes a second or two.");
    return;
  }
  const agent::LearningSnapshot& learning = *view.learning;
  bool on = learning.on;
  if (Checkbox("learn (T)", &on)) view.Post(agent::command::SetLearning{on});
  ImGui::SameLine();
  if (Button("Newborn")) view.Post(agent::command::NewModel{});
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("Begin again with an infant that knows nothing");
  ImGui::SameLine();
  if (Button("Save")) view.Post(agent::command::SaveModel{"peekaboo-model.safetensors"});
  if (ImGui::IsItemHovered())
    ImGui::SetTooltip("To peekaboo-model.safetensors; drop a model on the window to load it");
  ImGui::SameLine();
  ImGui::TextDisabled("%s", learning.doing.c_str());
  std::string rank = "not measured yet";
  if (!learning.curve.empty() && std::isfinite(learning.curve.back().effective_rank))
    rank = fmt::format("{:.1f}", learning.curve.back().effective_rank);
  ImGui::Text("step %lld   %.0f frames/s   effective rank %s   %lld of %lld films",
              static_cast<long long>(learning.steps), learning.frames_per_second, rank.c_str(),
              static_cast<long long>(learning.replay_films),
              static_cast<long long>(learning.replay_capacity));
  if (!learning.warning.empty()) {
    ImGui::PushStyleColor(ImGuiCol_Text, view.theme->alarm);
    ImGui::TextWrapped("Collapse: %s", learning.warning.c_str());
    ImGui::PopStyleColor();
  }
  DrawCurves(view, std::max(8 * ImGui::GetFontSize(), 0.5f * ImGui::GetContentRegionAvail().y));
  ImGui::BeginChild("more");
  if (learning.learning_rate > 0) DrawRate(view);
  DrawMixture(view);
  DrawVersions(view);
  ImGui::EndChild();
}

}  // namespace peekaboo::ui
