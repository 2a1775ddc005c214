#include "sim/render/gl_context.h"

#include <fmt/format.h>

#define EGL_NO_X11
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>

#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"

namespace peekaboo::sim {
namespace {

constexpr char kWhere[] = "OpenGL";
constexpr char kInstall[] =
    "no offscreen rendering on this machine; install libegl-mesa0 and libgl1-mesa-dri "
    "(or a GPU driver with EGL)";

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

/// libEGL, opened at run time: a machine without it gets our message and not the loader's. MuJoCo
/// looks for its GL functions through eglGetProcAddress, OSMesaGetProcAddress,
/// glXGetProcAddressARB, in this order, among the global symbols of the process; so libEGL becomes
/// global only once it works.
struct EglLibrary {
  static constexpr char kFile[] = "libEGL.so.1";

  decltype(&eglBindAPI) bind_api = nullptr;
  decltype(&eglChooseConfig) choose_config = nullptr;
  decltype(&eglCreateContext) create_context = nullptr;
  decltype(&eglDestroyContext) destroy_context = nullptr;
  decltype(&eglGetCurrentContext) get_current_context = nullptr;
  decltype(&eglInitialize) initialize = nullptr;
  decltype(&eglMakeCurrent) make_current = nullptr;
  PFNEGLGETPLATFORMDISPLAYEXTPROC get_platform_display = nullptr;
  PFNEGLQUERYDEVICESEXTPROC query_devices = nullptr;  // null where the extension is missing

  bool Load() {
    // Never closed: EGL's displays and MuJoCo's function pointers live as long as the process.
    void* library = dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
    decltype(&eglGetProcAddress) get_proc_address = nullptr;
    if (!library || !Find(library, "eglGetProcAddress", get_proc_address) ||
        !Find(library, "eglBindAPI", bind_api) ||
        !Find(library, "eglChooseConfig", choose_config) ||
        !Find(library, "eglCreateContext", create_context) ||
        !Find(library, "eglDestroyContext", destroy_context) ||
        !Find(library, "eglGetCurrentContext", get_current_context) ||
        !Find(library, "eglInitialize", initialize) ||
        !Find(library, "eglMakeCurrent", make_current)) {
      return false;
    }
    get_platform_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
        get_proc_address("eglGetPlatformDisplayEXT"));
    query_devices =
        reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(get_proc_address("eglQueryDevicesEXT"));
    return get_platform_display != nullptr;
  }

  static void MakeGlobal() { dlopen(kFile, RTLD_NOW | RTLD_GLOBAL); }
};

class EglContext final : public GlContext {
 public:
  EglContext(const EglLibrary& egl, EGLDisplay display, EGLContext context, std::string_view name)
      : egl_(egl), display_(display), context_(context), name_(name) {}

