#include "worldmodel/model/weights_file.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/check.h"
#include "worldmodel/io/safetensors.h"

namespace peekaboo::worldmodel {
namespace {

constexpr char kFormat[] = "peekaboo.world_model";
constexpr char kVersion[] = "1";

constexpr char kKind[] = "a Peekaboo world model";

}  // namespace

std::unique_ptr<Network> LoadWeights(const std::string& path, const std::string& precision,
                                     std::map<std::string, std::string>& metadata) {
  SafetensorsFile file = LoadSafetensors(path);
  TensorReader reader(path, file);
  reader.ExpectFormat(kFormat, kVersion, kKind);
  ModelConfig config;
  const std::string where = path + ": metadata: config";
  ModelConfig::Describe().FromJson(reader.Text("config", kKind), where, &config);
  config.precision = precision;
  config.Validate(where);
  // Before anything is allocated: what a hostile config asks for must lie in the file.
  CheckParameters(DeclareNetwork(config), "", &reader);
  reader.ExpectNoOthers("such a world model");

  auto network = std::make_unique<Network>(config, /*seed=*/0);
  FillParameters(&reader, "", &network->parameters);
  metadata = std::move(file.metadata);
  for (const char* own : {"format", "version", "config"}) metadata.erase(own);
  return network;
}

void SaveWeights(const std::string& path, const Network& network,
                 const std::map<std::string, std::string>& metadata) {
  SafetensorsFile file;
  file.metadata = metadata;
  auto config = nlohmann::json::parse(ModelConfig::Describe().ToJson(network.config));
  config.erase("precision");
  const std::map<std::string, std::string> own = {
      {"format", kFormat}, {"version", kVersion}, {"config", config.dump()}};
  for (const auto& [key, value] : own) PEEKABOO_CHECK(file.metadata.emplace(key, value).second);
  StoreParameters(network.parameters, "", &file);
  SaveSafetensors(path, file);
}

void StoreParameters(const Parameters& parameters, const std::string& prefix,
                     SafetensorsFile* file) {
  for (const Parameters::Entry& entry : parameters.entries()) {
    const at::Tensor& value = entry.weight.value;
    const std::span<const float> numbers(value.data_ptr<float>(), value.numel());
    file->tensors.emplace(prefix + entry.name, ToTensor(numbers, entry.shape));
  }
}

void CheckParameters(const Parameters& parameters, const std::string& prefix,
                     TensorReader* reader) {
  for (const Parameters::Entry& entry : parameters.entries())
    reader->Floats(prefix + entry.name, entry.shape);
}

void FillParameters(TensorReader* reader, const std::string& prefix, Parameters* parameters) {
  CheckParameters(*parameters, prefix, reader);
  for (const Parameters::Entry& entry : parameters->entries()) {
    std::ranges::copy(reader->Floats(prefix + entry.name, entry.shape),
                      entry.weight.value.data_ptr<float>());
  }
  parameters->RefreshShadow();
}

std::string WeightsFingerprint(const Network& network) {
  const at::Tensor& flat = network.parameters.flat();
  const auto* words = static_cast<const uint32_t*>(flat.data_ptr());
  uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a over words
  for (int64_t i = 0; i < flat.numel(); ++i) hash = (hash ^ words[i]) * 0x100000001b3ULL;
  return std::to_string(hash);
}

}  // namespace peekaboo::worldmodel
