#include "worldmodel/learners/distance_loss.h"

#include <ATen/ATen.h>

namespace peekaboo::worldmodel {
namespace {

constexpr double kApart = 0.01;  // c: an action is then a few percent longer than 1
constexpr double kFar = 40;      // actions; what lies further apart is not pushed on

}  // namespace

at::Tensor ComputeDistanceLoss(const Network& network, const at::Tensor& z, at::ScalarType type,
                               GradientTape* tape) {
  const at::Tensor embedded = network.distance.Embed(z.detach(), type, tape);
  const at::Tensor step = EmbeddingDistance(embedded.slice(0, 1), embedded.slice(0, 0, -1));
  const at::Tensor local = (step - 1).clamp_min(0).square().mean();
  const at::Tensor pairs = at::triu_indices(z.size(0), z.size(0), /*offset=*/1);
  const at::Tensor far =
      EmbeddingDistance(embedded.index_select(0, pairs[0]), embedded.index_select(0, pairs[1]));
  return local + kApart * at::softplus(kFar - far).mean();
}

}  // namespace peekaboo::worldmodel
