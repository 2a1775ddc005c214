#include "worldmodel/kernels/parameters.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/random.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kAlignment = 16;  // numbers: a cache line

int64_t Count(const std::vector<int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

}  // namespace

void Parameters::Declare(std::string name, std::vector<int64_t> shape, double bound,
                         ParameterGroup group) {
  PEEKABOO_CHECK(!flat_.defined());
  entries_.push_back({std::move(name), std::move(shape), group, bound, 0, {}});
}

void Parameters::DeclareLayer(const std::string& name, std::vector<int64_t> weight_shape,
                              double gain, ParameterGroup group) {
  const int64_t out = weight_shape.front();
  const int64_t fan_in = Count(weight_shape) / out;
  const double root = std::sqrt(static_cast<double>(fan_in));
  Declare(name + ".weight", std::move(weight_shape), gain * std::sqrt(3.0) / root, group);
  Declare(name + ".bias", {out}, 1.0 / root, group);
}

void Parameters::Allocate(uint64_t seed) {
  PEEKABOO_CHECK(!flat_.defined());
  int64_t size = 0;
  for (Entry& entry : entries_) {
    entry.offset = size;
    size += (Count(entry.shape) + kAlignment - 1) / kAlignment * kAlignment;
  }
  flat_ = at::zeros({size}, at::kFloat);
  flat_bf16_ = at::zeros({size}, at::kBFloat16);
  for (Entry& entry : entries_) {
    RandomStream random(seed, "init/" + entry.name);
    float* numbers = flat_.data_ptr<float>() + entry.offset;
    for (int64_t i = 0; i < Count(entry.shape); ++i) {
      numbers[i] = static_cast<float>(random.Uniform(-entry.bound, entry.bound));
    }
    const auto view = [&](const at::Tensor& buffer) {
      return buffer.narrow(0, entry.offset, Count(entry.shape)).view(entry.shape);
    };
    entry.weight = {view(flat_).set_requires_grad(true), view(flat_bf16_),
                    static_cast<int>(&entry - entries_.data())};
  }
  RefreshShadow();
}

void Parameters::RefreshShadow() {
  const at::NoGradGuard no_gradient;
  flat_bf16_.copy_(flat_);
}

const Weight& Parameters::Get(const std::string& name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return entry.weight;
  }
  PEEKABOO_CHECK(!"a parameter of that name");
  return entries_.front().weight;
}

}  // namespace peekaboo::worldmodel
