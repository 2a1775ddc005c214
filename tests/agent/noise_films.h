#pragma once

#include <memory>

#include "agent/learning/clip_source.h"
#include "base/random.h"
#include "tests/worldmodel/moving_squares.h"
#include "worldmodel/learners/train_config.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::agent {

using worldmodel::TinyModel;

inline worldmodel::TrainConfig TinyTraining() {
  worldmodel::TrainConfig train;
  train.clips = 3;
  train.frames = 6;
  train.warmup_steps = 4;
  return train;
}

/// `count` films of `frames` frames of noise, each pixel of film i from RandomStream(i).
inline MemoryStore NoiseFilms(const worldmodel::ModelConfig& model, int count, int frames) {
  MemoryStore store(frames, model.FrameBytes());
  for (int i = 0; i < count; ++i) {
    RandomStream random(3, "noise", static_cast<uint64_t>(i));
    sim::Episode film;
    film.frames = frames;
    film.pixels.resize(static_cast<size_t>(frames) * model.FrameBytes());
    for (uint8_t& p : film.pixels) p = static_cast<uint8_t>(random.Below(256));
    store.Add(film);
  }
  return store;
}

}  // namespace peekaboo::agent
