#include "worldmodel/kernels/products.h"

#include <ATen/ATen.h>
#include <dnnl.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/onednn.h"

namespace peekaboo::worldmodel {
namespace {

using dnnl::memory;

constexpr int64_t kBf16Piece = 480;

double& OwnOperations() {
  thread_local double operations = 0;
  return operations;
}

// Distance between rows, or between columns of a transposed view.
struct Stride {
  explicit Stride(const at::Tensor& x)
      : transposed(x.stride(1) != 1 && x.size(1) > 1),
        length(transposed ? x.stride(1) : x.stride(0)) {
    const int64_t inner = x.size(transposed ? 0 : 1), outer = x.size(transposed ? 1 : 0);
    PEEKABOO_CHECK(x.dim() == 2 && (inner <= 1 || x.stride(transposed ? 0 : 1) == 1));
    PEEKABOO_CHECK(outer <= 1 || length >= inner);
    length = std::max(length, inner);  // of a single row it says nothing
  }
  bool transposed;
  int64_t length;
};

void MultiplyF32(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c, bool add) {
#if defined(__x86_64__)
  const Stride a_stride(a), b_stride(b), c_stride(c);
  const dnnl_status_t status = dnnl_sgemm(
      a_stride.transposed ? 'T' : 'N', b_stride.transposed ? 'T' : 'N', c.size(0), c.size(1),
      a.size(1), 1.0f, a.data_ptr<float>(), a_stride.length, b.data_ptr<float>(), b_stride.length,
      add ? 1.0f : 0.0f, c.data_ptr<float>(), c_stride.length);
  PEEKABOO_CHECK(status == dnnl_success);
#else  // elsewhere oneDNN's plain products are slow ones
  at::Tensor result = c;
  if (add) {
    result.addmm_(a, b);
  } else {
    at::mm_out(result, a, b);
  }
#endif
}

struct ProductPlan {
  memory::desc a, b, c, scratchpad;
  dnnl::matmul run;
};

memory::desc Describe(const at::Tensor& x) {
  const Stride stride(x);
  const memory::dims sizes = {x.size(0), x.size(1)};
  const memory::dims strides =
      stride.transposed ? memory::dims{1, stride.length} : memory::dims{stride.length, 1};
  return {sizes, ToDnnl(x.scalar_type()), strides};
}

// The plan for such matrices; nullptr if oneDNN has none for this processor. To look one up in
// oneDNN's own cache takes as long as a small product.
std::shared_ptr<const ProductPlan> FindPlan(const at::Tensor& a, const at::Tensor& b,
                                            const at::Tensor& c, bool add) {
  using Key = std::array<int64_t, 9>;
  Processor();  // lives longer than the plans
  static std::mutex mutex;
  static std::map<Key, std::shared_ptr<const ProductPlan>> plans;
  const Stride a_stride(a), b_stride(b), c_stride(c);
  const Key key = {c.size(0),
                   c.size(1),
                   a.size(1),
                   2 * a_stride.length + a_stride.transposed,
                   2 * b_stride.length + b_stride.transposed,
                   c_stride.length,
                   static_cast<int64_t>(a.scalar_type()),
                   static_cast<int64_t>(c.scalar_type()),
                   add};
  const std::lock_guard lock(mutex);
  const auto found = plans.find(key);
  if (found != plans.end()) return found->second;
  std::shared_ptr<const ProductPlan> plan;
  try {
    const auto description = DescribeProduct(Describe(a), Describe(b), Describe(c), add);
    plan = std::make_shared<const ProductPlan>(
        ProductPlan{description.src_desc(), description.weights_desc(), description.dst_desc(),
                    description.scratchpad_desc(), dnnl::matmul(description)});
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
  }
  plans.emplace(key, plan);
  return plan;
}

void MultiplyPieceBf16(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c, bool add) {
  if (const auto plan = FindPlan(a, b, c, add)) {
    Execute(plan->run,
            {{DNNL_ARG_SRC, Wrap(plan->a, a)},
             {DNNL_ARG_WEIGHTS, Wrap(plan->b, b)},
             {DNNL_ARG_DST, Wrap(plan->c, c)}},
            plan->scratchpad);
    return;
  }
  const bool in_place = c.scalar_type() == at::kFloat;
  const at::Tensor sum = in_place ? c : at::empty(c.sizes(), at::kFloat);
  if (add && !in_place) sum.copy_(c);
  MultiplyF32(a.to(at::kFloat), b.to(at::kFloat), sum, add);
  if (!in_place) at::Tensor(c).copy_(sum);
}

// oneDNN makes a kernel for each shape. How many windows a film has is another number each time, be
// they rows or what is summed over; pieces of one length keep the kernels few.
void MultiplyBf16(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c, bool add) {
  const int64_t rows = a.size(0), depth = a.size(1);
  const int64_t piece = c.scalar_type() == at::kFloat ? kBf16Piece : depth;  // sums stay f32
  for (int64_t row = 0; row < rows; row += kBf16Piece) {
    const int64_t height = std::min(kBf16Piece, rows - row);
    for (int64_t first = 0; first < depth; first += piece) {
      const int64_t length = std::min(piece, depth - first);
      MultiplyPieceBf16(a.narrow(0, row, height).narrow(1, first, length),
                        b.narrow(0, first, length), c.narrow(0, row, height), add || first > 0);
    }
  }
}

}  // namespace

void Multiply(const at::Tensor& a, const at::Tensor& b, const at::Tensor& c, bool add) {
  const at::ScalarType type = a.scalar_type();
  PEEKABOO_CHECK(type == at::kFloat || type == at::kBFloat16);
  PEEKABOO_CHECK(b.scalar_type() == type && a.size(1) == b.size(0));
  PEEKABOO_CHECK(c.scalar_type() == type || c.scalar_type() == at::kFloat);
  PEEKABOO_CHECK(c.size(0) == a.size(0) && c.size(1) == b.size(1) && !Stride(c).transposed);
  if (c.numel() == 0) return;
  const at::AutoDispatchBelowAutograd no_graph;
  UseNoOtherThreads();
  OwnOperations() += 2.0 * static_cast<double>(c.numel() * a.size(1));
  if (type == at::kFloat) {
    MultiplyF32(a, b, c, add);
  } else {
    MultiplyBf16(a, b, c, add);
  }
}

void AddRowProduct(const float* row, int64_t size, const float* b, bool transposed, float* sum,
                   int64_t columns) {
  OwnOperations() += 2.0 * static_cast<double>(size * columns);
#if defined(__x86_64__)
  const dnnl_status_t status = dnnl_sgemm('N', transposed ? 'T' : 'N', 1, columns, size, 1.0f, row,
                                          size, b, transposed ? size : columns, 1.0f, sum, columns);
  PEEKABOO_CHECK(status == dnnl_success);
#else
  const auto view = [](const float* data, int64_t rows, int64_t width) {
    return at::from_blob(const_cast<float*>(data), {rows, width}, at::kFloat);
  };
  const at::Tensor matrix = transposed ? view(b, columns, size).t() : view(b, size, columns);
  view(sum, 1, columns).addmm_(view(row, 1, size), matrix);
#endif
}

double ProductOperations() { return OwnOperations(); }

void CountProduct(double operations) { OwnOperations() += operations; }

at::Tensor Multiplied(const at::Tensor& a, const at::Tensor& b) {
  at::Tensor c = at::empty({a.size(0), b.size(1)}, a.options().requires_grad(false));
  Multiply(a, b, c);
  return c;
}

}  // namespace peekaboo::worldmodel
