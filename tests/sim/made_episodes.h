#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sim/episode/episode_file.h"
#include "tests/sim/episode_samples.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {

inline constexpr int kFrames = 6;

inline EpisodeSchema FullSchema() {
  EpisodeSchema schema = SampleSchema();
  schema.height = 16;
  schema.width = 12;
  schema.qpos_size = 5;
  schema.qvel_size = 4;
  return schema;
}

inline Episode MakeEpisode(const EpisodeSchema& schema, uint64_t index, int frames = kFrames) {
  Episode episode = SampleEpisode(schema, frames, index);
  episode.seed += 0xfedcba9876543210u;  // more than an i64 holds
  return episode;
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
