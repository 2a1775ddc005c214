#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// How many actions lie between two latents, at least: the Euclidean distance of embeddings, which
/// a perceptron makes of each latent. A wall between two places is in it; the distance of the
/// latents themselves ends where things no longer overlap. Symmetric: what cannot be undone is not
/// known. Learned by LearnDistance. Borrows the parameters' tensors.
class TemporalDistance {
 public:
  /// Nothing for a model without actions.
  static void Declare(const ModelConfig& config, Parameters& parameters);
  TemporalDistance(const ModelConfig& config, const Parameters& parameters);

  /// z [N, D] f32 -> [N, E] f32; `type`: the products' precision.
  at::Tensor Embed(const at::Tensor& z, at::ScalarType type, GradientTape* tape = nullptr) const;

 private:
  static constexpr int kLayers = 3;
  Weight weight_[kLayers], bias_[kLayers];
};

/// Between embeddings whose last dimension is E, actions. Differentiable where they are equal, too.
at::Tensor EmbeddingDistance(const at::Tensor& a, const at::Tensor& b);

}  // namespace peekaboo::worldmodel
