#pragma once

#include <cstdint>
#include <string>

namespace peekaboo::sim {

/// Holds disk space for a file that a library writes which cannot recover from a full disk (HDF5
/// cannot: a write that fails leaves the file unreadable). Space is asked for before each write;
/// what is left over is given back at the end. Also marks the file as being written, so that a
/// second writer is refused, and a mark left by a program that was killed is gone with it. One
/// thread at a time.
class DiskReserve {
 public:
  /// Throws UserError if the file cannot be opened or another writer holds it.
  explicit DiskReserve(const std::string& path);
  DiskReserve(DiskReserve&& other) noexcept;
  DiskReserve& operator=(DiskReserve&&) = delete;
  /// Gives the rest back.
  ~DiskReserve();

  /// Makes sure that the file can grow to `end` bytes. Throws UserError naming the file (no space
  /// left, a quota, a size limit); the file is then as it was.
  void Require(int64_t end);

  /// Gives the rest back and waits until the file is on the disk. Throws UserError if it is not.
  void Sync();

  /// The file has another name now; for messages.
  void Rename(const std::string& path) { path_ = path; }

 private:
  void Trim();
  /// 0 or the errno.
  int Allocate(int64_t end) const;

  std::string path_;
  int descriptor_ = -1;
  int64_t reserved_ = 0;  // bytes from the file's beginning
};

}  // namespace peekaboo::sim
