#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "agent/mind/timeline_entry.h"
#include "sim/view/scene_view.h"
#include "worldmodel/model/live_perception.h"
#include "worldmodel/readout/latent_projection.h"

namespace peekaboo::agent {

/// Fills in what people read in a moment: surprise, alarm, whom it concerns, Reading. `recent`:
/// frame states before it, as for worldmodel::PerceiveFrame; `last_seen`: the scene's objects as
/// they were last there before, empty for a first frame. Without `pictures`, what is drawn for
/// people is left out. A model without a readout is not read.
void ReadMind(const ModelVersion& version, std::span<const worldmodel::FrameState* const> recent,
              std::span<const sim::ObjectTruth> last_seen, bool pictures, TimelineEntry* moment);

/// Latents [N, D] as points on the axes of a projection, [N].
std::vector<worldmodel::LatentPoint> Points(const worldmodel::LatentProjection& projection,
                                            std::span<const float> rows);

/// Which of a frame's objects a heat map [side, side] is about: the one with most heat around where
/// it is, or was `last_seen`; -1 if there is none, or little heat around any. The map is of what
/// was expected `ahead` frames before: the more, the further off its thing may have been expected.
int Concerned(std::span<const float> heat, int side, int ahead,
              std::span<const sim::ObjectTruth> objects,
              std::span<const sim::ObjectTruth> last_seen);

/// Where in the world the infant's memory has the thing that is hidden: in the plane in which
/// things move, seen as its eye sees. Nothing if it remembers none. `view`: of the same stage.
std::optional<std::array<double, 3>> WhereRemembered(const TimelineEntry& moment,
                                                     const sim::SceneView& view);

}  // namespace peekaboo::agent
