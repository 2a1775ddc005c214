#include "worldmodel/model/network.h"

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
  DeclarePredictionSpace(config, parameters);
  VarianceHead::Declare(config, parameters);
  Transition::Declare(config, parameters);
  InverseDynamics::Declare(config, parameters);
  TemporalDistance::Declare(config, parameters);
  return parameters;
}

Network::Network(const ModelConfig& model, uint64_t seed)
    : config(model),
      parameters(AllocateNetwork(model, seed)),
      encoder(model, parameters),
      memory(model, parameters),
      predictor(model, parameters),
      variance(model, parameters),
      transition(model, parameters),
      inverse(model, parameters),
      distance(model, parameters),
      space(MakePredictionSpace(model, parameters)) {}

ForwardOutput Forward(const Network& network, const at::Tensor& frames, const at::Tensor& state) {
  const at::Tensor z = network.encoder.Encode(frames.flatten(0, 1));
  return ForwardFromLatents(network, z.view({frames.size(0), frames.size(1), -1}),
                            frames.scalar_type(), state);
}

ForwardOutput ForwardFromLatents(const Network& network, const at::Tensor& z, at::ScalarType type,
                                 const at::Tensor& state, GradientTape* tape) {
  ForwardOutput forward_output;
  forward_output.z = z;
  const at::Tensor rounded = z.to(type);
  forward_output.h = network.memory.Forward(rounded, state, tape);
  forward_output.context = at::cat({forward_output.h.to(type), rounded}, -1).flatten(0, 1);
  forward_output.predictions = network.predictor.Predict(forward_output.context, tape)
                                   .view({z.size(0), z.size(1), network.config.Horizons(), -1});
  return forward_output;
}

}  // namespace peekaboo::worldmodel
