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

/// A scene file, or a mixture of them, checked against its model. Throws UserError naming file and
/// key.
Inspection InspectScene(const std::string& path);
/// The directory of a training (how far it got, and with what settings), of an examination (whom it
/// asked, and what they know), or of both. Throws UserError when it is neither.
Inspection InspectRun(const std::string& directory);

}  // namespace peekaboo::app
