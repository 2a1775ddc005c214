#pragma once

#include <string>

namespace peekaboo::app {

/// The model where no flag names one: $PEEKABOO_MODEL, or infant.safetensors of the models that
/// come with the program.
std::string ShippedModel();

/// The model that acts in a task where no flag names one: in $PEEKABOO_MODELS, or among the models
/// that come with the program, the one named as the scene's stage, table.safetensors of
/// stage/table.xml. Empty: there is none, or `scene` is no scene with a [task].
std::string ShippedActor(const std::string& scene);

/// ShippedActor if there is one, else ShippedModel.
std::string ShippedModelFor(const std::string& scene);

}  // namespace peekaboo::app
