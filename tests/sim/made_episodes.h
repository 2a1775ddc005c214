#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <type_traits>

#include "sim/episode_file.h"
#include "sim/random.h"
#include "tests/sim/temp_folder.h"

namespace peekaboo::sim {

inline constexpr int kFrames = 6;

inline EpisodeSchema FullSchema() {
  EpisodeSchema schema;
  schema.height = 16;
  schema.width = 12;
  schema.action_size = 2;
  schema.qpos_size = 5;
  schema.qvel_size = 4;
  schema.objects = {"ball", "other"};
  schema.has_visible = true;
  return schema;
}

/// Any numbers, another for each index. `noise`: pixels that do not compress.
inline Episode MakeEpisode(const EpisodeSchema& schema, uint64_t index, int frames = kFrames,
                           bool noise = true) {
  RandomStream random(7, "episode", index);
  Episode episode;
  episode.frames = frames;
  const auto t = static_cast<size_t>(frames), o = schema.objects.size();
  episode.pixels.resize(t * schema.height * schema.width * 3);
  for (uint8_t& p : episode.pixels) p = static_cast<uint8_t>(noise ? random.Below(256) : index);
  const auto fill = [&](auto& values, size_t width) {
    values.resize(t * width);
    for (auto& value : values)
      value = static_cast<std::decay_t<decltype(value)>>(random.Below(100));
  };
  fill(episode.action, schema.action_size);
  fill(episode.qpos, schema.qpos_size);
  fill(episode.qvel, schema.qvel_size);
  fill(episode.present, o);
  fill(episode.image_xy, 2 * o);
  if (schema.has_visible) fill(episode.visible, o);
  episode.seed = 0xfedcba9876543210u;
  episode.index = index;
  episode.scene = static_cast<int32_t>(index % 3);
  return episode;
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

/// Episodes from..to of MakeEpisode.
inline void Add(EpisodeWriter& writer, const EpisodeSchema& schema, int from, int to) {
  for (int i = from; i < to; ++i) writer.Write(EpisodeWriter::Compress(MakeEpisode(schema, i)));
}

inline void WriteFile(const std::string& path, int episodes,
                      const EpisodeSchema& schema = FullSchema(),
                      const EpisodeAttributes& attributes = {{"scenes", "roll\nfall"}}) {
  EpisodeWriter writer = EpisodeWriter::Create(path, schema, kFrames, attributes);
  Add(writer, schema, 0, episodes);
  writer.Close();
}

inline std::string Python(const std::string& script) {
  const char* python = std::getenv("PEEKABOO_PYTHON");
  return Shell(std::string(python ? python : "/usr/bin/python3") + " -c '" + script + "' 2>&1");
}

/// False where the tests' Python has no such module.
inline bool PythonHas(const std::string& module) { return Python("import " + module).empty(); }

}  // namespace peekaboo::sim
