#include "worldmodel/readout/latent_projection.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int kAxes = LatentProjection::kAxes;
// Axes with variances within this factor may change places between fits.
constexpr double kAboutEqual = 1.5;
// Variance below this share of the largest, and of the numbers' own size, is rounding.
constexpr double kRounding = 1e-12;

bool Finite(std::span<const float> row) {
  return std::ranges::all_of(row, [](float x) { return std::isfinite(x); });
}

at::Tensor FiniteRows(std::span<const float> rows, int size) {
  std::vector<double> kept;
  for (size_t at = 0; at < rows.size(); at += size) {
    const std::span<const float> row = rows.subspan(at, size);
    if (Finite(row)) kept.insert(kept.end(), row.begin(), row.end());
  }
  const auto count = static_cast<int64_t>(kept.size()) / size;
  return at::from_blob(kept.data(), {count, size}, at::kDouble).clone();
}

// Up to three principal axes of centred rows, [., size], and their variances, largest first. From
// the smaller of the two Gram matrices, which share their eigenvalues.
std::pair<at::Tensor, std::vector<double>> Principal(const at::Tensor& centred, double scale) {
  const int64_t count = centred.size(0), size = centred.size(1);
  const bool wide = count < size;
  const at::Tensor gram = wide ? at::mm(centred, centred.t()) : at::mm(centred.t(), centred);
  const auto [values, vectors] = at::linalg_eigh(gram / static_cast<double>(count));
  std::vector<double> variances;
  std::vector<at::Tensor> axes;
  const int64_t all = values.size(0);
  for (int64_t i = 0; i < std::min<int64_t>(kAxes, all); ++i) {
    const double variance = values[all - 1 - i].item<double>();
    const double largest = values[all - 1].item<double>();
    if (!(variance > kRounding * largest) || !(variance > kRounding * scale)) break;
    at::Tensor axis = vectors.select(1, all - 1 - i);
    if (wide) axis = at::mv(centred.t(), axis);
    axes.push_back(axis / axis.norm());
    variances.push_back(variance);
  }
  return {axes.empty() ? at::zeros({0, size}, at::kDouble) : at::stack(axes), variances};
}

double Dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double LargestNumber(std::span<const double> axis) {
  return *std::ranges::max_element(axis, {}, [](double x) { return std::abs(x); });
}

// Which found axis comes where.
using Order = std::array<int, kAxes>;
constexpr Order kAsFound = {0, 1, 2};

// The order most like the previous one, of those in which only about equal axes change places.
Order OrderLike(const LatentProjection& previous, const std::vector<std::span<const double>>& found,
                const std::vector<double>& variances) {
  const int count = static_cast<int>(found.size());
  Order order = kAsFound, best = order;
  double best_likeness = -1;
  do {
    double likeness = 0;
    for (int i = 0; i < kAxes && likeness >= 0; ++i) {
      const bool moves = order[i] != i;
      if (moves && (std::max(order[i], i) >= count ||
                    std::max(variances[i], variances[order[i]]) >
                        kAboutEqual * std::min(variances[i], variances[order[i]]))) {
        likeness = -1;
      } else if (order[i] < count) {
        likeness += std::abs(Dot(found[order[i]], previous.Axis(i)));
      }
    }
    if (likeness > best_likeness) {
      best_likeness = likeness;
      best = order;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

}  // namespace

LatentProjection LatentProjection::Fit(std::span<const float> rows, int size,
                                       const LatentProjection* previous) {
  PEEKABOO_CHECK(size > 0 && rows.size() % static_cast<size_t>(size) == 0);
  const at::NoGradGuard no_gradient;
  if (previous && previous->size() != size) previous = nullptr;
  LatentProjection fit;
  fit.mean_.assign(size, 0.0);
  fit.axes_.assign(static_cast<size_t>(kAxes) * size, 0.0);
  const at::Tensor kept = FiniteRows(rows, size);
  if (kept.size(0) == 0) return fit;

  const at::Tensor mean = kept.mean(0).contiguous();
  std::copy_n(mean.data_ptr<double>(), size, fit.mean_.begin());
  const at::Tensor centred = kept - mean;
  const double count = static_cast<double>(kept.size(0));
  const double total = centred.square().sum().item<double>() / count;
  const auto [axes, variances] =
      Principal(centred, kept.square().sum().item<double>() / count / size);
  std::vector<std::span<const double>> found;
  for (size_t i = 0; i < variances.size(); ++i)
    found.emplace_back(axes.data_ptr<double>() + i * size, size);
  const Order order = previous ? OrderLike(*previous, found, variances) : kAsFound;
  for (size_t i = 0; i < found.size(); ++i) {
    const std::span<const double> axis = found[order[i]];
    const double likeness = previous ? Dot(axis, previous->Axis(static_cast<int>(i))) : 0;
    const double sign = (likeness != 0 ? likeness : LargestNumber(axis)) < 0 ? -1 : 1;
    for (int d = 0; d < size; ++d) fit.axes_[i * size + d] = sign * axis[d];
    fit.explained_[i] = std::min(1.0, variances[order[i]] / total);
  }
  return fit;
}

LatentProjection LatentProjection::FromNumbers(std::vector<double> mean, std::vector<double> axes,
                                               std::span<const double> explained) {
  PEEKABOO_CHECK(axes.size() == kAxes * mean.size() && explained.size() == kAxes);
  LatentProjection projection;
  projection.mean_ = std::move(mean);
  projection.axes_ = std::move(axes);
  std::ranges::copy(explained, projection.explained_.begin());
  return projection;
}

std::vector<float> LatentProjection::Project(std::span<const float> rows) const {
  PEEKABOO_CHECK(size() > 0 && rows.size() % mean_.size() == 0);
  std::vector<float> points;
  points.reserve(rows.size() / mean_.size() * kAxes);
  for (size_t at = 0; at < rows.size(); at += mean_.size()) {
    const std::span<const float> row = rows.subspan(at, mean_.size());
    const bool finite = Finite(row);
    for (int i = 0; i < kAxes; ++i) {
      const std::span<const double> axis = Axis(i);
      double sum = 0;
      for (size_t d = 0; finite && d < row.size(); ++d) sum += (row[d] - mean_[d]) * axis[d];
      points.push_back(static_cast<float>(sum));
    }
  }
  return points;
}

std::span<const double> LatentProjection::Axis(int axis) const {
  PEEKABOO_CHECK(axis >= 0 && axis < kAxes);
  return std::span(axes_).subspan(axis * mean_.size(), mean_.size());
}

}  // namespace peekaboo::worldmodel
