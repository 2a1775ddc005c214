#include "worldmodel/model/world_model.h"

#include <ATen/ATen.h>

#include "base/check.h"
#include "worldmodel/model/network.h"
#include "worldmodel/model/weights_file.h"

namespace peekaboo::worldmodel {
namespace {

const ModelConfig& Checked(const ModelConfig& config) {
  config.Validate("model");
  return config;
}

}  // namespace

WorldModel::WorldModel(const ModelConfig& config, uint64_t seed)
    : network_(std::make_unique<Network>(Checked(config), seed)) {}
WorldModel::WorldModel(std::unique_ptr<Network> network) : network_(std::move(network)) {}
WorldModel::WorldModel(WorldModel&&) noexcept = default;
WorldModel& WorldModel::operator=(WorldModel&&) noexcept = default;
WorldModel::~WorldModel() = default;

WorldModel WorldModel::Load(const std::string& path, const std::string& precision) {
  std::map<std::string, std::string> metadata;
  WorldModel model(LoadWeights(path, precision, metadata));
  model.metadata_ = std::move(metadata);
  return model;
}

void WorldModel::Save(const std::string& path,
                      const std::map<std::string, std::string>& metadata) const {
  SaveWeights(path, *network_, metadata);
}

WorldModel WorldModel::Clone() const {
  const at::NoGradGuard no_gradient;
  WorldModel copy(std::make_unique<Network>(config(), /*seed=*/0));
  copy.network_->parameters.flat().copy_(network_->parameters.flat());
  copy.network_->parameters.RefreshShadow();
  copy.metadata_ = metadata_;
  return copy;
}

const std::map<std::string, std::string>& WorldModel::metadata() const { return metadata_; }

const ModelConfig& WorldModel::config() const { return network_->config; }

int64_t WorldModel::ParameterCount() const {
  int64_t count = 0;
  for (const Parameters::Entry& entry : network_->parameters.entries())
    count += entry.weight.value.numel();
  return count;
}

}  // namespace peekaboo::worldmodel
