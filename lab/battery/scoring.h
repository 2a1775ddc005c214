#pragma once

#include <span>
#include <string>
#include <vector>

#include "worldmodel/model/world_model.h"

namespace peekaboo::lab {

/// The ways to make one number of a film's surprise, "MEASURE_HORIZON_TIME":
/// - MEASURE: `error` (mean over the latent), `patch` (the most surprising patch), `expected` (in
///   units of the error that was expected);
/// - HORIZON: `k1`, `k2`, ... or `all` (mean over horizons);
/// - TIME: `mean`, `top4` (mean of the four largest), `max` over the frames.
/// Every variant looks at the same frames: from the first that every horizon predicted to the last.
std::vector<std::string> VariantNames(std::span<const int> horizons);

/// Scores of clip `clip`, in the order of VariantNames. No knowledge of when the event is.
std::vector<float> ScoreClip(const worldmodel::Perception& seen, int clip,
                             std::span<const int> horizons);

/// Surprise over time [T] of clip `clip` as measured by a variant before its TIME is applied; NaN
/// before the first prediction. Throws UserError if there is no such variant.
std::vector<float> SurpriseCurve(const worldmodel::Perception& seen, int clip,
                                 std::span<const int> horizons, const std::string& variant);

}  // namespace peekaboo::lab
