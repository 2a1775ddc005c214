#include "worldmodel/model/prediction_space.h"

#include "base/check.h"

namespace peekaboo::worldmodel {
namespace {

// Every kind of model has a row; several may predict in the same space.
struct Row {
  const char* kind;  // ModelConfig::kind
  const PredictionSpaceType* space;
};

constexpr Row kTable[] = {
    {"jepa", &kLatentSpace},
    {"pixel", &kPixelSpace},
};

const PredictionSpaceType& TypeOf(const ModelConfig& config) {
  for (const Row& row : kTable) {
    if (config.kind == row.kind) return *row.space;
  }
  PEEKABOO_CHECK(false && "no row for ModelConfig::kind, or the configuration was not validated");
  return kLatentSpace;
}

}  // namespace

at::Tensor PredictionSpace::DrawFrames(const at::Tensor&, GradientTape*) const {
  PEEKABOO_CHECK(false && "predictions of this space are no frames");
  return {};
}

int64_t PredictionSize(const ModelConfig& config) { return TypeOf(config).prediction_size(config); }

int64_t VarianceSize(const ModelConfig& config) { return TypeOf(config).variance_size(config); }

void DeclarePredictionSpace(const ModelConfig& config, Parameters& parameters) {
  TypeOf(config).declare(config, parameters);
}

std::unique_ptr<PredictionSpace> MakePredictionSpace(const ModelConfig& config,
                                                     const Parameters& parameters) {
  return TypeOf(config).make(config, parameters);
}

}  // namespace peekaboo::worldmodel
