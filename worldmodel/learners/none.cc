#include <ATen/ATen.h>

#include "worldmodel/learners/anti_collapse.h"

namespace peekaboo::worldmodel {
namespace {

// Nothing holds the latents apart: the control that shows the collapse.
class NoObjective : public AntiCollapse {
 public:
  at::Tensor Penalty(const Latents& latents) override {
    return at::zeros({}, latents.z.options().requires_grad(false));
  }
};

}  // namespace

std::unique_ptr<AntiCollapse> MakeNoObjective(const TrainConfig&) {
  return std::make_unique<NoObjective>();
}

}  // namespace peekaboo::worldmodel
