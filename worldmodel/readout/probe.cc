#include "worldmodel/readout/probe.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "base/check.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int64_t kBlockRows = 4096;  // bounds the double copy: 32 MiB at 1024 features
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// [rows, width], double, a copy.
at::Tensor Block(std::span<const float> matrix, int64_t width, int64_t begin, int64_t rows) {
  float* first = const_cast<float*>(matrix.data()) + begin * width;
  return at::from_blob(first, {rows, width}, at::kFloat).to(at::kDouble);
}

int64_t Rows(std::span<const float> matrix, int width) {
  PEEKABOO_CHECK(width > 0 && matrix.size() % static_cast<size_t>(width) == 0);
  return static_cast<int64_t>(matrix.size()) / width;
}

template <typename Body>
void EachBlock(int64_t rows, Body body) {
  for (int64_t begin = 0; begin < rows; begin += kBlockRows) {
    body(begin, std::min(kBlockRows, rows - begin));
  }
}

struct Moments {
  at::Tensor mean;   // [width]
  at::Tensor scale;  // [width], 1 / std, 0 where nothing changes
};

Moments MomentsOf(std::span<const float> matrix, int width, int64_t rows) {
  at::Tensor mean = at::zeros({width}, at::kDouble);
  EachBlock(rows, [&](int64_t begin, int64_t count) {
    mean += Block(matrix, width, begin, count).sum(0);
  });
  mean /= static_cast<double>(rows);
  at::Tensor variance = at::zeros({width}, at::kDouble);
  EachBlock(rows, [&](int64_t begin, int64_t count) {
    variance += (Block(matrix, width, begin, count) - mean).square_().sum(0);
  });
  const at::Tensor std = (variance / static_cast<double>(rows)).sqrt();
  // The mean of equal floats is rounded, so their measured spread is tiny but not 0.
  const at::Tensor constant = std <= mean.abs() * 1e-9;
  return {mean, at::where(constant, at::zeros_like(std), std.reciprocal())};
}

}  // namespace

LinearProbe LinearProbe::Fit(std::span<const float> features, int feature_size,
                             std::span<const float> targets, int target_size, double ridge) {
  const int64_t rows = Rows(features, feature_size);
  PEEKABOO_CHECK(rows >= 1 && rows == Rows(targets, target_size) && ridge > 0);
  const at::NoGradGuard no_grad;

  const Moments x = MomentsOf(features, feature_size, rows);
  const Moments y = MomentsOf(targets, target_size, rows);
  at::Tensor gram = at::zeros({feature_size, feature_size}, at::kDouble);
  at::Tensor cross = at::zeros({feature_size, target_size}, at::kDouble);
  EachBlock(rows, [&](int64_t begin, int64_t count) {
    const at::Tensor block = (Block(features, feature_size, begin, count) - x.mean).mul_(x.scale);
    const at::Tensor transposed = block.t();
    gram.addmm_(transposed, block);
    cross.addmm_(transposed, Block(targets, target_size, begin, count) - y.mean);
  });
  gram /= static_cast<double>(rows);
  cross /= static_cast<double>(rows);
  gram.diagonal().add_(ridge);

  LinearProbe probe;
  probe.feature_size_ = feature_size;
  probe.target_size_ = target_size;
  const bool finite = gram.isfinite().all().item<bool>() && cross.isfinite().all().item<bool>();
  at::Tensor weight = at::full({feature_size, target_size}, kNan, at::kDouble);
  if (finite) {
    const auto [factor, info] = at::linalg_cholesky_ex(gram);
    PEEKABOO_CHECK(info.item<int>() == 0);  // X~'X~ + ridge I is positive definite
    weight = at::cholesky_solve(cross, factor) * x.scale.unsqueeze(1);
  }
  weight = weight.contiguous();
  const at::Tensor bias = (y.mean - at::matmul(x.mean, weight)).contiguous();
  probe.weight_.assign(weight.data_ptr<double>(), weight.data_ptr<double>() + weight.numel());
  probe.bias_.assign(bias.data_ptr<double>(), bias.data_ptr<double>() + bias.numel());
  return probe;
}

LinearProbe LinearProbe::FromNumbers(int feature_size, std::vector<double> weight,
                                     std::vector<double> bias) {
  PEEKABOO_CHECK(feature_size > 0 && !bias.empty() && weight.size() == feature_size * bias.size());
  LinearProbe probe;
  probe.feature_size_ = feature_size;
  probe.target_size_ = static_cast<int>(bias.size());
  probe.weight_ = std::move(weight);
  probe.bias_ = std::move(bias);
  return probe;
}

