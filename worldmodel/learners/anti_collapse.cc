#include "worldmodel/learners/anti_collapse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace peekaboo::worldmodel {
namespace {

struct Row {
  const char* name;
  std::unique_ptr<AntiCollapse> (*make)(const TrainConfig& config);
};

constexpr Row kTable[] = {
    {"vicreg", MakeVicReg},
    {"sigreg", MakeSigReg},
    {"none", MakeNoObjective},
};

}  // namespace

std::vector<std::string> AntiCollapseNames() {
  std::vector<std::string> names;
  for (const Row& row : kTable) names.emplace_back(row.name);
  return names;
}

std::unique_ptr<AntiCollapse> MakeAntiCollapse(const TrainConfig& config) {
  for (const Row& row : kTable) {
    if (config.objective == row.name) return row.make(config);
  }
  throw UserError("train: objective", fmt::format("'{}' is none of {}", config.objective,
                                                  fmt::join(AntiCollapseNames(), ", ")));
}

}  // namespace peekaboo::worldmodel
