#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/scene/scene.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {

/// Which draw: the same five values give the same draw.
struct DrawId {
  Split split = Split::kSeen;
  uint64_t seed = 0;
  uint64_t index = 0;    ///< of the episode or matched set
  uint64_t attempt = 0;  ///< 0, 1, ... when a set was drawn again
};

/// Draws every factor of the scene. Each factor has a random stream of its own, so that adding one
/// leaves the others as they were. `overrides` are taken as they are and what depends on them
/// follows. Throws UserError for a circle, an unknown name, a range that is upside down.
Draw DrawFactors(const Stage& stage, const Scene& scene, const DrawId& id,
                 const Draw& overrides = {});

/// Evaluates the overrides of a member against the whole draw of its set; `extra` knows further
/// names ("event.ball.x"). The result is given to DrawFactors.
Draw EvaluateOverrides(const Stage& stage, const Draw& draw, const Member& member,
                       const NameLookup& extra);

/// Numbers by name: what was drawn, else what the model has (its defaults), else what follows from
/// both ("ball.rest", "platform.right").
NameLookup LookupIn(const Stage& stage, const Draw& draw);

}  // namespace peekaboo::sim
