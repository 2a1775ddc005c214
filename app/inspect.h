#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace peekaboo::app {

/// What `peekaboo inspect` says of one file, to people and to machines.
struct Inspection {
  std::string text;
  nlohmann::ordered_json json;
};

/// A file of episodes: sizes, columns and attributes. Throws UserError when it is not one.
Inspection InspectDataset(const std::string& path);
/// A safetensors file: metadata and arrays. Throws UserError when it is not one.
Inspection InspectModel(const std::string& path);

}  // namespace peekaboo::app
