#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "agent/session/command.h"
#include "agent/session/snapshot.h"
#include "ui/theme.h"

namespace peekaboo::ui {

/// What all panels share: what to show, which moment, and where commands go. Panels read snapshots
/// and post commands; they know nothing else of the session.
struct View {
  std::shared_ptr<const agent::StageSnapshot> stage;
  std::shared_ptr<const agent::MindSnapshot> mind;
  std::shared_ptr<const agent::LearningSnapshot> learning;
  std::shared_ptr<const agent::PlanSnapshot> plan;
  double now = 0;  ///< s, by the session's clock
  const Theme* theme = nullptr;
  std::function<void(agent::Command)> post;
  /// The moment that the mouse is on, in whichever panel: one tells, all show it a frame later.
  std::optional<int64_t> hovered;
  std::function<void(int64_t)> hover;

  /// The moment that all views show: the stage's own.
  int64_t cursor() const { return stage ? stage->moment : -1; }

  /// That moment as the infant lived it, or the one before while it still looks; nullptr if there
  /// is none.
  const agent::TimelineEntry* moment() const {
    if (!mind || mind->moments.empty()) return nullptr;
    return mind->Find(std::min(cursor(), mind->moments.back()->observation.moment));
  }

  /// The plan towards the goal of the stage; nullptr if there is none, or it is of another goal.
  const agent::PlanSnapshot* PlanNow() const {
    const bool planned = plan && stage && stage->goal && plan->goal == stage->goal &&
                         stage->mode == agent::Mode::kGoal && plan->serial >= 0;
    return planned ? plan.get() : nullptr;
  }

  void Hover(int64_t moment) const {
    if (hover) hover(moment);
  }

  template <typename C>
  void Post(C command) const {
    if constexpr (std::is_constructible_v<agent::StageCommand, C>) {
      post(agent::StageCommand(std::move(command)));
    } else if constexpr (std::is_constructible_v<agent::LearnCommand, C>) {
      post(agent::LearnCommand(std::move(command)));
    } else {
      post(agent::PlanCommand(std::move(command)));
    }
  }
};

/// A part of the window. Draws into the current ImGui window; the window's thread.
class Panel {
 public:
  virtual ~Panel() = default;
  virtual const char* title() const = 0;
  virtual void Draw(const View& view) = 0;
};

}  // namespace peekaboo::ui
