#pragma once

#include <span>

namespace peekaboo::worldmodel {

/// What to watch for collapse. Pure functions; any thread.

struct LatentStatistics {
  double deviation = 0;           ///< standard deviation over all frames, mean over numbers
  double temporal_deviation = 0;  ///< the same after each clip's own mean is taken off
  double copy_error = 0;          ///< mean squared change from one frame to the next: the error of
                                  ///< predicting that nothing changes
};

/// z: [clips, frames, size].
LatentStatistics MeasureLatents(std::span<const float> z, int clips, int frames, int size);

/// RankMe (Garrido et al. 2023, equation 1): exp of the entropy of the singular values of
/// rows [N, size], scaled to sum 1, plus 1e-7. Between 1 and min(N, size). About 0.1 s for size
/// 512.
double EffectiveRank(std::span<const float> rows, int size);

}  // namespace peekaboo::worldmodel
