#include "ui/picture_tile.h"

#include <cmath>

#include "ui/widgets.h"

namespace peekaboo::ui {
namespace {

int Side(const std::vector<uint8_t>& rgb) {
  return static_cast<int>(std::lround(std::sqrt(static_cast<double>(rgb.size()) / 3.0)));
}

}  // namespace

void PictureTile::Set(const Picture& picture, const std::vector<uint8_t>& made) {
  texture_.Set(made, Side(made), Side(made));
  shown_ = picture;
}

void PictureTile::Draw(const Picture& picture, const char* caption, const char* help,
                       const Theme& theme, float size, bool smooth) {
  ImGui::BeginGroup();
  const ImVec2 at = ImGui::GetCursorScreenPos(), end = {at.x + size, at.y + size};
  ImGui::Dummy({size, size});
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (picture) {
    if (shown_ != picture) {
      texture_.Set(*picture, Side(*picture), Side(*picture), smooth);
      shown_ = picture;
    }
    draw->AddImage(texture_.id(), at, end);
  } else {
    shown_ = nullptr;
    draw->AddRect(at, end, theme.grid);
  }
  const ImVec2 text = ImGui::GetCursorScreenPos();
  const float line = ImGui::GetFontSize();
  ImGui::Dummy({size, line});
  draw->PushClipRect(text, {text.x + size, text.y + 1.2f * line}, true);
  draw->AddText(text, theme.faint, caption);
  draw->PopClipRect();
  ImGui::EndGroup();
  NoteWidget(caption);
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", help);
}

}  // namespace peekaboo::ui
