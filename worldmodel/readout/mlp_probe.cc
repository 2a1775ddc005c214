#include "worldmodel/readout/mlp_probe.h"

#include <ATen/ATen.h>

#include <string>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "worldmodel/kernels/layers.h"
#include "worldmodel/kernels/parameters.h"
#include "worldmodel/learners/lesson.h"

namespace peekaboo::worldmodel {
namespace {

constexpr int kLayers = 3;
constexpr int64_t kLanes = 4;
constexpr double kConstant = 1e-6;  // deviation below which a number never changes

std::string Name(int layer) { return "probe." + std::to_string(layer); }

Parameters Allocate(int64_t features, int64_t targets, const MlpProbe::Options& options) {
  Parameters parameters;
  parameters.DeclareLayer(Name(0), {options.hidden, features}, kReluGain);
  parameters.DeclareLayer(Name(1), {options.hidden, options.hidden}, kReluGain);
  parameters.DeclareLayer(Name(2), {targets, options.hidden}, kOutputGain);
  parameters.Allocate(options.seed);
  return parameters;
}

/// x -> (x - mean) / deviation, of each column; 0 for what never changes.
struct Standard {
  at::Tensor mean, deviation, inverse;  // [columns] f32

  explicit Standard(const at::Tensor& x)
      : mean(x.mean(0)),
        deviation(x.std(0, /*unbiased=*/false)),
        inverse(at::where(deviation > kConstant, deviation.reciprocal(), at::zeros({}))) {}
  at::Tensor operator()(const at::Tensor& x) const { return (x - mean) * inverse; }
};

}  // namespace

MlpProbe MlpProbe::Fit(const at::Tensor& features, const at::Tensor& targets,
                       const Options& options) {
  PEEKABOO_CHECK(features.dim() == 2 && targets.dim() == 2 && features.size(0) >= 1);
  PEEKABOO_CHECK(features.size(0) == targets.size(0) && options.rows % kLanes == 0);
  const Standard in(features.detach()), out(targets.detach());
  const at::Tensor x = in(features.detach()), y = out(targets.detach());
  Parameters parameters = Allocate(x.size(1), y.size(1), options);
  Lesson lesson;
  lesson.steps = options.steps;
  lesson.learning_rate = options.learning_rate;
  lesson.lanes = kLanes;
  lesson.loss = [&](int64_t step, int64_t lane, GradientTape* tape) {
    RandomStream random(options.seed, "probe", static_cast<uint64_t>(step * kLanes + lane));
    std::vector<int64_t> drawn(options.rows / kLanes);
    for (int64_t& row : drawn) row = static_cast<int64_t>(random.Below(x.size(0)));
    const at::Tensor rows = at::tensor(drawn);
    at::Tensor guess = x.index_select(0, rows);
    for (int layer = 0; layer < kLayers; ++layer)
      guess = Linear(guess, parameters.Get(Name(layer) + ".weight"),
                     parameters.Get(Name(layer) + ".bias"), /*relu=*/layer + 1 < kLayers, tape);
    return (guess - y.index_select(0, rows)).square().mean() / static_cast<double>(kLanes);
  };
  RunLesson(parameters, lesson);
  std::vector<Layer> layers;
  for (int layer = 0; layer < kLayers; ++layer) {
    layers.push_back({parameters.Get(Name(layer) + ".weight").value.detach().clone(),
                      parameters.Get(Name(layer) + ".bias").value.detach().clone()});
  }
  // The first layer takes the features as they are, the last one gives the targets' own units.
  Layer& first = layers.front();
  Layer& last = layers.back();
  first.weight = first.weight * in.inverse;
  first.bias = first.bias - first.weight.mv(in.mean);
  last.weight = last.weight * out.deviation.unsqueeze(1);
  last.bias = last.bias * out.deviation + out.mean;
  return MlpProbe(std::move(layers));
}

MlpProbe::MlpProbe(std::vector<Layer> layers) : layers_(std::move(layers)) {
  PEEKABOO_CHECK(!layers_.empty());
  for (const Layer& layer : layers_)
    PEEKABOO_CHECK(layer.weight.dim() == 2 && layer.weight.size(0) == layer.bias.size(0));
}

int64_t MlpProbe::feature_size() const { return layers_.front().weight.size(1); }
int64_t MlpProbe::target_size() const { return layers_.back().weight.size(0); }

at::Tensor MlpProbe::Predict(const at::Tensor& features) const {
  at::Tensor y = features;
  for (size_t i = 0; i < layers_.size(); ++i) {
    y = at::addmm(layers_[i].bias, y, layers_[i].weight.t());
    if (i + 1 < layers_.size()) y = at::relu(y);
  }
  return y;
}

}  // namespace peekaboo::worldmodel
