#include "worldmodel/learners/distance_loss.h"

#include <ATen/ATen.h>

namespace peekaboo::worldmodel {
namespace {

constexpr double kApart = 0.01;  // c: an action is then a few percent longer than 1
constexpr double kFar = 40;      // actions; what lies further apart is not pushed on

}  // namespace

at::Tensor ComputeDistanceLoss(const Network& network, const at::Tensor& before,
                               const at::Tensor& after, at::ScalarType type, GradientTape* tape) {
  const at::Tensor embedded = network.distance.Embed(at::cat({before, after}).detach(), type, tape);
  const int64_t moments = before.size(0);
  const at::Tensor step =
      EmbeddingDistance(embedded.slice(0, 0, moments), embedded.slice(0, moments));
  const at::Tensor local = (step - 1).clamp_min(0).square().mean();
  const at::Tensor far = EmbeddingDistance(embedded.unsqueeze(0), embedded.unsqueeze(1));
  return local + kApart * at::softplus(kFar - far).mean();
}

}  // namespace peekaboo::worldmodel
