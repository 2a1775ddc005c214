#pragma once

#include <memory>
#include <string>

#include "sim/scene/scene.h"

namespace peekaboo::sim {

/// A stage as its model has it, of which nothing is drawn and where nothing is asked, for who has
/// an MJCF and no scene file yet: two minutes, seen through the camera "audience" or the first
/// there is, all bodies as objects. Throws UserError as Stage::Load does, and for a model without
/// cameras.
std::shared_ptr<const Scene> BareScene(const std::string& model);

}  // namespace peekaboo::sim
