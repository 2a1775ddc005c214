#pragma once

#include <cstdint>

#include "base/config.h"

namespace peekaboo::agent {

/// A round of correction: [plan] correct.KEY.
struct CorrectionConfig {
  int64_t episodes = 64;        ///< of practice, on layouts that no test has
  int64_t play = 1024;          ///< films of play beside them, so that nothing is forgotten
  int steps = 500;              ///< of LearnTransition
  double learning_rate = 2e-4;  ///< peak

  static const ConfigDescription<CorrectionConfig>& Describe();
  bool operator==(const CorrectionConfig&) const = default;
};

}  // namespace peekaboo::agent
