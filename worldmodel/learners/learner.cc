#include "worldmodel/learners/learner.h"

#include "base/check.h"

namespace peekaboo::worldmodel {
namespace {

struct Row {
  const char* kind;  // ModelConfig::kind
  std::unique_ptr<Learner> (*make)(const TrainConfig& config);
};

constexpr Row kTable[] = {
    {"jepa", MakeJepaLearner},
    {"pixel", MakePixelLearner},
};

}  // namespace

BatchTerm Learner::BatchLoss(const Network&, const at::Tensor&, int64_t) {
  PEEKABOO_CHECK(false && "asked for a term that there is not");
  return {};
}

std::unique_ptr<Learner> MakeLearner(const ModelConfig& model, const TrainConfig& config) {
  for (const Row& row : kTable) {
    if (model.kind == row.kind) return row.make(config);
  }
  PEEKABOO_CHECK(false && "no row for ModelConfig::kind, or the configuration was not validated");
  return nullptr;
}

}  // namespace peekaboo::worldmodel
