#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/grid_loops.h"
#include "worldmodel/kernels/parameters.h"

namespace peekaboo::worldmodel {

/// A convolution 3x3 with stride 1 and zero padding on small images, made ready once for several
/// calls in turn: where each image is another (imagined latents), it is several times as fast as
/// Convolutions, which is made for films. Borrows the weights, which must not change meanwhile.
/// Internal to worldmodel.
class GridConvolution {
 public:
  /// weight [out, 3, 3, in], bias [out]; `type`: of the activations, f32 or bf16.
  GridConvolution(const Weight& weight, const Weight& bias, at::ScalarType type);

  /// x [N, side, side, in] of the type -> [N, side, side, out] of the type: ReLU(x * weight + bias
  /// + of_image + of_position), with of_image [N, out] and of_position [side^2, out] f32, or not
  /// defined. Differentiable in all of them; the gradients of weight and bias go to `tape`, or
  /// where there is none to LibTorch's leaves, unless they are frozen.
  at::Tensor Apply(const at::Tensor& x, const at::Tensor& of_image, const at::Tensor& of_position,
                   GradientTape* tape = nullptr) const;

  /// What calls share, and their ways back.
  struct Kernel {
    Weight weight, bias;
    int64_t out, in;
    at::ScalarType type;
    GridLoops loops;
    std::shared_ptr<const GridWeights> ahead;
    std::shared_ptr<const GridWeights> back;  ///< nullptr: made without gradients
  };

 private:
  std::shared_ptr<const Kernel> kernel_;
};

}  // namespace peekaboo::worldmodel
