#pragma once

#include <cstdint>
#include <memory>

#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/encoder.h"
#include "worldmodel/model/inverse_dynamics.h"
#include "worldmodel/model/memory.h"
#include "worldmodel/model/model_config.h"
#include "worldmodel/model/prediction_space.h"
#include "worldmodel/model/predictor.h"
#include "worldmodel/model/temporal_distance.h"
#include "worldmodel/model/transition.h"

namespace peekaboo::worldmodel {

/// Declares every parameter of the model that a configuration describes; allocates nothing.
Parameters DeclareNetwork(const ModelConfig& config);

/// All parts of a world model. What is behind WorldModel; internal to worldmodel.
struct Network {
  Network(const ModelConfig& config, uint64_t seed);

  ModelConfig config;
  Parameters parameters;
  Encoder encoder;
  Memory memory;
  Predictor predictor;
  VarianceHead variance;
  Transition transition;
  InverseDynamics inverse;
  TemporalDistance distance;
  std::unique_ptr<PredictionSpace> space;  ///< what the predictor predicts
};

/// What one pass over clips gives: latents, memory, predictions.
struct ForwardOutput {
  at::Tensor z;            ///< [B, T, D] f32
  at::Tensor h;            ///< [B, T, H] f32
  at::Tensor context;      ///< [B * T, H + D], the products' precision
  at::Tensor predictions;  ///< [B, T, K, PredictionSize], the products' precision
};

/// frames [B, T, side, side, channels], as a FrameCodec packs them; `state` [B, H] f32 is the
/// memory before the first of them (not defined: nothing is remembered).
ForwardOutput Forward(const Network& network, const at::Tensor& frames,
                      const at::Tensor& state = {});

/// The same from latents [B, T, D] f32 on; `type`: the products' precision.
ForwardOutput ForwardFromLatents(const Network& network, const at::Tensor& z, at::ScalarType type,
                                 const at::Tensor& state = {}, GradientTape* tape = nullptr);

}  // namespace peekaboo::worldmodel
