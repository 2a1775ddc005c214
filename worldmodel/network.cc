#include "worldmodel/network.h"

#include <ATen/ATen.h>

namespace peekaboo::worldmodel {
namespace {

Parameters AllocateNetwork(const ModelConfig& config, uint64_t seed) {
  Parameters parameters = DeclareNetwork(config);
  parameters.Allocate(seed);
  return parameters;
}

}  // namespace

Parameters DeclareNetwork(const ModelConfig& config) {
  Parameters parameters;
  Encoder::Declare(config, parameters);
  Memory::Declare(config, parameters);
  Predictor::Declare(config, parameters);
  if (config.IsPixel()) PixelDecoder::Declare(config, parameters);
  VarianceHead::Declare(config, parameters);
  return parameters;
}

Network::Network(const ModelConfig& model, uint64_t seed)
    : config(model),
      parameters(AllocateNetwork(model, seed)),
      encoder(model, parameters),
      memory(model, parameters),
      predictor(model, parameters),
      variance(model, parameters) {
  if (config.IsPixel()) decoder.emplace(model, parameters);
}

Outlook LookAhead(const Network& network, const at::Tensor& frames, const at::Tensor& state) {
  const int64_t clips = frames.size(0), steps = frames.size(1);
  Outlook outlook;
  outlook.z = network.encoder.Encode(frames.flatten(0, 1)).view({clips, steps, -1});
  const at::Tensor z = outlook.z.to(frames.scalar_type());
  outlook.h = network.memory.Remember(z, state);
  outlook.context = at::cat({outlook.h.to(z.scalar_type()), z}, -1).flatten(0, 1);
  outlook.predictions = network.predictor.Predict(outlook.context)
                            .view({clips, steps, network.config.Horizons(), -1});
  return outlook;
}

}  // namespace peekaboo::worldmodel
