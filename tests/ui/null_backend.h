#pragma once

#include <imgui.h>

#include <functional>
#include <string>
#include <vector>

#include "ui/theme.h"

namespace peekaboo::ui {

/// ImGui without a window: panels run, the mouse is ours, and nothing is drawn.
class NullBackend {
 public:
  NullBackend() {
    context_ = ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = {800, 600};
    io.DeltaTime = 1.0f / 60;
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
    ApplyTheme(DarkTheme(), 1);
  }
  ~NullBackend() { ImGui::DestroyContext(context_); }
  NullBackend(const NullBackend&) = delete;
  NullBackend& operator=(const NullBackend&) = delete;

  /// One frame of a window that fills the screen.
  void Frame(const std::function<void()>& contents) {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("test", nullptr, ImGuiWindowFlags_NoDecoration);
    contents();
    ImGui::End();
    ImGui::Render();
  }

  /// Moves there, presses and releases the left button, a frame each.
  void Click(ImVec2 at, const std::function<void()>& contents) {
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = at;
    Frame(contents);
    io.MouseDown[0] = true;
    Frame(contents);
    io.MouseDown[0] = false;
    Frame(contents);
  }

 private:
  ImGuiContext* context_;
};

}  // namespace peekaboo::ui
