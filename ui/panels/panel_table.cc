#include "ui/panels/panel_table.h"

#include "ui/panels/controls_panel.h"
#include "ui/panels/eye_panel.h"
#include "ui/panels/latent_panel.h"
#include "ui/panels/learning_panel.h"
#include "ui/panels/plan_panel.h"
#include "ui/panels/stage_panel.h"
#include "ui/panels/surprise_panel.h"

namespace peekaboo::ui {
namespace {

template <typename T>
std::unique_ptr<Panel> Make() {
  return std::make_unique<T>();
}

}  // namespace

std::span<const PanelType> PanelTypes() {
  static constexpr PanelType kTypes[] = {
      {"stage", Make<StagePanel>},       {"eye", Make<EyePanel>},
      {"latent", Make<LatentPanel>},     {"surprise", Make<SurprisePanel>},
      {"learning", Make<LearningPanel>}, {"controls", Make<ControlsPanel>},
      {"plan", Make<PlanPanel>},
  };
  return kTypes;
}

std::span<const LayoutType> LayoutTypes() {
  static const std::vector<LayoutType> kTypes = {
      {"watch",
       {{{"stage", "surprise"}, {0.66f, 0.34f}},
        {{"eye", "latent", "controls"}, {0.25f, 0.37f, 0.38f}}},
       {0.64f, 0.36f}},
      {"learn",
       {{{"stage", "surprise"}, {0.6f, 0.4f}}, {{"learning", "latent"}, {0.62f, 0.38f}}},
       {0.52f, 0.48f}},
      {"plan",
       {{{"stage", "surprise"}, {0.72f, 0.28f}}, {{"plan", "latent"}, {0.6f, 0.4f}}},
       {0.6f, 0.4f}},
  };
  return kTypes;
}

}  // namespace peekaboo::ui