std::vector<float> LinearProbe::Predict(std::span<const float> features) const {
  PEEKABOO_CHECK(feature_size_ > 0);  // fitted
  const int64_t rows = Rows(features, feature_size_);
  const at::NoGradGuard no_grad;
  const at::Tensor weight = at::from_blob(const_cast<double*>(weight_.data()),
                                          {feature_size_, target_size_}, at::kDouble);
  const at::Tensor bias =
      at::from_blob(const_cast<double*>(bias_.data()), {target_size_}, at::kDouble);
  std::vector<float> predictions(static_cast<size_t>(rows) * target_size_);
  at::Tensor out = at::from_blob(predictions.data(), {rows, target_size_}, at::kFloat);
  EachBlock(rows, [&](int64_t begin, int64_t count) {
    out.narrow(0, begin, count)
        .copy_(at::addmm(bias, Block(features, feature_size_, begin, count), weight));
  });
  return predictions;
}

std::vector<double> RSquared(std::span<const float> predictions, std::span<const float> targets,
                             int target_size) {
  const int64_t rows = Rows(targets, target_size);
  PEEKABOO_CHECK(predictions.size() == targets.size());
  std::vector<double> scores;
  for (int column = 0; column < target_size; ++column) {
    const auto target = [&](int64_t row) -> double { return targets[row * target_size + column]; };
    double mean = 0;
    for (int64_t row = 0; row < rows; ++row) mean += target(row) / static_cast<double>(rows);
    double error = 0;
    double spread = 0;
    bool changes = false;
    for (int64_t row = 0; row < rows; ++row) {
      const double residual = target(row) - predictions[row * target_size + column];
      error += residual * residual;
      spread += (target(row) - mean) * (target(row) - mean);
      changes = changes || target(row) != target(0);
    }
    scores.push_back(changes ? 1.0 - error / spread : kNan);
  }
  return scores;
}

LinearClassifier LinearClassifier::Fit(std::span<const float> features, int feature_size,
                                       std::span<const int32_t> labels, int class_count,
                                       double ridge) {
  PEEKABOO_CHECK(class_count >= 2);
  std::vector<float> targets(labels.size() * class_count, -1.0f);
  for (size_t row = 0; row < labels.size(); ++row) {
    PEEKABOO_CHECK(labels[row] >= 0 && labels[row] < class_count);
    targets[row * class_count + labels[row]] = 1.0f;
  }
  LinearClassifier classifier;
  classifier.probe_ = LinearProbe::Fit(features, feature_size, targets, class_count, ridge);
  return classifier;
}

std::vector<int32_t> LinearClassifier::Predict(std::span<const float> features) const {
  const std::vector<float> answers = probe_.Predict(features);
  const int classes = probe_.target_size();
  std::vector<int32_t> labels;
  for (size_t row = 0; row * classes < answers.size(); ++row) {
    const auto first = answers.begin() + static_cast<int64_t>(row) * classes;
    const bool finite = std::none_of(first, first + classes, [](float a) { return std::isnan(a); });
    const auto best = std::max_element(first, first + classes);
    labels.push_back(finite ? static_cast<int32_t>(best - first) : -1);
  }
  return labels;
}

ClassifierScore ScoreClassifier(std::span<const int32_t> predictions,
                                std::span<const int32_t> labels) {
  PEEKABOO_CHECK(predictions.size() == labels.size());
  if (labels.empty()) return {0, kNan, kNan, kNan};
  struct Tally {
    int64_t rows = 0;
    int64_t right = 0;
  };
  std::map<int32_t, Tally> tallies;
  for (size_t row = 0; row < labels.size(); ++row) {
    Tally& tally = tallies[labels[row]];
    ++tally.rows;
    tally.right += predictions[row] == labels[row];
  }
  ClassifierScore score;
  score.rows = static_cast<int64_t>(labels.size());
  const double rows = static_cast<double>(score.rows);
  for (const auto& [label, tally] : tallies) {
    score.accuracy += static_cast<double>(tally.right) / rows;
    score.balanced_accuracy += static_cast<double>(tally.right) / static_cast<double>(tally.rows) /
                               static_cast<double>(tallies.size());
    score.majority = std::max(score.majority, static_cast<double>(tally.rows) / rows);
  }
  return score;
}

std::vector<float> SelectRows(std::span<const float> matrix, int width,
                              std::span<const uint8_t> mask) {
  PEEKABOO_CHECK(Rows(matrix, width) == static_cast<int64_t>(mask.size()));
  std::vector<float> selected;
  for (size_t row = 0; row < mask.size(); ++row) {
    if (mask[row] == 0) continue;
    const auto first = matrix.begin() + static_cast<int64_t>(row) * width;
    selected.insert(selected.end(), first, first + width);
  }
  return selected;
}

}  // namespace peekaboo::worldmodel
