#pragma once

#include <string>

namespace peekaboo::app {

/// The model where no flag names one: $PEEKABOO_MODEL, or infant.safetensors of the models that
/// come with the program.
std::string ShippedModel();

}  // namespace peekaboo::app
