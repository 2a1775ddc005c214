#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/grid_convolution.h"
#include "worldmodel/kernels/packed_linear.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/model/latent_state.h"
#include "worldmodel/model/memory.h"
#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

/// What an action leads to, after `action_repeat` frames in which it is held. Two forms:
///
/// Convolutions: z' = z + f(z, h, a). f works on the grid of patches: a convolution 3x3 to which
/// memory, action and the patch's position add, another 3x3, and a linear map of each patch. The
/// memory takes z' in as it would a seen latent. It is cheap to learn with, and latents are shaped
/// by what it can imagine.
///
/// Perceptrons, with a state s of their own, as recurrent state-space models have it (PlaNet:
/// Hafner et al. 2019), but without a decoder of pixels:
///     s = e(z, v, h), where v = z - before, what moved in the action before, at the beginning;
///     d = W2 relu(W1 s + A a),  s' = s + d,  z' = z + Z d,  h' = h + H d.
/// Patches are larger than things, and what moves keeps moving: after eight actions they err a
/// third less on where a pushed thing is (docs/experiments.md). h' is learned to be what the memory
/// would hold.
/// Differentiable in the state, the action and the weights. Borrows the parameters' tensors.
class Transition {
 public:
  /// Nothing for a model without actions.
  static void Declare(const ModelConfig& config, Parameters& parameters);
  Transition(const ModelConfig& config, const Parameters& parameters);

  /// Whether the model has actions; otherwise Prepare is a bug (CHECK).
  bool exists() const { return channels_ > 0; }

  /// The transition made ready for several rollouts in turn with weights that do not change
  /// meanwhile. Borrows what it was made of. Any number of threads at once.
  class Prepared {
   public:
    /// The states that `actions` [N, L, A] f32, each in [-1, 1], lead through from `state` on: one
    /// row, or [N].
    Imagined Imagine(const LatentState& state, const at::Tensor& actions,
                     const Memory& memory) const;

   private:
    friend class Transition;
    struct Local {  // by convolutions
      GridConvolution near, hidden;
      at::Tensor position;  // [P, hidden] f32
    };
    struct Whole {  // by perceptrons
      PackedLinear meet, move, seen, recalled;
    };
    Prepared(const Transition& transition, at::ScalarType type, GradientTape* tape, bool whole);
    Imagined Locally(const LatentState& state, const at::Tensor& actions,
                     const Memory& memory) const;
    at::Tensor Change(const at::Tensor& z, const at::Tensor& h, const at::Tensor& push) const;  // f
    Imagined Wholly(const LatentState& state, const at::Tensor& actions) const;
    at::Tensor Begin(const LatentState& state) const;  // e

    const Transition& transition_;
    at::ScalarType type_;
    GradientTape* tape_;
    std::optional<Local> local_;
    std::optional<Whole> whole_;
  };
  /// `type`: the products' precision. `whole`: by perceptrons, where the model has them; else by
  /// convolutions.
  Prepared Prepare(at::ScalarType type, GradientTape* tape = nullptr, bool whole = true) const;

 private:
  int64_t grid_ = 0, channels_ = 0, action_size_ = 0, wide_ = 0;
  Weight near_weight_, near_bias_;          // conv 3x3, patches -> hidden
  Weight context_weight_, context_bias_;    // h -> hidden
  Weight action_weight_, action_bias_;      // a -> hidden
  Weight position_weight_, position_bias_;  // one of P -> hidden
  Weight hidden_weight_, hidden_bias_;      // conv 3x3, hidden -> hidden
  Weight out_weight_, out_bias_;
  Weight begin_weight_, begin_bias_;        // all of z, v and h -> wide
  Weight inner_weight_, inner_bias_;        // wide -> s
  Weight meet_weight_, meet_bias_;          // s -> wide
  Weight shove_weight_, shove_bias_;        // a -> wide
  Weight move_weight_, move_bias_;          // wide -> d
  Weight seen_weight_, seen_bias_;          // d -> z
  Weight recalled_weight_, recalled_bias_;  // d -> h
};

}  // namespace peekaboo::worldmodel
