#pragma once

#include <ATen/core/Tensor.h>

#include <dnnl.hpp>
#include <unordered_map>

#include "worldmodel/model_config.h"

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
dnnl::memory Wrap(const dnnl::memory::desc& description, const void* data);
/// An uninitialised buffer [bytes] u8 as long as a description needs.
at::Tensor Allocate(const dnnl::memory::desc& description);

/// Copies numbers into another layout or type.
void Reorder(dnnl::memory from, dnnl::memory to);

dnnl::memory::data_type ToDnnl(at::ScalarType type);

/// Attributes of all primitives here: scratch memory is the caller's, so that any number of threads
/// may run one primitive; `relu`: max(0, .) at the end; `add`: onto what stands in the result.
dnnl::primitive_attr Attributes(bool relu = false, bool add = false);

struct ConvolutionDescriptions {
  dnnl::convolution_forward::primitive_desc forward;
  dnnl::convolution_backward_data::primitive_desc input;
  dnnl::convolution_backward_weights::primitive_desc weights;
};
/// What one convolution is about; logical dimensions as oneDNN orders them.
struct ConvolutionDims {
  dnnl::memory::dims source, weights, bias, destination, stride, padding;
};
/// oneDNN's fastest layouts for a convolution in `type`; bias and gradients of weights are f32.
/// Throws dnnl::error if it has none for this processor.
ConvolutionDescriptions DescribeConvolution(const ConvolutionDims& dims,
                                            dnnl::memory::data_type type, bool relu);

/// c [+]= a b; throws dnnl::error if there is none for this processor.
dnnl::matmul::primitive_desc DescribeProduct(const dnnl::memory::desc& a,
                                             const dnnl::memory::desc& b,
                                             const dnnl::memory::desc& c, bool add);

}  // namespace peekaboo::worldmodel
