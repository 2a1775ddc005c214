#include "worldmodel/learners/vicreg.h"

#include <torch/torch.h>

#include "base/check.h"
#include "worldmodel/kernels/products.h"
#include "worldmodel/learners/anti_collapse.h"

namespace peekaboo::worldmodel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// With X the centred samples and C = X^T X / (N - 1), the loss is a function of C alone, and its
// gradient is X S with S = 2 / (N - 1) * dloss/dC: one small product instead of autograd's dozen
// passes. Centring needs no way back, because the columns of X S already sum to zero.
class VicRegFunction : public torch::autograd::Function<VicRegFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& samples,
                            double covariance_weight) {
    const int64_t count = samples.size(0), size = samples.size(1);
    const at::Tensor centred = samples - samples.mean(0, /*keepdim=*/true);
    const at::Tensor covariance = Multiplied(centred.t(), centred) / static_cast<double>(count - 1);
    const at::Tensor deviation = (covariance.diagonal() + 1e-4).sqrt();
    const at::Tensor others = covariance - at::diag(covariance.diagonal());
    at::Tensor loss =
        (1 - deviation).clamp_min(0).mean() + others.square().sum() * (covariance_weight / size);
    const at::Tensor by_variance = (deviation < 1).to(at::kFloat) * (-0.5 / size) / deviation;
    const at::Tensor slope = others * (2 * covariance_weight / size) + at::diag(by_variance);
    context->save_for_backward({centred, slope * (2.0 / static_cast<double>(count - 1))});
    return loss;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    return {Multiplied(saved[0], saved[1] * gradients[0]), at::Tensor()};
  }
};

// Each patch of each frame is one sample; once as it is, and once without what stays the same
// through a clip, so that change must be encoded, not only content.
class VicRegObjective : public AntiCollapse {
 public:
  explicit VicRegObjective(const TrainConfig& config)
      : covariance_weight_(config.vicreg.covariance_weight),
        temporal_weight_(config.temporal_weight) {}

  at::Tensor Penalty(const Latents& latents) override {
    const at::Tensor& z = latents.z;
    at::Tensor loss = VicReg(z.flatten(0, 2), covariance_weight_);
    if (temporal_weight_ > 0) {
      const at::Tensor centred = z - z.mean(1, /*keepdim=*/true);
      loss = loss + VicReg(centred.flatten(0, 2), covariance_weight_) * temporal_weight_;
    }
    return loss;
  }

 private:
  double covariance_weight_;
  double temporal_weight_;
};

}  // namespace

at::Tensor VicReg(const at::Tensor& samples, double covariance_weight) {
  PEEKABOO_CHECK(samples.dim() == 2 && samples.size(0) > 1);
  return VicRegFunction::apply(samples, covariance_weight);
}

const ConfigDescription<VicRegConfig>& VicRegConfig::Describe() {
  using C = VicRegConfig;
  static const auto description = ConfigDescription<C>("Variance and covariance of the latents.")
                                      .Field("covariance_weight", &C::covariance_weight,
                                             "Weight of the covariances", {.min = 0, .max = 1e4});
  return description;
}

std::unique_ptr<AntiCollapse> MakeVicReg(const TrainConfig& config) {
  return std::make_unique<VicRegObjective>(config);
}

}  // namespace peekaboo::worldmodel
