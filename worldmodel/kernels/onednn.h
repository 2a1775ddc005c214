#pragma once

#include <ATen/core/Tensor.h>

#include <dnnl.hpp>
#include <unordered_map>

#include "worldmodel/kernels/precision.h"

namespace peekaboo::worldmodel {

/// What is needed of oneDNN, and what versions 2 and 3 name differently. Internal to worldmodel.

/// The processor. Immutable; any thread.
const dnnl::engine& Processor();

/// Runs a primitive on the calling thread to its end. `arguments` as oneDNN wants them; scratch
/// memory is added where `scratchpad` (of the primitive's description) asks for some.
void Execute(const dnnl::primitive& primitive, std::unordered_map<int, dnnl::memory> arguments,
             const dnnl::memory::desc& scratchpad);

/// Memory of a tensor that lives on; the description says how numbers lie in it.
dnnl::memory Wrap(const dnnl::memory::desc& description, const at::Tensor& tensor);

dnnl::memory::data_type ToDnnl(at::ScalarType type);

/// c [+]= a b; scratch memory is the caller's, so that any number of threads may run it. Throws
/// dnnl::error if there is none for this processor.
dnnl::matmul::primitive_desc DescribeProduct(const dnnl::memory::desc& a,
                                             const dnnl::memory::desc& b,
                                             const dnnl::memory::desc& c, bool add);

}  // namespace peekaboo::worldmodel