  ~EglContext() override {
    if (egl_.get_current_context() == context_) {
      egl_.make_current(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    }
    // The display is not terminated: EGL hands every context of the process the same one.
    egl_.destroy_context(display_, context_);
  }

  void MakeCurrent() override {
    // The bound API is a property of the thread.
    if (!egl_.bind_api(EGL_OPENGL_API) ||
        !egl_.make_current(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_)) {
      throw UserError(kWhere,
                      "the context cannot be made current (is it in use on another thread?)");
    }
  }

  std::string_view name() const override { return name_; }

 private:
  EglLibrary egl_;
  EGLDisplay display_;
  EGLContext context_;
  std::string_view name_;
};

/// Null if the display gives no desktop-GL context; no driver is required to.
std::unique_ptr<GlContext> TryDisplay(const EglLibrary& egl, EGLenum platform, void* native,
                                      std::string_view name) {
  const EGLDisplay display = egl.get_platform_display(platform, native, nullptr);
  if (display == EGL_NO_DISPLAY || !egl.initialize(display, nullptr, nullptr)) return nullptr;
  const EGLint attributes[] = {EGL_RED_SIZE,
                               8,
                               EGL_GREEN_SIZE,
                               8,
                               EGL_BLUE_SIZE,
                               8,
                               EGL_DEPTH_SIZE,
                               24,
                               EGL_SURFACE_TYPE,
                               EGL_PBUFFER_BIT,
                               EGL_RENDERABLE_TYPE,
                               EGL_OPENGL_BIT,
                               EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (!egl.choose_config(display, attributes, &config, 1, &count) || count < 1) return nullptr;
  if (!egl.bind_api(EGL_OPENGL_API)) return nullptr;
  // MuJoCo needs a compatibility profile: that is what no version attributes give.
  const EGLContext context = egl.create_context(display, config, EGL_NO_CONTEXT, nullptr);
  if (context == EGL_NO_CONTEXT) return nullptr;
  auto result = std::make_unique<EglContext>(egl, display, context, name);
  try {
    result->MakeCurrent();
  } catch (const UserError&) {
    return nullptr;
  }
  EglLibrary::MakeGlobal();
  return result;
}

std::unique_ptr<GlContext> TrySurfaceless() {
  EglLibrary egl;
  if (!egl.Load()) return nullptr;
  return TryDisplay(egl, EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, "surfaceless");
}

std::unique_ptr<GlContext> TryDevice() {
  EglLibrary egl;
  EGLint count = 0;
  if (!egl.Load() || !egl.query_devices || !egl.query_devices(0, nullptr, &count) || count < 1) {
    return nullptr;
  }
  std::vector<EGLDeviceEXT> devices(count);
  if (!egl.query_devices(count, devices.data(), &count)) return nullptr;
  for (EGLint i = 0; i < count; ++i) {
    auto context = TryDisplay(egl, EGL_PLATFORM_DEVICE_EXT, devices[i], "device");
    if (context) return context;
  }
  return nullptr;
}

/// The four functions of libOSMesa that we call, by their ABI (GL/osmesa.h is not required to
/// build).
struct OsMesaLibrary {
  static constexpr int kRgba = 0x1908;       // GL_RGBA
  static constexpr unsigned kByte = 0x1401;  // GL_UNSIGNED_BYTE

  using Context = void*;
  Context (*create)(unsigned format, int depth, int stencil, int accum, Context share) = nullptr;
  void (*destroy)(Context) = nullptr;
  unsigned char (*make_current)(Context, void* buffer, unsigned type, int width,
                                int height) = nullptr;
  Context (*current)() = nullptr;

  bool Load() {
    void* library = nullptr;
    for (const char* name : {"libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"}) {
      // Global and never closed, for MuJoCo's sake as above.
      if (!library) library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    }
    return library && Find(library, "OSMesaCreateContextExt", create) &&
           Find(library, "OSMesaDestroyContext", destroy) &&
           Find(library, "OSMesaMakeCurrent", make_current) &&
           Find(library, "OSMesaGetCurrentContext", current);
  }
};

class OsMesaContext final : public GlContext {
 public:
  OsMesaContext(const OsMesaLibrary& library, OsMesaLibrary::Context context)
      : library_(library), context_(context), window_(kWindow * kWindow * 4) {}

  ~OsMesaContext() override {
    if (library_.current() == context_) library_.make_current(nullptr, nullptr, 0, 0, 0);
    library_.destroy(context_);
  }

  void MakeCurrent() override {
    if (!library_.make_current(context_, window_.data(), OsMesaLibrary::kByte, kWindow, kWindow)) {
      throw UserError(kWhere, "the OSMesa context cannot be made current");
    }
  }

  std::string_view name() const override { return "osmesa"; }

 private:
  static constexpr int kWindow = 16;  // OSMesa insists on a window buffer; we draw into our own

  OsMesaLibrary library_;
  OsMesaLibrary::Context context_;
  std::vector<uint8_t> window_;
};

std::unique_ptr<GlContext> TryOsMesa() {
  OsMesaLibrary library;
  if (!library.Load()) return nullptr;
  const auto context = library.create(OsMesaLibrary::kRgba, 24, 8, 0, nullptr);
  if (!context) return nullptr;
  auto result = std::make_unique<OsMesaContext>(library, context);
  result->MakeCurrent();
  return result;
}

}  // namespace

std::unique_ptr<GlContext> GlContext::Create() {
  static std::once_flag once;  // the environment is the process's, and Mesa reads it once
  std::call_once(once, [] { setenv("LP_NUM_THREADS", "0", /*overwrite=*/0); });

  const char* variable = std::getenv("PEEKABOO_GL");
  const std::string kind = variable ? variable : "";
  if (kind == "none") throw UserError(kWhere, fmt::format("{} (PEEKABOO_GL=none)", kInstall));
  if (kind != "" && kind != "surfaceless" && kind != "device" && kind != "osmesa") {
    throw UserError("PEEKABOO_GL",
                    fmt::format("'{}' is not surfaceless, device, osmesa or none", kind));
  }

  std::unique_ptr<GlContext> context;
  if (kind == "" || kind == "surfaceless") context = TrySurfaceless();
  if (!context && (kind == "" || kind == "device")) context = TryDevice();
  if (!context && (kind == "" || kind == "osmesa")) context = TryOsMesa();
  if (!context && kind != "")
    throw UserError("PEEKABOO_GL", fmt::format("'{}' does not work here", kind));
  if (!context) throw UserError(kWhere, kInstall);
  return context;
}

}  // namespace peekaboo::sim
