#include "app/shipped_model.h"

#include <cstdlib>

#include "base/shipped_folder.h"

namespace peekaboo::app {

std::string ShippedModel() {
  if (const char* path = std::getenv("PEEKABOO_MODEL"); path && *path) return path;
  return ShippedFolder("models") + "/infant.safetensors";
}

}  // namespace peekaboo::app
