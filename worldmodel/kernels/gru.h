#pragma once

#include <ATen/core/Tensor.h>

#include "worldmodel/kernels/gradient_tape.h"
#include "worldmodel/kernels/parameters.h"

namespace peekaboo::worldmodel {

/// The gated recurrent unit (Cho et al. 2014) over whole clips, differentiable:
///
///     r = sigmoid(gates_r + W_r h + b_r)      u = sigmoid(gates_u + W_u h + b_u)
///     n = tanh(gates_n + r * (W_n h + b_n))   h' = (1 - u) * n + u * h
///
/// gates [B, T, 3H] f32: the input's share, order r, u, n, for all steps in one product; weight
/// [3H, H] and bias [3H] f32. `begin` [B, H] f32 is the state before the first step, zero if it is
/// not defined; it gets its gradient too. Returns every state, [B, T, H] f32. Gradients of weight
/// and bias go where those of Linear go, and none are computed where nobody asks for them. Always
/// f32: errors of a recurrence add up, and products this small gain nothing from bf16.
at::Tensor GruStates(const at::Tensor& gates, const Weight& weight, const Weight& bias,
                     const at::Tensor& begin = {}, GradientTape* tape = nullptr);

/// One step of it for many rows, W h + b having been worked out for all of them at once: `gates`
/// [N, 3H] as above, `share` [N, 3H] is W h + b, `state` [N, H] is h; all f32. Returns h' [N, H],
/// differentiable in all three. Products of many rows are several times as fast as row by row.
at::Tensor GruStep(const at::Tensor& gates, const at::Tensor& share, const at::Tensor& state);

}  // namespace peekaboo::worldmodel
