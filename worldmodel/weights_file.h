#pragma once

#include <map>
#include <memory>
#include <string>

#include "worldmodel/network.h"

namespace peekaboo::worldmodel {

/// The files behind WorldModel::Load and Save; see there. Internal to worldmodel.
std::unique_ptr<Network> LoadWeights(const std::string& path,
                                     std::map<std::string, std::string>& metadata);
void SaveWeights(const std::string& path, const Network& network,
                 const std::map<std::string, std::string>& metadata);

/// A number that changes with any bit of the weights: ties a trainer's state to its model.
std::string WeightsFingerprint(const Network& network);

}  // namespace peekaboo::worldmodel
