#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "agent/mind/correction_config.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "worldmodel/learners/transition_learner.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::agent {

/// Learns from what happened where plans were carried out: the transition, on latents as they are,
/// from the episodes that were lived and as many films of play (online world modelling: arXiv
/// 2512.09929). Of both it learns most from the moments whose outcome it imagined worst
/// (worldmodel::LearnTransition). `lived`: each [1, L, ...], all of one length, as this model's
/// encoder sees them. The calling thread's GlContext is current. The same arguments give the same
/// model. `go_on` is asked after each step; returns whether it never said no.
bool CorrectTransition(const std::vector<worldmodel::ActedFilms>& lived,
                       const std::shared_ptr<const sim::Stage>& stage, const sim::Scene& scene,
                       const CorrectionConfig& config, uint64_t seed, worldmodel::WorldModel* model,
                       const std::function<bool()>& go_on);

}  // namespace peekaboo::agent
