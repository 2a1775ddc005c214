#include "app/shipped_model.h"

#include <cstdlib>

namespace peekaboo::app {

std::string ShippedModel() {
  if (const char* path = std::getenv("PEEKABOO_MODEL"); path && *path) return path;
  return PEEKABOO_MODELS_DIR "/infant.safetensors";
}

}  // namespace peekaboo::app
