#include "sim/scene/bare_scene.h"

#include <algorithm>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/random.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {
namespace {

constexpr int kFrames = 1500;  // two minutes

}  // namespace

std::shared_ptr<const Scene> BareScene(const std::string& model) {
  const auto stage = Stage::Load(model);
  auto scene = std::make_shared<Scene>();
  scene->path = scene->model = std::filesystem::path(model).lexically_normal().string();
  scene->name = std::filesystem::path(model).filename().string();
  scene->title = scene->name + ": a bare stage";
  scene->frames = kFrames;
  std::string first;
  bool audience = false;
  for (const Entity& entity : stage->entities()) {
    if (entity.kind == Entity::Kind::kBody) scene->objects.push_back(entity.name);
    if (entity.kind != Entity::Kind::kCamera) continue;
    if (first.empty()) first = entity.name;
    audience = audience || entity.name == scene->camera;
  }
  if (first.empty()) throw UserError(model, "has no camera for the infant to look through");
  if (!audience) scene->camera = first;
  scene->fingerprint = Fingerprint(ReadSmallFile(scene->model));
  return scene;
}

}  // namespace peekaboo::sim
