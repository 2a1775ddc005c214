#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>

#include "app/inspect.h"
#include "base/text.h"
#include "sim/episode/episode_file.h"

namespace peekaboo::app {

Inspection InspectDataset(const std::string& path) {
  const sim::EpisodeReader reader = sim::EpisodeReader::Open(path);
  const sim::EpisodeSchema& schema = reader.schema();
  int64_t frames = 0;
  int shortest = std::numeric_limits<int>::max();
  int longest = 0;
  for (int64_t episode = 0; episode < reader.size(); ++episode) {
    frames += reader.frames(episode);
    shortest = std::min(shortest, reader.frames(episode));
    longest = std::max(longest, reader.frames(episode));
  }
  if (reader.size() == 0) shortest = 0;
  std::error_code unknown;  // the size is a nicety: 0 when the file just went away
  const std::uintmax_t size = std::filesystem::file_size(path, unknown);
  const uint64_t bytes = unknown ? 0 : size;

  Inspection result;
  nlohmann::ordered_json& json = result.json;
  json["file"] = path;
  json["kind"] = "dataset";
  json["attributes"] = reader.attributes();
  json["episodes"] = reader.size();
  json["frames"] = frames;
  json["shortest_episode"] = shortest;
  json["longest_episode"] = longest;
  json["height"] = schema.height;
  json["width"] = schema.width;
  json["action_size"] = schema.action_size;
  json["qpos_size"] = schema.qpos_size;
  json["qvel_size"] = schema.qvel_size;
  json["objects"] = schema.objects;
  json["has_visible"] = schema.has_visible;
  json["bytes"] = bytes;

  const std::string length =
      shortest == longest ? fmt::format("{}", longest) : fmt::format("{} to {}", shortest, longest);
  result.text = fmt::format("{}: {} episodes of {} frames, {} frames, {}\n", Printable(path),
                            reader.size(), length, frames, FormatBytes(bytes));
  result.text += fmt::format("  pixels {} x {}, action {}, qpos {}, qvel {}{}", schema.height,
                             schema.width, schema.action_size, schema.qpos_size, schema.qvel_size,
                             schema.has_visible ? ", visibility measured" : "");
  if (!schema.objects.empty()) {
    result.text += "\n  objects:";
    for (const std::string& name : schema.objects) result.text += " " + Printable(name);
  }
  for (const auto& [key, value] : reader.attributes()) {
    if (key == "objects") continue;  // said above
    std::string line = value;        // lists have a line for each item
    std::replace(line.begin(), line.end(), '\n', ' ');
    result.text += fmt::format("\n  {}: {}", Printable(key), Printable(line));
  }
  return result;
}

}  // namespace peekaboo::app
