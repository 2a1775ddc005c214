#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/grid_convolution.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/latent_state.h"
#include "worldmodel/model/memory.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// What an action leads to, z' = z + f(z, h, a) or z' = z + g(z, v, h, a), after `action_repeat`
/// frames in which it is held; v = z - before, what moved in the action before. f works on the grid
/// of patches: a convolution 3x3 to which memory, action and the patch's position add, another 3x3,
/// and a linear map of each patch. It is cheap to learn with, and latents are shaped by what it
/// can imagine. g is a perceptron on the whole latent: after eight actions it errs half as much on
/// where a pushed thing is, as patches are larger than things (docs/experiments.md).
/// The memory takes the imagined latent in as it would a seen one, so what is hidden stays known.
/// Differentiable in the state, the action and the weights. Borrows the parameters' tensors.
class Transition {
 public:
  /// Nothing for a model without actions.
  static void Declare(const ModelConfig& config, Parameters& parameters);
  Transition(const ModelConfig& config, const Parameters& parameters);

  /// Whether the model has actions; otherwise Step is a bug (CHECK).
  bool exists() const { return channels_ > 0; }

  /// The transition made ready for several steps in turn: what depends on no state and no action
  /// is worked out once. Borrows what it was made of.
  class Prepared {
   public:
    /// actions [N, A] f32, each in [-1, 1] -> [N, hidden or wide] f32, what they add to hidden
    /// units: of many steps at once.
    at::Tensor Push(const at::Tensor& actions) const;
    /// `push`: Push of the action of each row.
    LatentState Step(const LatentState& state, const at::Tensor& push, const Memory& memory) const;

   private:
    friend class Transition;
    Prepared(const Transition& transition, at::ScalarType type, GradientTape* tape, bool whole);
    at::Tensor Locally(const LatentState& state, const at::Tensor& push) const;   // f
    at::Tensor AsAWhole(const LatentState& state, const at::Tensor& push) const;  // g

    const Transition& transition_;
    at::ScalarType type_;
    GradientTape* tape_;
    bool whole_;
    std::optional<GridConvolution> near_, hidden_;  // of f
    at::Tensor position_;                           // [P, hidden] f32
  };
  /// `type`: the products' precision. `whole`: with g, where the model has it; else with f.
  Prepared Prepare(at::ScalarType type, GradientTape* tape = nullptr, bool whole = true) const;

 private:
  int64_t grid_ = 0, channels_ = 0, action_size_ = 0, wide_ = 0;
  Weight near_weight_, near_bias_;          // conv 3x3, patches -> hidden
  Weight context_weight_, context_bias_;    // h -> hidden
  Weight action_weight_, action_bias_;      // a -> hidden
  Weight position_weight_, position_bias_;  // one of P -> hidden
  Weight hidden_weight_, hidden_bias_;      // conv 3x3, hidden -> hidden
  Weight out_weight_, out_bias_;
  Weight whole_weight_, whole_bias_;  // all of z, motion and h -> wide
  Weight shove_weight_, shove_bias_;  // a -> wide
  Weight inner_weight_, inner_bias_;  // wide -> wide
  Weight change_weight_, change_bias_;
};

}  // namespace peekaboo::worldmodel
