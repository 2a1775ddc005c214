#pragma once

#include <map>
#include <memory>
#include <string>

#include "worldmodel/io/safetensors.h"
#include "worldmodel/io/tensor_reader.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/network.h"

namespace peekaboo::worldmodel {

/// The files behind WorldModel::Load and Save; see there. Internal to worldmodel.
std::unique_ptr<Network> LoadWeights(const std::string& path, const std::string& precision,
                                     std::map<std::string, std::string>& metadata);
void SaveWeights(const std::string& path, const Network& network,
                 const std::map<std::string, std::string>& metadata);

/// Parameters as F32 tensors of a file, named `prefix` + their name. Check and Fill throw as the
/// reader does; what is checked need not be allocated.
void StoreParameters(const Parameters& parameters, const std::string& prefix,
                     SafetensorsFile* file);
void CheckParameters(const Parameters& parameters, const std::string& prefix, TensorReader* reader);
void FillParameters(TensorReader* reader, const std::string& prefix, Parameters* parameters);

/// A number that changes with any bit of the weights: ties a trainer's state, or a readout, to its
/// model.
std::string WeightsFingerprint(const Network& network);

}  // namespace peekaboo::worldmodel
