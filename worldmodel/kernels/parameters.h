#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace peekaboo::worldmodel {

/// Deviation of a layer's output over that of its input, before training (He et al. 2015, equation
/// 10): kReluGain keeps the size of signals through a ReLU that follows, kLinearGain where none
/// does. kOutputGain, what LibTorch gives its layers, suits outputs, which had better start small.
inline constexpr double kReluGain = 1.4142135623730951;
inline constexpr double kLinearGain = 1.0;
inline constexpr double kOutputGain = 0.5773502691896258;

/// Groups whose gradients are clipped apart.
enum class ParameterGroup { kMain, kVariance };

/// A parameter as a layer uses it.
struct Weight {
  at::Tensor value;  ///< f32 leaf that gets the gradient
  at::Tensor bf16;   ///< the same numbers rounded, for products in bf16
  int index = -1;    ///< in Parameters::entries()

  const at::Tensor& As(at::ScalarType type) const { return type == at::kFloat ? value : bf16; }
};

/// All trainable numbers of a network as views into one flat f32 buffer, so that the optimiser is
/// one loop over memory, and into a bf16 shadow of it, so that nothing is rounded twice. Declare
/// everything, Allocate once, then look tensors up by name. Internal to worldmodel; one thread at a
/// time.
class Parameters {
 public:
  /// One tensor of the network.
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    ParameterGroup group;
    double bound;    ///< initial values are uniform in [-bound, bound]
    int64_t offset;  ///< numbers from the start of the buffer, a multiple of 16
    Weight weight;   ///< views into the buffers
  };

  void Declare(std::string name, std::vector<int64_t> shape, double bound,
               ParameterGroup group = ParameterGroup::kMain);
  /// "name.weight" [out, in...], uniform with deviation gain / sqrt(fan_in), and "name.bias" [out],
  /// uniform within 1 / sqrt(fan_in).
  void DeclareLayer(const std::string& name, std::vector<int64_t> weight_shape, double gain,
                    ParameterGroup group = ParameterGroup::kMain);

  /// Lays the buffer out and fills it from RandomStream(seed, "init/" + name).
  void Allocate(uint64_t seed);

  /// Throws a CHECK failure when there is no such parameter.
  const Weight& Get(const std::string& name) const;
  const std::vector<Entry>& entries() const { return entries_; }
  /// The flat buffer, padded with zeros between entries, and its bf16 shadow.
  const at::Tensor& flat() const { return flat_; }
  const at::Tensor& flat_bf16() const { return flat_bf16_; }
  /// Brings the shadow up to date after `flat` was written to.
  void RefreshShadow();

 private:
  std::vector<Entry> entries_;
  at::Tensor flat_, flat_bf16_;
};

}  // namespace peekaboo::worldmodel
