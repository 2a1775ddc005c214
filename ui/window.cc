#include "ui/window.h"

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/error.h"

namespace peekaboo::ui {
namespace {

std::string LastGlfwError() {
  const char* description = nullptr;
  glfwGetError(&description);
  return description ? description : "unknown reason";
}

/// What was drawn, before it is shown.
sim::Image ReadBack(int width, int height) {
  sim::Image image{height, width, {}};
  const size_t row = static_cast<size_t>(width) * 3;
  std::vector<uint8_t> bottom_up(row * height);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadBuffer(GL_BACK);
  glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, bottom_up.data());
  image.rgb.resize(bottom_up.size());
  for (int y = 0; y < height; ++y)
    std::copy_n(&bottom_up[(height - 1 - y) * row], row, &image.rgb[y * row]);
  return image;
}

}  // namespace

struct Window::Native {
  GLFWwindow* window = nullptr;
  std::vector<std::string> dropped;
  std::vector<KeyPress> pressed;
};

Window::Window(const Options& options) : native_(std::make_unique<Native>()) {
  const char* x11 = std::getenv("DISPLAY");
  const char* wayland = std::getenv("WAYLAND_DISPLAY");
  if (!(x11 && *x11) && !(wayland && *wayland))
    throw UserError("window",
                    "there is no display here (DISPLAY and WAYLAND_DISPLAY are not set): use ssh "
                    "-X, xvfb-run, or peekaboo live --headless");
  if (!glfwInit()) throw UserError("window", "cannot open the display: " + LastGlfwError());
  // MuJoCo draws with functions that a core profile has no more.
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHint(GLFW_SAMPLES, 0);
  native_->window =
      glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
  if (!native_->window) {
    const std::string reason = LastGlfwError();
    glfwTerminate();
    throw UserError("window", "cannot open a window with OpenGL: " + reason);
  }
  glfwMakeContextCurrent(native_->window);
  glfwSwapInterval(0);  // paced by Wait: a screen that is not there would hold frames up
  glfwSetWindowUserPointer(native_->window, native_.get());
  glfwSetDropCallback(native_->window, [](GLFWwindow* window, int count, const char** paths) {
    auto* native = static_cast<Native*>(glfwGetWindowUserPointer(window));
    native->dropped.insert(native->dropped.end(), paths, paths + count);
  });
  // ImGui asks which keys are down once a frame and may miss a short press.
  glfwSetKeyCallback(native_->window, [](GLFWwindow* window, int key, int, int action, int mods) {
    auto* native = static_cast<Native*>(glfwGetWindowUserPointer(window));
    if (action == GLFW_RELEASE) return;
    native->pressed.push_back({key, (mods & GLFW_MOD_CONTROL) != 0, (mods & GLFW_MOD_SHIFT) != 0,
                               (mods & GLFW_MOD_ALT) != 0});
  });
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui_ImplGlfw_InitForOpenGL(native_->window, true);
  ImGui_ImplOpenGL3_Init("#version 130");
  float x = 1, y = 1;
  glfwGetWindowContentScale(native_->window, &x, &y);
  scale_ = std::max(1.0f, x);
}

Window::~Window() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(native_->window);
  glfwTerminate();
}

std::pair<int, int> Window::size() const {
  int width = 0, height = 0;
  glfwGetWindowSize(native_->window, &width, &height);
  return {width, height};
}

bool Window::ShouldClose() const { return glfwWindowShouldClose(native_->window); }
void Window::Close() { glfwSetWindowShouldClose(native_->window, GLFW_TRUE); }

void Window::Wait(double seconds) {
  if (seconds > 0) {
    glfwWaitEventsTimeout(seconds);
  } else {
    glfwPollEvents();
  }
}

void Window::Wake() { glfwPostEmptyEvent(); }

void Window::BeginFrame(const Theme& theme, float font_scale) {
  began_ = glfwGetTime();
  const float wanted = font_scale * scale_;
  if (&theme != theme_ || wanted != applied_) {
    if (wanted != applied_) {
      LoadFont(std::round(kUsualLetters * wanted));
      ImGui_ImplOpenGL3_DestroyFontsTexture();
      ImGui_ImplOpenGL3_CreateFontsTexture();
    }
    ApplyTheme(theme, wanted);
    theme_ = &theme;
    applied_ = wanted;
  }
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

void Window::EndFrame(sim::Image* picture) {
  ImGui::Render();
  int width = 0, height = 0;
  glfwGetFramebufferSize(native_->window, &width, &height);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDrawBuffer(GL_BACK);
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  const ImVec4 background = ImGui::ColorConvertU32ToFloat4(theme_->panel);
  glClearColor(background.x, background.y, background.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glFinish();  // software GL would pay for it later, in somebody else's time
  const double now = glfwGetTime(), took = 1000 * (now - began_);
  if (frames_ > 0) interval_ += (interval_ > 0 ? 0.1 : 1) * (now - ended_ - interval_);
  ended_ = now;
  if (times_.size() < FrameTimes::kKept) {
    times_.push_back(took);
  } else {
    times_[frames_ % FrameTimes::kKept] = took;
  }
  ++frames_;
  if (picture) *picture = ReadBack(width, height);
  glfwSwapBuffers(native_->window);
}

std::vector<std::string> Window::TakeDropped() { return std::exchange(native_->dropped, {}); }

std::vector<KeyPress> Window::TakePressed() { return std::exchange(native_->pressed, {}); }

FrameTimes Window::Times() const {
  FrameTimes result;
  result.count = frames_;
  result.per_second = interval_ > 0 ? 1 / interval_ : 0;
  if (times_.empty()) return result;
  std::vector<double> sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  result.p50 = sorted[sorted.size() / 2];
  result.p95 = sorted[std::min(sorted.size() - 1, sorted.size() * 95 / 100)];
  result.most = sorted.back();
  return result;
}

}  // namespace peekaboo::ui
