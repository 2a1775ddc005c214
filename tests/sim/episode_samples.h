#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "sim/episode/episode.h"

namespace peekaboo::sim {

/// What the columns of a small file are.
inline EpisodeSchema SampleSchema() {
  EpisodeSchema schema;
  schema.height = 12;
  schema.width = 16;
  schema.action_size = 2;
  schema.qpos_size = 3;
  schema.qvel_size = 3;
  schema.objects = {"ball", "other"};
  schema.has_visible = true;
  return schema;
}

/// An episode of noise that fits the schema; the same number gives the same one.
inline Episode SampleEpisode(const EpisodeSchema& schema, int frames, uint64_t number) {
  RandomStream random(number, "sample");
  const auto T = static_cast<size_t>(frames), objects = schema.objects.size();
  const auto fill = [&](auto* values, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      values->push_back(
          static_cast<typename std::decay_t<decltype(*values)>::value_type>(random.Below(256)));
    }
  };
  Episode e;
  e.frames = frames;
  fill(&e.pixels, T * schema.height * schema.width * 3);
  fill(&e.action, T * schema.action_size);
  fill(&e.qpos, T * schema.qpos_size);
  fill(&e.qvel, T * schema.qvel_size);
  fill(&e.present, T * objects);
  fill(&e.image_xy, T * objects * 2);
  if (schema.has_visible) fill(&e.visible, T * objects);
  e.seed = 1000 + number;
  e.index = number;
  e.scene = static_cast<int32_t>(number % 3);
  return e;
}

inline void ExpectSame(const Episode& a, const Episode& b) {
  EXPECT_EQ(a.frames, b.frames);
  EXPECT_EQ(a.pixels, b.pixels);
  EXPECT_EQ(a.action, b.action);
  EXPECT_EQ(a.qpos, b.qpos);
  EXPECT_EQ(a.qvel, b.qvel);
  EXPECT_EQ(a.present, b.present);
  EXPECT_EQ(a.image_xy, b.image_xy);
  EXPECT_EQ(a.visible, b.visible);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.scene, b.scene);
}

}  // namespace peekaboo::sim
