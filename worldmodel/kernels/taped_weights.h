#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/custom_function.h>

#include "worldmodel/kernels/gradient_tape.h"

namespace peekaboo::worldmodel {

/// Where the gradients of a layer's weight and bias go, as its way forward leaves it for its way
/// back. Internal to the layers.
struct TapedWeights : torch::CustomClassHolder {
  TapedWeights(GradientTape* to, int weight_index, int bias_index)
      : tape(to), weight(weight_index), bias(bias_index) {}

  static void Save(torch::autograd::AutogradContext* context, GradientTape* tape, int weight,
                   int bias) {
    context->saved_data["taped"] =
        c10::IValue::make_capsule(c10::make_intrusive<TapedWeights>(tape, weight, bias));
  }
  static TapedWeights Saved(torch::autograd::AutogradContext* context) {
    const auto capsule = context->saved_data["taped"].toCapsule();
    const auto& saved = static_cast<const TapedWeights&>(*capsule);
    return {saved.tape, saved.weight, saved.bias};
  }

  GradientTape* tape;  ///< borrowed; nullptr: the gradients are LibTorch's to keep
  int weight, bias;    ///< Weight::index
};

}  // namespace peekaboo::worldmodel
