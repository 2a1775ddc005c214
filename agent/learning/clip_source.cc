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

// Fisher-Yates.
template <typename T>
void Shuffle(std::vector<T>* all, RandomStream& random) {
  for (size_t i = all->size(); i > 1; --i) std::swap((*all)[i - 1], (*all)[random.Below(i)]);
}

/// The films of each step of an epoch, [steps][clips]: of one recording each, in an order of its
/// own.
std::vector<std::vector<int64_t>> EpochSteps(uint64_t seed, int64_t epoch,
                                             const std::vector<FilmGroup>& groups, int clips) {
  RandomStream random(seed, "epoch", static_cast<uint64_t>(epoch));
  std::vector<std::vector<int64_t>> steps;
  for (const FilmGroup& group : groups) {
    std::vector<int64_t> order(static_cast<size_t>(group.count));
    std::iota(order.begin(), order.end(), group.first);
    Shuffle(&order, random);
    for (auto first = order.cbegin(); order.cend() - first >= clips; first += clips)
      steps.emplace_back(first, first + clips);
  }
  if (groups.size() > 1) Shuffle(&steps, random);
  return steps;
}

// Pixels, uniform within what `most` has become by now.
int DrawShift(int most, double progress, RandomStream& random) {
  const auto now = static_cast<int>(std::lround(most * (1 - std::clamp(progress, 0.0, 1.0))));
  return static_cast<int>(random.Below(2 * static_cast<uint64_t>(now) + 1)) - now;
}

}  // namespace

ClipSource::ClipSource(const ClipStore& store, const worldmodel::ModelConfig& model,
                       const worldmodel::TrainConfig& train, const std::string& where)
    : store_(store), actions_(store.actions()), model_(model), train_(train), codec_(model) {
  for (const FilmGroup& group : store.groups()) Check(group.count, store.frames(), train, where);
  PEEKABOO_CHECK(model.action_size == 0 || (model.action_size == store.actions().size &&
                                            model.action_repeat == store.actions().repeat));
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

std::vector<float> ClipSource::ActionsOf(int64_t film, uint64_t offset) const {
  const auto size = static_cast<size_t>(actions_.size);
  std::vector<float> actions(size * store_.frames());
  store_.ReadActions(film, actions);
  const auto first = actions.begin() + static_cast<ptrdiff_t>(offset * size);
  return {first, first + static_cast<ptrdiff_t>(size) * train_.frames};
}

worldmodel::Batch ClipSource::Make(int64_t step, double progress) const {
  worldmodel::Batch batch(model_, train_.clips, train_.frames);
  const std::vector<FilmGroup> groups = store_.groups();
  int64_t steps_an_epoch = 0;
  for (const FilmGroup& group : groups) steps_an_epoch += group.count / train_.clips;
  const auto films = EpochSteps(train_.seed, step / steps_an_epoch, groups,
                                train_.clips)[static_cast<size_t>(step % steps_an_epoch)];
  RandomStream random(train_.seed, "clips", static_cast<uint64_t>(step));
  RandomStream shifts(train_.seed, "shift", static_cast<uint64_t>(step));
  const size_t frame_bytes = static_cast<size_t>(model_.FrameBytes());
  std::vector<uint8_t> pixels(frame_bytes * store_.frames());
  for (int b = 0; b < train_.clips; ++b) {
    store_.Read(films[static_cast<size_t>(b)], pixels);
    const auto spare = static_cast<uint64_t>(store_.frames() - train_.frames);
    const auto repeat = static_cast<uint64_t>(model_.action_repeat);
    const uint64_t offset = random.Below(spare / repeat + 1) * repeat;
    worldmodel::ClipView view;
    std::vector<float> actions;
    if (model_.action_size > 0) actions = ActionsOf(films[static_cast<size_t>(b)], offset);
    const bool acts = !actions.empty() && !std::isnan(actions.front());
    view.mirror = random.Chance(0.5) && (!acts || actions_.Mirrors());
    view.right = DrawShift(train_.shift, progress, shifts);
    view.down = DrawShift(train_.shift, progress, shifts);
    codec_.PackClip(std::span(pixels).subspan(offset * frame_bytes, frame_bytes * train_.frames),
                    view, batch.Clip(b));
    const auto size = static_cast<size_t>(model_.action_size);
    for (size_t i = 0; i < actions.size(); ++i) {
      batch.Actions(b)[i] = acts && view.mirror
                                ? actions[i] * static_cast<float>(actions_.mirror[i % size])
                                : actions[i];
    }
  }
  return batch;
}

}  // namespace peekaboo::agent
