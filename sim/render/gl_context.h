#pragma once

#include <memory>
#include <string_view>

namespace peekaboo::sim {

/// An OpenGL context without a window, for MuJoCo's renderer to draw offscreen.
///
/// One context a thread: it may be created on any thread, is current on the thread that created it,
/// and must be destroyed on the thread where it is current. Several contexts may live in one
/// process as long as all have the same kind, because MuJoCo looks its GL functions up only once.
class GlContext {
 public:
  /// Tries, in this order: EGL without a surface (Mesa), EGL on a device (GPU drivers), OSMesa
  /// (loaded only if it is needed). The environment variable
  /// PEEKABOO_GL=surfaceless|device|osmesa|none asks for one of them ("none": as on a machine
  /// without GL). Unless the user has set LP_NUM_THREADS, it is set to 0: Mesa's software
  /// rasteriser then draws in the caller's thread, which is twice as fast for small images. Throws
  /// UserError when there is no GL, saying what to install.
  static std::unique_ptr<GlContext> Create();

  virtual ~GlContext() = default;
  GlContext(const GlContext&) = delete;
  GlContext& operator=(const GlContext&) = delete;

  /// Makes this the calling thread's context. Throws UserError when the driver refuses (for example
  /// because it is current on another thread).
  virtual void MakeCurrent() = 0;

  /// "surfaceless", "device" or "osmesa".
  virtual std::string_view name() const = 0;

 protected:
  GlContext() = default;
};

}  // namespace peekaboo::sim
