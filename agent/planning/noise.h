#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "base/random.h"

namespace peekaboo::agent {

/// Noise over the H actions of a sequence: white noise times one of these matrices [H, H] f32,
/// whose rows have length 1, so that each action's variance is 1.

/// Each action's noise is `correlation` times that of the action before, plus something new.
at::Tensor AutoregressiveNoise(int64_t horizon, double correlation);

/// Power falls with frequency f as f^-exponent: 0 is white, 2 is Brownian (iCEM, arXiv 2008.06389,
/// after Timmer & Koenig 1995). The sequence is a period of it.
at::Tensor PowerLawNoise(int64_t horizon, double exponent);

/// [n, H, A] f32 standard normals, independent between sequences and between an action's numbers.
at::Tensor DrawNoise(const at::Tensor& mixing, int64_t n, int64_t action_size,
                     RandomStream& random);

}  // namespace peekaboo::agent
