#include "ui/toasts.h"

#include <imgui.h>

#include <utility>

namespace peekaboo::ui {
namespace {

constexpr double kSeconds = 4, kErrorSeconds = 14;

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
  // News on the status bar, trouble at the top.
  for (const Toast& toast : toasts_) {
    const bool info = toast.level == agent::Notice::Level::kInfo;
    const ImVec2 size = ImGui::CalcTextSize(toast.text.c_str(), nullptr, false, wrap);
    const ImVec2 at = {(screen.x - size.x) / 2 - line, info ? screen.y - size.y - line : y};
    const ImVec2 end = {at.x + size.x + 2 * line, at.y + size.y + line};
    draw->AddRectFilled(at, end, theme.frame, 5);
    draw->AddRectFilled(at, {at.x + 0.3f * line, end.y}, info ? theme.accent : theme.alarm, 5);
    draw->AddText(ImGui::GetFont(), line, {at.x + line, at.y + 0.5f * line}, theme.text,
                  toast.text.c_str(), nullptr, wrap);
    if (!info) y = end.y + 0.4f * line;
  }
}

}  // namespace peekaboo::ui
