#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace peekaboo::worldmodel {

/// What a straight line can read out of a latent: ridge regression on standardised features
/// (Alain & Bengio 2017, linear probes). With x~ = (x - mean) / std per feature over the training
/// rows, it solves (X~'X~ / N + ridge I) W = X~'(Y - mean(Y)) / N by Cholesky in double precision.
/// Matrices are row-major spans [N, width]. Borrows nothing after the call; any thread, the
/// products use the calling thread's LibTorch settings.
class LinearProbe {
 public:
  /// N >= 1 rows of F features and Y targets. Features that never change are left out. `ridge` > 0
  /// is in units of a standardised feature's variance. Non-finite features or targets (a diverged
  /// network) give a probe that predicts NaN.
  static LinearProbe Fit(std::span<const float> features, int feature_size,
                         std::span<const float> targets, int target_size, double ridge = 1e-3);

  /// What Fit found, from a file: weight [F, Y] and bias [Y], Y >= 1.
  static LinearProbe FromNumbers(int feature_size, std::vector<double> weight,
                                 std::vector<double> bias);

  /// [N, F] -> [N, Y].
  std::vector<float> Predict(std::span<const float> features) const;

  int feature_size() const { return feature_size_; }
  int target_size() const { return target_size_; }
  /// [F, Y] and [Y]: a prediction is features * weight + bias.
  std::span<const double> weight() const { return weight_; }
  std::span<const double> bias() const { return bias_; }

 private:
  int feature_size_ = 0;
  int target_size_ = 0;
  // y = weight' x + bias in the features' own units; weight [F, Y], bias [Y].
  std::vector<double> weight_;
  std::vector<double> bias_;
};

/// R^2 of each of the Y targets, 1 - sum (y - yhat)^2 / sum (y - mean(y))^2 over these rows: 1 is
/// perfect, 0 is as good as their mean, below 0 is worse. NaN for a target that never changes, and
/// for no rows.
std::vector<double> RSquared(std::span<const float> predictions, std::span<const float> targets,
                             int target_size);

/// Which of C classes a row belongs to: a LinearProbe to one target a class (+1 for the row's own,
/// -1 for the others), the largest answer wins.
class LinearClassifier {
 public:
  /// Labels in [0, class_count).
  static LinearClassifier Fit(std::span<const float> features, int feature_size,
                              std::span<const int32_t> labels, int class_count,
                              double ridge = 1e-3);

  /// [N, F] -> [N] labels; -1 where the answer is NaN.
  std::vector<int32_t> Predict(std::span<const float> features) const;

 private:
  LinearProbe probe_;
};

/// How often a probe names the right class.
struct ClassifierScore {
  int64_t rows = 0;              ///< N
  double accuracy = 0;           ///< share of rows that are right
  double balanced_accuracy = 0;  ///< mean over the classes present: chance is 1 / classes
  double majority = 0;           ///< accuracy of always naming the most frequent label
};

/// All NaN for no rows.
ClassifierScore ScoreClassifier(std::span<const int32_t> predictions,
                                std::span<const int32_t> labels);

/// The rows of an [N, width] matrix whose mask [N] is not 0: to split, or to look only at frames in
/// which an object is hidden.
std::vector<float> SelectRows(std::span<const float> matrix, int width,
                              std::span<const uint8_t> mask);

}  // namespace peekaboo::worldmodel
