#include "app/shipped_model.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/shipped_folder.h"
#include "sim/scene/bare_scene.h"
#include "sim/scene/scene.h"
#include "sim/scene/scene_mixture.h"

namespace fs = std::filesystem;

namespace peekaboo::app {

std::string ShippedModel() {
  if (const char* path = std::getenv("PEEKABOO_MODEL"); path && *path) return path;
  return ShippedFolder("models") + "/infant.safetensors";
}

std::string ShippedActor(const std::string& name) {
  try {
    if (sim::IsBareScene(name)) return "";
    const auto scene = sim::LoadScene(sim::FindScene(name));
    if (!scene->task.exists()) return "";
    const char* own = std::getenv("PEEKABOO_MODELS");
    const fs::path models = own && *own ? own : ShippedFolder("models");
    const fs::path model = models / fs::path(scene->model).stem().concat(".safetensors");
    std::error_code error;
    return fs::exists(model, error) ? model.string() : "";
  } catch (const UserError&) {
    return "";  // who loads the scene says what is wrong with it
  }
}

std::string ShippedModelFor(const std::string& scene) {
  const std::string actor = ShippedActor(scene);
  return actor.empty() ? ShippedModel() : actor;
}

}  // namespace peekaboo::app
