#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace peekaboo::worldmodel {

/// Groups whose gradients are clipped apart.
enum class ParameterGroup { kMain, kVariance };

/// All trainable numbers of a network as views into one flat f32 buffer, so that the optimiser is
/// one loop over memory and a copy of a network is one memcpy. Declare everything, Allocate once,
/// then look tensors up by name. Internal to worldmodel; one thread at a time.
class Parameters {
 public:
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    ParameterGroup group;
    double bound;    ///< initial values are uniform in [-bound, bound]
    int64_t offset;  ///< numbers from the start of the buffer, a multiple of 16
    at::Tensor value;  ///< leaf that requires gradients, a view into the buffer
  };

  void Declare(std::string name, std::vector<int64_t> shape, double bound,
               ParameterGroup group = ParameterGroup::kMain);
  /// "name.weight" [out, in...] and "name.bias" [out], uniform within 1 / sqrt(fan_in): He et al.
  /// 2015 with a = sqrt(5), what LibTorch gives its layers.
  void DeclareLayer(const std::string& name, std::vector<int64_t> weight_shape,
                    ParameterGroup group = ParameterGroup::kMain);

  /// Lays the buffer out and fills it from RandomStream(seed, "init/" + name).
  void Allocate(uint64_t seed);

  /// Throws a CHECK failure when there is no such parameter.
  const at::Tensor& Get(const std::string& name) const;
  const std::vector<Entry>& entries() const { return entries_; }
  /// The flat buffer, padded with zeros between entries.
  const at::Tensor& flat() const { return flat_; }

 private:
  std::vector<Entry> entries_;
  at::Tensor flat_;
};

}  // namespace peekaboo::worldmodel
