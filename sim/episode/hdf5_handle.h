#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

namespace peekaboo::sim {

/// Owns an HDF5 id. Closes it under the library's lock (see Hdf5Lock).
class Hdf5Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Closer close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() { Reset(); }

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  /// False if closing failed: what was buffered may not be on the disk.
  bool Reset();

 private:
  hid_t id_ = -1;
  Closer close_ = nullptr;
};

/// Distributions build HDF5 without thread safety, so every call into it, from any thread and on
/// any file, holds this one lock. Recursive: handles close inside locked functions. Also keeps HDF5
/// from printing its own error stack.
class Hdf5Lock {
 public:
  Hdf5Lock();

 private:
  std::unique_lock<std::recursive_mutex> lock_;
};

/// The innermost reason of HDF5's last error on this thread, for messages.
std::string Hdf5Reason();

}  // namespace peekaboo::sim
