#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>

#include "app/inspect.h"
#include "base/text.h"
#include "worldmodel/io/safetensors.h"

namespace peekaboo::app {

Inspection InspectModel(const std::string& path) {
  const worldmodel::SafetensorsFile file = worldmodel::LoadSafetensors(path);
  Inspection result;
  nlohmann::ordered_json& json = result.json;
  json["file"] = path;
  json["kind"] = "model";
  json["metadata"] = file.metadata;
  json["tensors"] = nlohmann::ordered_json::object();

  uint64_t bytes = 0;
  uint64_t numbers = 0;
  std::string lines;
  for (const auto& [name, tensor] : file.tensors) {
    bytes += tensor.bytes.size();
    numbers += tensor.bytes.size() / worldmodel::DTypeSize(tensor.dtype);
    const char* dtype = worldmodel::DTypeName(tensor.dtype);
    json["tensors"][name] = {{"dtype", dtype}, {"shape", tensor.shape}};
    lines += fmt::format("  {}  {} [{}]\n", Printable(name), dtype, fmt::join(tensor.shape, ", "));
  }
  json["numbers"] = numbers;
  json["bytes"] = bytes;

  result.text = fmt::format("{}: {} tensors, {} numbers, {}\n", Printable(path),
                            file.tensors.size(), numbers, FormatBytes(bytes));
  for (const auto& [key, value] : file.metadata) {
    result.text += fmt::format("  {}: {}\n", Printable(key), Printable(value));
  }
  result.text += lines;
  result.text.pop_back();  // whoever prints it ends the line
  return result;
}

}  // namespace peekaboo::app
