#include "agent/learning/clip_store.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/check.h"

namespace peekaboo::agent {

bool ActionFormat::Mirrors() const {
  return size == 0 || (std::ssize(mirror) == size &&
                       std::none_of(mirror.begin(), mirror.end(), [](int m) { return m == 0; }));
}

void ClipStore::ReadActions(int64_t, std::span<float>) const {
  PEEKABOO_CHECK(false && "nobody acts in these films");
}

MemoryStore::MemoryStore(int frames, int frame_bytes, ActionFormat format)
    : frames_(frames), frame_bytes_(frame_bytes), format_(std::move(format)) {}

void MemoryStore::Add(const sim::Episode& film) {
  PEEKABOO_CHECK(film.frames == frames_ &&
                 film.pixels.size() == static_cast<size_t>(frames_) * frame_bytes_);
  PEEKABOO_CHECK(format_.size == 0 ||
                 film.action.size() == static_cast<size_t>(frames_) * format_.size);
  films_.push_back({film.pixels, format_.size == 0 ? std::vector<float>() : film.action});
}

void MemoryStore::Read(int64_t film, std::span<uint8_t> pixels) const {
  const auto& from = films_.at(static_cast<size_t>(film)).pixels;
  PEEKABOO_CHECK(pixels.size() == from.size());
  std::copy(from.begin(), from.end(), pixels.begin());
}

void MemoryStore::ReadActions(int64_t film, std::span<float> actions) const {
  const auto& from = films_.at(static_cast<size_t>(film)).actions;
  PEEKABOO_CHECK(actions.size() == from.size());
  std::copy(from.begin(), from.end(), actions.begin());
}

}  // namespace peekaboo::agent
