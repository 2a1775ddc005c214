#include "worldmodel/kernels/onednn.h"

#include <ATen/ATen.h>

#include <utility>

#include "base/check.h"

namespace peekaboo::worldmodel {
namespace {

using dnnl::memory;

// UseNoOtherThreads() limits LibTorch's OpenMP threads, which must be oneDNN's too.
static_assert(DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP ||
              DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ);

// Immediate: on the calling thread, before execute returns.
dnnl::stream& OwnStream() {
  thread_local dnnl::stream stream(Processor());
  return stream;
}

dnnl::primitive_attr Attributes(bool add) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops operations;
  if (add) operations.append_sum(1.0f);
  attributes.set_post_ops(operations);
  return attributes;
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
    scratch = at::empty({static_cast<int64_t>(scratchpad.get_size())}, at::kByte);
    arguments.emplace(DNNL_ARG_SCRATCHPAD, Wrap(scratchpad, scratch));
  }
  primitive.execute(OwnStream(), arguments);
  OwnStream().wait();
}

memory Wrap(const memory::desc& description, const at::Tensor& tensor) {
  return {description, Processor(), tensor.data_ptr()};
}

memory::data_type ToDnnl(at::ScalarType type) {
  PEEKABOO_CHECK(type == at::kFloat || type == at::kBFloat16);
  return type == at::kFloat ? memory::data_type::f32 : memory::data_type::bf16;
}

dnnl::matmul::primitive_desc DescribeProduct(const memory::desc& a, const memory::desc& b,
                                             const memory::desc& c, bool add) {
#if DNNL_VERSION_MAJOR >= 3
  return {Processor(), a, b, c, Attributes(add)};
#else
  return {dnnl::matmul::desc(a, b, c), Attributes(add), Processor()};
#endif
}

}  // namespace peekaboo::worldmodel
