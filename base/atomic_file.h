#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace peekaboo {

/// Replaces a file as a whole or not at all: bytes go to a temporary beside the target, and only
/// Commit() puts it in the target's place. Whoever reads the target sees the old file or the new
/// one, also after a power cut. A target that is a symbolic link is followed; an existing target
/// keeps its permissions. One thread at a time; different threads may write the same target (the
/// last commit wins).
class AtomicFile {
 public:
  /// Opens the temporary. Throws UserError naming `path` when its folder is missing or cannot be
  /// written, or when the target is something else than a regular file (a device, a folder).
  explicit AtomicFile(const std::string& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Removes the temporary if nobody committed it.
  ~AtomicFile();

  /// Appends. Throws UserError (a full disk, a size limit); the target stays as it was.
  void Write(std::span<const uint8_t> bytes) { Append(bytes.data(), bytes.size()); }
  void Write(std::string_view text) { Append(text.data(), text.size()); }

  /// fsync, rename over the target, fsync of the folder. Once; nothing is written after it.
  void Commit();

  /// The file that Commit() replaces.
  const std::string& path() const { return path_; }

 private:
  void Append(const void* bytes, size_t size);
  [[noreturn]] void Fail(const std::string& what, int error) const;

  std::string path_;       // as the user named it, for errors
  std::string target_;     // with links resolved
  std::string temporary_;  // empty once renamed
  int descriptor_ = -1;
};

/// The whole of a small file at once.
void WriteFileAtomically(const std::string& path, std::string_view text);
/// Its counterpart. Throws UserError naming the file when it cannot be read.
std::string ReadSmallFile(const std::string& path);

}  // namespace peekaboo
