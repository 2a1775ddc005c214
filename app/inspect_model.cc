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
    std::string shape;
    for (const int64_t size : tensor.shape) {
      shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    }
    lines += "  " + Printable(name) + "  " + dtype + " [" + shape + "]\n";
  }
  json["numbers"] = numbers;
  json["bytes"] = bytes;

  result.text = Printable(path) + ": " + std::to_string(file.tensors.size()) + " tensors, " +
                std::to_string(numbers) + " numbers, " + FormatBytes(bytes) + "\n";
  for (const auto& [key, value] : file.metadata) {
    result.text += "  " + Printable(key) + ": " + Printable(value) + "\n";
  }
  result.text += lines;
  result.text.pop_back();  // whoever prints it ends the line
  return result;
}

}  // namespace peekaboo::app
