#include "ui/theme.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace peekaboo::ui {
namespace {

constexpr ImU32 Rgb(unsigned hex) {
  return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 255);
}

ImVec4 ToVec(ImU32 colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

}  // namespace

ImU32 Faded(ImU32 colour, float alpha) {
  const auto a = static_cast<ImU32>(255 * std::clamp(alpha, 0.0f, 1.0f));
  return (colour & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

const Theme& DarkTheme() {
  static const Theme theme = {Rgb(0x14161a),
                              Rgb(0x1c1f25),
                              Rgb(0x2a2e36),
                              Rgb(0xe6e8eb),
                              Rgb(0x8d949e),
                              Rgb(0x31363f),
                              Rgb(0x56b4e9),
                              Rgb(0xff7a45),
                              Rgb(0x4fc28a),
                              {Rgb(0x56b4e9), Rgb(0xe69f00), Rgb(0x2fc0a0), Rgb(0xf0e442),
                               Rgb(0xd98bb8), Rgb(0xff7a45), Rgb(0xbfc5cd)},
                              true};
  return theme;
}

const Theme& LightTheme() {
  static const Theme theme = {Rgb(0xeceef1),
                              Rgb(0xfafbfc),
                              Rgb(0xdfe3e8),
                              Rgb(0x1d2126),
                              Rgb(0x6a727d),
                              Rgb(0xdce0e5),
                              Rgb(0x0072b2),
                              Rgb(0xd0450b),
                              Rgb(0x00805a),
                              {Rgb(0x0072b2), Rgb(0xc98500), Rgb(0x009e73), Rgb(0x8a7f00),
                               Rgb(0xb3568c), Rgb(0xd55e00), Rgb(0x40464e)},
                              false};
  return theme;
}

void ApplyTheme(const Theme& theme, float scale) {
  ImGuiStyle style;
  if (theme.dark) {
    ImGui::StyleColorsDark(&style);
  } else {
    ImGui::StyleColorsLight(&style);
  }
  style.WindowPadding = {10, 8};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 6};
  style.WindowRounding = style.ChildRounding = 5;
  style.FrameRounding = style.PopupRounding = style.GrabRounding = 4;
  style.ChildBorderSize = 0;
  style.ScrollbarSize = 12;
  style.ScaleAllSizes(scale);
  ImVec4* c = style.Colors;
  c[ImGuiCol_Text] = ToVec(theme.text);
  c[ImGuiCol_TextDisabled] = ToVec(theme.faint);
  c[ImGuiCol_WindowBg] = ToVec(theme.panel);
  c[ImGuiCol_ChildBg] = {};  // blending a whole window costs software GL as much as the stage does
  c[ImGuiCol_PopupBg] = ToVec(theme.panel);
  c[ImGuiCol_Border] = ToVec(theme.grid);
  c[ImGuiCol_FrameBg] = c[ImGuiCol_Button] = ToVec(theme.frame);
  c[ImGuiCol_FrameBgHovered] = c[ImGuiCol_ButtonHovered] = ToVec(Faded(theme.accent, 0.35f));
  c[ImGuiCol_FrameBgActive] = c[ImGuiCol_ButtonActive] = ToVec(Faded(theme.accent, 0.55f));
  c[ImGuiCol_TitleBg] = c[ImGuiCol_TitleBgActive] = ToVec(theme.frame);
  c[ImGuiCol_Header] = ToVec(Faded(theme.accent, 0.25f));
  c[ImGuiCol_HeaderHovered] = ToVec(Faded(theme.accent, 0.35f));
  c[ImGuiCol_HeaderActive] = ToVec(Faded(theme.accent, 0.5f));
  c[ImGuiCol_CheckMark] = ToVec(theme.accent);
  // The value stands on the grab at times, and must be read.
  c[ImGuiCol_SliderGrab] = ToVec(Faded(theme.accent, 0.55f));
  c[ImGuiCol_SliderGrabActive] = ToVec(Faded(theme.accent, 0.75f));
  c[ImGuiCol_Separator] = ToVec(theme.grid);
  ImGui::GetStyle() = style;
}

std::string LoadFont(float pixels) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  std::vector<std::string> candidates;
  if (const char* own = std::getenv("PEEKABOO_FONT"); own && *own) candidates.emplace_back(own);
  for (const char* folder : {"/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu",
                             "/usr/share/fonts/TTF", "/usr/share/fonts/dejavu-sans-fonts"})
    candidates.push_back(std::string(folder) + "/DejaVuSans.ttf");
  // Latin, Greek, punctuation, arrows, mathematical signs, geometric shapes.
  static const ImWchar kRanges[] = {0x20,   0x24f,  0x370,  0x3ff,  0x2010, 0x205f, 0x2190,
                                    0x21ff, 0x2200, 0x22ff, 0x25a0, 0x25ff, 0};
  std::string loaded;
  for (const std::string& path : candidates) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    if (io.Fonts->AddFontFromFileTTF(path.c_str(), pixels, nullptr, kRanges)) {
      loaded = path;
      break;
    }
  }
  if (loaded.empty()) {
    ImFontConfig config;
    config.SizePixels = pixels;
    io.Fonts->AddFontDefault(&config);
  }
  return loaded;
}

}  // namespace peekaboo::ui
