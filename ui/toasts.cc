#include "ui/toasts.h"

#include <imgui.h>

#include <algorithm>
#include <utility>

namespace peekaboo::ui {
namespace {

constexpr double kSeconds = 4, kErrorSeconds = 9;
constexpr float kButtons = 18;  // letters wide, of the status bar

}  // namespace

void Toasts::Tell(agent::Notice::Level level, std::string text, double now) {
  const double until = now + (level == agent::Notice::Level::kInfo ? kSeconds : kErrorSeconds);
  for (Toast& toast : toasts_) {
    if (toast.text != text) continue;
    toast.until = until;
    return;
  }
  toasts_.push_back({level, std::move(text), until});
}

void Toasts::Follow(const agent::Notices& notices, double now) {
  for (const agent::Notice& notice : notices.After(seen_)) {
    seen_ = notice.number;
    Tell(notice.level, notice.text, now);
  }
}

void Toasts::Draw(const Theme& theme, double now) {
  std::erase_if(toasts_, [&](const Toast& toast) { return toast.until < now; });
  const float line = ImGui::GetFontSize();
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float wrap = 0.5f * screen.x;
  float y = 2.2f * line;
  ImDrawList* draw = ImGui::GetForegroundDrawList();
  // News in place of the status bar's numbers, trouble at the top.
  for (const Toast& toast : toasts_) {
    const bool info = toast.level == agent::Notice::Level::kInfo;
    const ImVec2 size = ImGui::CalcTextSize(toast.text.c_str(), nullptr, false, wrap);
    ImVec2 at = {(screen.x - size.x) / 2 - line, y};
    ImVec2 end = {at.x + size.x + 2 * line, at.y + size.y + line};
    if (info) {
      at = {0, screen.y - size.y - 0.8f * line};
      end = {std::max(size.x + 2 * line, screen.x - kButtons * line), screen.y};
    }
    draw->AddRectFilled(at, end, info ? theme.panel : theme.frame, info ? 0 : 5);
    draw->AddRectFilled(at, {at.x + 0.3f * line, end.y}, info ? theme.accent : theme.alarm,
                        info ? 0 : 5);
    draw->AddText(ImGui::GetFont(), line, {at.x + line, at.y + (info ? 0.4f : 0.5f) * line},
                  theme.text, toast.text.c_str(), nullptr, wrap);
    if (!info) y = end.y + 0.4f * line;
  }
}

}  // namespace peekaboo::ui
