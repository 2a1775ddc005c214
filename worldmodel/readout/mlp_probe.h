#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace peekaboo::worldmodel {

/// What a small perceptron can read out of a latent, in metres or any other unit: more than a
/// LinearProbe where numbers of a latent mean something only together. Immutable; any thread.
class MlpProbe {
 public:
  struct Options {
    int64_t hidden = 128;  ///< units in each of the two hidden layers
    int64_t steps = 1500;
    int64_t rows = 512;  ///< of a step
    double learning_rate = 2e-3;
    uint64_t seed = 0;
  };
  /// weight [out, in], bias [out], f32.
  struct Layer {
    at::Tensor weight, bias;
  };

  /// Minimises the squared error, each target in units of its deviation, by AdamW without decay on
  /// rows drawn evenly. features [N, F] and targets [N, Y] f32, N >= 1; what never changes is left
  /// out. The same arguments give the same bits for any number of compute threads.
  static MlpProbe Fit(const at::Tensor& features, const at::Tensor& targets,
                      const Options& options);

  /// Applied in turn, a ReLU between them; at least one.
  explicit MlpProbe(std::vector<Layer> layers);

  int64_t feature_size() const;  ///< F
  int64_t target_size() const;   ///< Y

  /// [N, F] f32 -> [N, Y]. Differentiable in the features.
  at::Tensor Predict(const at::Tensor& features) const;

 private:
  std::vector<Layer> layers_;
};

}  // namespace peekaboo::worldmodel
