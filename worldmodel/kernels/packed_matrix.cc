#include "worldmodel/kernels/packed_matrix.h"

#include <ATen/ATen.h>
#include <dnnl.h>

#include <algorithm>
#include <array>
#include <list>
#include <map>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/onednn.h"
#include "worldmodel/kernels/products.h"

namespace peekaboo::worldmodel {
namespace {

using dnnl::memory;

// Rows of one product at most: oneDNN makes a kernel for each number of rows.
constexpr int64_t kMostRows = 480;

struct PackedPlan {
  memory::desc a, b, c, scratchpad;
  dnnl::matmul run;
};

memory::desc Plain(const at::Tensor& x) {
  return {{x.size(0), x.size(1)}, ToDnnl(x.scalar_type()), {x.stride(0), x.stride(1)}};
}

// nullptr if oneDNN has none for this processor.
std::shared_ptr<const PackedPlan> FindPlan(const at::Tensor& a, const at::Tensor& c) {
  using Key = std::array<int64_t, 4>;
  Processor();  // lives longer than the plans
  static std::mutex mutex;
  static std::map<Key, std::shared_ptr<const PackedPlan>> plans;
  const Key key = {c.size(0), c.size(1), a.size(1), static_cast<int64_t>(c.scalar_type())};
  const std::lock_guard lock(mutex);
  const auto found = plans.find(key);
  if (found != plans.end()) return found->second;
  std::shared_ptr<const PackedPlan> plan;
  try {
    const memory::desc any({a.size(1), c.size(1)}, ToDnnl(a.scalar_type()),
                           memory::format_tag::any);
    const auto description = DescribeProduct(Plain(a), any, Plain(c), /*add=*/false);
    plan = std::make_shared<const PackedPlan>(
        PackedPlan{description.src_desc(), description.weights_desc(), description.dst_desc(),
                   description.scratchpad_desc(), dnnl::matmul(description)});
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
  }
  plans.emplace(key, plan);
  return plan;
}

struct Layout {
  memory::desc description;
  at::Tensor numbers;  // bytes
};

}  // namespace

// Products of few rows may want another layout than those of many.
struct PackedMatrix::Layouts {
  std::mutex mutex;
  std::list<Layout> list;

  const Layout& Get(const at::Tensor& b, const memory::desc& description) {
    const std::lock_guard lock(mutex);
    const auto found = std::find_if(list.begin(), list.end(), [&](const Layout& layout) {
      return layout.description == description;
    });
    if (found != list.end()) return *found;
    Layout layout{description,
                  at::empty({static_cast<int64_t>(description.get_size())}, at::kByte)};
    memory from = Wrap(Plain(b), b), to = Wrap(description, layout.numbers);
    Execute(dnnl::reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}, {});
    return list.emplace_back(std::move(layout));
  }
};

PackedMatrix::PackedMatrix(const at::Tensor& b)
    : b_(b.detach()), layouts_(std::make_unique<Layouts>()) {
  PEEKABOO_CHECK(b.dim() == 2);
}

PackedMatrix::PackedMatrix(PackedMatrix&&) noexcept = default;
PackedMatrix::~PackedMatrix() = default;

void PackedMatrix::Multiply(const at::Tensor& a, const at::Tensor& c) const {
  PEEKABOO_CHECK(a.scalar_type() == b_.scalar_type() && a.size(1) == b_.size(0));
  PEEKABOO_CHECK(c.size(0) == a.size(0) && c.size(1) == b_.size(1));
  PEEKABOO_CHECK(a.is_contiguous() && c.is_contiguous());
  const at::AutoDispatchBelowAutograd no_graph;
  if (a.scalar_type() == at::kFloat) {  // no layout of its own would be faster
    worldmodel::Multiply(a, b_, c);
    return;
  }
  UseNoOtherThreads();
  for (int64_t row = 0; row < a.size(0); row += kMostRows) {
    const int64_t height = std::min(kMostRows, a.size(0) - row);
    const at::Tensor some = a.narrow(0, row, height), to = c.narrow(0, row, height);
    const auto plan = FindPlan(some, to);
    if (plan == nullptr) {
      worldmodel::Multiply(some, b_, to);
      continue;
    }
    const Layout& layout = layouts_->Get(b_, plan->b);
    CountProduct(2.0 * static_cast<double>(to.numel() * a.size(1)));
    Execute(plan->run,
            {{DNNL_ARG_SRC, Wrap(plan->a, some)},
             {DNNL_ARG_WEIGHTS, Wrap(plan->b, layout.numbers)},
             {DNNL_ARG_DST, Wrap(plan->c, to)}},
            plan->scratchpad);
  }
}

}  // namespace peekaboo::worldmodel
