#pragma once

#include <string>

namespace peekaboo::app {

/// The model where no flag names one: $PEEKABOO_MODEL, or models/infant.safetensors of the source
/// tree.
std::string ShippedModel();

}  // namespace peekaboo::app
