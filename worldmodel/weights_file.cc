#include "worldmodel/weights_file.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstring>

#include "sim/check.h"
#include "sim/error.h"
#include "worldmodel/safetensors.h"

namespace peekaboo::worldmodel {
namespace {

constexpr char kFormat[] = "peekaboo.world_model";
constexpr char kVersion[] = "1";

std::string Text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const int64_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

std::string Take(std::map<std::string, std::string>& metadata, const std::string& key,
                 const std::string& path) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    throw UserError(path + ": metadata", "no '" + key + "': not a Peekaboo world model");
  }
  std::string value = found->second;
  metadata.erase(found);
  return value;
}

// Before anything is allocated: what a hostile config asks for must lie in the file.
void CheckTensors(const std::string& path, const SafetensorsFile& file,
                  const Parameters& parameters) {
  for (const Parameters::Entry& entry : parameters.entries()) {
    const std::string where = path + ": tensor " + entry.name;
    const auto found = file.tensors.find(entry.name);
    if (found == file.tensors.end()) throw UserError(where, "is missing");
    const SafetensorsFile::Tensor& tensor = found->second;
    if (tensor.dtype != DType::kF32) {
      throw UserError(where, std::string("is ") + DTypeName(tensor.dtype) + ", must be F32");
    }
    if (tensor.shape != entry.shape) {
      throw UserError(where,
                      "has shape " + Text(tensor.shape) + ", its config says " + Text(entry.shape));
    }
    for (size_t at = 0; at < tensor.bytes.size(); at += sizeof(float)) {
      float number;
      std::memcpy(&number, tensor.bytes.data() + at, sizeof number);
      if (!std::isfinite(number)) {
        throw UserError(where, "number " + std::to_string(at / sizeof number) + " is not finite");
      }
    }
  }
  for (const auto& [name, tensor] : file.tensors) {
    bool known = false;
    for (const Parameters::Entry& entry : parameters.entries()) known |= entry.name == name;
    if (!known) throw UserError(path + ": tensor " + name, "is not part of such a world model");
  }
}

}  // namespace

std::unique_ptr<Network> LoadWeights(const std::string& path,
                                     std::map<std::string, std::string>& metadata) {
  SafetensorsFile file = LoadSafetensors(path);
  const std::string format = Take(file.metadata, "format", path);
  if (format != kFormat) {
    throw UserError(path + ": metadata: format", "'" + format + "' is not '" + kFormat + "'");
  }
  const std::string version = Take(file.metadata, "version", path);
  if (version != kVersion) {
    throw UserError(path + ": metadata: version",
                    "'" + version + "' is not '" + kVersion + "', the only one known here");
  }
  ModelConfig config;
  const std::string where = path + ": metadata: config";
  ModelConfig::Describe().FromJson(Take(file.metadata, "config", path), where, &config);
  config.Validate(where);
  CheckTensors(path, file, DeclareNetwork(config));

  auto network = std::make_unique<Network>(config, /*seed=*/0);
  for (const Parameters::Entry& entry : network->parameters.entries()) {
    const std::vector<uint8_t>& bytes = file.tensors.at(entry.name).bytes;
    std::memcpy(entry.weight.value.data_ptr(), bytes.data(), bytes.size());
  }
  network->parameters.RefreshShadow();
  metadata = std::move(file.metadata);
  return network;
}

void SaveWeights(const std::string& path, const Network& network,
                 const std::map<std::string, std::string>& metadata) {
  SafetensorsFile file;
  file.metadata = metadata;
  const std::map<std::string, std::string> own = {
      {"format", kFormat},
      {"version", kVersion},
      {"config", ModelConfig::Describe().ToJson(network.config)}};
  for (const auto& [key, value] : own) PEEKABOO_CHECK(file.metadata.emplace(key, value).second);
  for (const Parameters::Entry& entry : network.parameters.entries()) {
    SafetensorsFile::Tensor tensor{DType::kF32, entry.shape, {}};
    const auto* bytes = static_cast<const uint8_t*>(entry.weight.value.data_ptr());
    tensor.bytes.assign(bytes, bytes + entry.weight.value.nbytes());
    file.tensors.emplace(entry.name, std::move(tensor));
  }
  SaveSafetensors(path, file);
}

std::string WeightsFingerprint(const Network& network) {
  const at::Tensor& flat = network.parameters.flat();
  const auto* words = static_cast<const uint32_t*>(flat.data_ptr());
  uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a over words
  for (int64_t i = 0; i < flat.numel(); ++i) hash = (hash ^ words[i]) * 0x100000001b3ULL;
  return std::to_string(hash);
}

}  // namespace peekaboo::worldmodel
