#include "worldmodel/onednn.h"

#include <ATen/ATen.h>

#include <utility>

#include "sim/check.h"

namespace peekaboo::worldmodel {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;

// UseNoOtherThreads() limits LibTorch's OpenMP threads, which must be oneDNN's too.
static_assert(DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP ||
              DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ);

// Immediate: on the calling thread, before execute returns.
dnnl::stream& OwnStream() {
  thread_local dnnl::stream stream(Processor());
  return stream;
}

memory::desc AnyLayout(const memory::dims& dims, memory::data_type type) {
  return {dims, type, memory::format_tag::any};
}

}  // namespace

const dnnl::engine& Processor() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

void Execute(const dnnl::primitive& primitive, std::unordered_map<int, memory> arguments,
             const memory::desc& scratchpad) {
  at::Tensor scratch;
  if (scratchpad.get_size() > 0) {
    scratch = Allocate(scratchpad);
    arguments.emplace(DNNL_ARG_SCRATCHPAD, Wrap(scratchpad, scratch));
  }
  primitive.execute(OwnStream(), arguments);
  OwnStream().wait();
}

memory Wrap(const memory::desc& description, const at::Tensor& tensor) {
  return Wrap(description, tensor.data_ptr());
}

memory Wrap(const memory::desc& description, const void* data) {
  return {description, Processor(), const_cast<void*>(data)};
}

at::Tensor Allocate(const memory::desc& description) {
  return at::empty({static_cast<int64_t>(description.get_size())}, at::kByte);
}

void Reorder(memory from, memory to) {
  dnnl::reorder(from, to).execute(OwnStream(), from, to);
  OwnStream().wait();
}

memory::data_type ToDnnl(at::ScalarType type) {
  PEEKABOO_CHECK(type == at::kFloat || type == at::kBFloat16);
  return type == at::kFloat ? memory::data_type::f32 : memory::data_type::bf16;
}

dnnl::primitive_attr Attributes(bool relu, bool add) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops operations;
  if (add) operations.append_sum(1.0f);
#if DNNL_VERSION_MAJOR >= 3
  if (relu) operations.append_eltwise(algorithm::eltwise_relu, 0.0f, 0.0f);
#else
  if (relu) operations.append_eltwise(1.0f, algorithm::eltwise_relu, 0.0f, 0.0f);
#endif
  attributes.set_post_ops(operations);
  return attributes;
}

ConvolutionDescriptions DescribeConvolution(const ConvolutionDims& d, memory::data_type type,
                                            bool relu) {
  const auto f32 = memory::data_type::f32;
  const memory::desc source = AnyLayout(d.source, type), weights = AnyLayout(d.weights, type),
                     destination = AnyLayout(d.destination, type),
                     bias(d.bias, f32, memory::format_tag::x),
                     weight_gradient = AnyLayout(d.weights, f32);
  const algorithm kind = algorithm::convolution_direct;
  const dnnl::primitive_attr fused = Attributes(relu), plain = Attributes();
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::convolution_forward::primitive_desc forward(Processor(), prop_kind::forward_training,
                                                          kind, source, weights, bias, destination,
                                                          d.stride, d.padding, d.padding, fused);
  return {forward,
          {Processor(), kind, source, weights, destination, d.stride, d.padding, d.padding, forward,
           plain},
          {Processor(), kind, source, weight_gradient, bias, destination, d.stride, d.padding,
           d.padding, forward, plain}};
#else
  const dnnl::convolution_forward::primitive_desc forward(
      {prop_kind::forward_training, kind, source, weights, bias, destination, d.stride, d.padding,
       d.padding},
      fused, Processor());
  return {forward,
          {{kind, source, weights, destination, d.stride, d.padding, d.padding},
           plain,
           Processor(),
           forward},
          {{kind, source, weight_gradient, bias, destination, d.stride, d.padding, d.padding},
           plain,
           Processor(),
           forward}};
#endif
}

dnnl::matmul::primitive_desc DescribeProduct(const memory::desc& a, const memory::desc& b,
                                             const memory::desc& c, bool add) {
#if DNNL_VERSION_MAJOR >= 3
  return {Processor(), a, b, c, Attributes(false, add)};
#else
  return {dnnl::matmul::desc(a, b, c), Attributes(false, add), Processor()};
#endif
}

}  // namespace peekaboo::worldmodel
