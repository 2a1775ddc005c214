#include "agent/learning/clip_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"

namespace peekaboo::agent {
namespace {

/// The order in which an epoch shows the films (Fisher-Yates).
std::vector<int64_t> EpochOrder(uint64_t seed, int64_t epoch, int64_t films) {
  std::vector<int64_t> order(static_cast<size_t>(films));
  std::iota(order.begin(), order.end(), 0);
  RandomStream random(seed, "epoch", static_cast<uint64_t>(epoch));
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  return order;
}

// Pixels, uniform within what `most` has become by now.
int DrawShift(int most, double progress, RandomStream& random) {
  const auto now = static_cast<int>(std::lround(most * (1 - std::clamp(progress, 0.0, 1.0))));
  return static_cast<int>(random.Below(2 * static_cast<uint64_t>(now) + 1)) - now;
}

}  // namespace

void MemoryStore::Add(const sim::Episode& film) {
  PEEKABOO_CHECK(film.frames == frames_ &&
                 film.pixels.size() == static_cast<size_t>(frames_) * frame_bytes_);
  films_.push_back(film.pixels);
}

void MemoryStore::Read(int64_t film, std::span<uint8_t> pixels) const {
  const auto& from = films_.at(static_cast<size_t>(film));
  PEEKABOO_CHECK(pixels.size() == from.size());
  std::copy(from.begin(), from.end(), pixels.begin());
}

ClipSource::ClipSource(const ClipStore& store, const worldmodel::ModelConfig& model,
                       const worldmodel::TrainConfig& train, const std::string& where)
    : store_(store), model_(model), train_(train), codec_(model) {
  Check(store.size(), store.frames(), train, where);
}

void ClipSource::Check(int64_t films, int frames, const worldmodel::TrainConfig& train,
                       const std::string& where) {
  if (films < train.clips) {
    throw UserError(where,
                    fmt::format("has {} films; a training step needs {}", films, train.clips));
  }
  if (frames < train.frames) {
    throw UserError(where,
                    fmt::format("has films of {} frames; a clip has {}", frames, train.frames));
  }
}

worldmodel::Batch ClipSource::Make(int64_t step, double progress) const {
  worldmodel::Batch batch(model_, train_.clips, train_.frames);
  const int64_t steps_an_epoch = store_.size() / train_.clips;
  const auto order = EpochOrder(train_.seed, step / steps_an_epoch, store_.size());
  const size_t first = static_cast<size_t>(step % steps_an_epoch) * train_.clips;
  RandomStream random(train_.seed, "clips", static_cast<uint64_t>(step));
  RandomStream shifts(train_.seed, "shift", static_cast<uint64_t>(step));
  const size_t frame_bytes = static_cast<size_t>(model_.FrameBytes());
  std::vector<uint8_t> pixels(frame_bytes * store_.frames());
  for (int b = 0; b < train_.clips; ++b) {
    store_.Read(order[first + b], pixels);
    const uint64_t offset =
        random.Below(static_cast<uint64_t>(store_.frames() - train_.frames) + 1);
    worldmodel::ClipView view;
    view.mirror = random.Chance(0.5);
    view.right = DrawShift(train_.shift, progress, shifts);
    view.down = DrawShift(train_.shift, progress, shifts);
    codec_.PackClip(std::span(pixels).subspan(offset * frame_bytes, frame_bytes * train_.frames),
                    view, batch.Clip(b));
  }
  return batch;
}

}  // namespace peekaboo::agent
