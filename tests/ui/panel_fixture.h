#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "agent/session/session.h"
#include "tests/ui/drawn.h"
#include "tests/ui/null_backend.h"
#include "ui/panel.h"

namespace peekaboo::ui {

/// Panels read snapshots and post commands: those of an infant that has watched one film
/// of a car and some of another, on a backend that shows nothing, with a mouse of ours.
class PanelTest : public testing::Test {
 protected:
  PanelTest() {
    agent::SessionOptions options;
    options.learn.exam = {.films = 2, .decoder_steps = 2};
    session_ = std::make_unique<agent::Session>(options);
    session_->Post(agent::LearnCommand(agent::command::LoadModel{std::string(PEEKABOO_SOURCE_DIR) +
                                                                 "/models/infant.safetensors"}));
    session_->Post(agent::StageCommand(agent::command::LoadScene{"voe/support/car", ""}));
    for (int i = 0; i < 40; ++i) session_->Tick();
    view_.stage = session_->stage();
    view_.mind = session_->mind();
    view_.learning = session_->learning();
    view_.theme = &DarkTheme();
    view_.post = [&](agent::Command what) { posted_.push_back(std::move(what)); };
  }

  Drawn Draw(Panel* panel) {
    backend_.Frame([&] { panel->Draw(view_); });
    return Drawn();
  }
  /// Clicks on a widget, or on a place.
  template <typename Where>
  void Click(Panel* panel, const Where& where) {
    backend_.Click(where, [&] { panel->Draw(view_); });
  }

  /// The only command that was posted, which must be one of these; it is taken.
  template <typename C>
  C TakePosted() {
    const std::vector<agent::Command> posted = std::exchange(posted_, {});
    EXPECT_EQ(posted.size(), 1);
    const C* found = nullptr;
    if (!posted.empty()) {
      std::visit([&](const auto& half) { found = AsIf<C>(half); }, posted.front());
    }
    EXPECT_NE(found, nullptr);
    return found ? *found : C{};
  }

  /// The infant's history as `change` makes it.
  void ChangeMind(const std::function<void(agent::MindSnapshot*)>& change) {
    auto mind = std::make_shared<agent::MindSnapshot>(*view_.mind);
    change(mind.get());
    view_.mind = mind;
  }
  /// One moment of it, counted from the first.
  void ChangeMoment(size_t i, const std::function<void(agent::TimelineEntry*)>& change) {
    ChangeMind([&](agent::MindSnapshot* mind) {
      auto moment = std::make_shared<agent::TimelineEntry>(*mind->moments.at(i));
      change(moment.get());
      mind->moments[i] = moment;
    });
  }
  void ChangeStage(const std::function<void(agent::StageSnapshot*)>& change) {
    auto stage = std::make_shared<agent::StageSnapshot>(*view_.stage);
    change(stage.get());
    view_.stage = stage;
  }

  NullBackend backend_;
  std::unique_ptr<agent::Session> session_;
  View view_;
  std::vector<agent::Command> posted_;

 private:
  template <typename C, typename Half>
  static const C* AsIf(const Half& half) {
    if constexpr (std::is_constructible_v<Half, C>) {
      return std::get_if<C>(&half);
    } else {
      return nullptr;
    }
  }
};

}  // namespace peekaboo::ui
