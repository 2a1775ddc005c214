#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace peekaboo::app {

/// What `peekaboo inspect` says of one file, to people and to machines.
struct Inspection {
  std::string text;
  nlohmann::ordered_json json;
};

/// A safetensors file: metadata and arrays. Throws UserError when it is not one.
Inspection InspectModel(const std::string& path);

}  // namespace peekaboo::app
