#include "sim/scene/bare_scene.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/random.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {
namespace {

constexpr double kSeconds = 120;
constexpr int kAhead = 12;      // actions of play to a goal
constexpr double kThere = 0.1;  // of the model's extent, that counts as there

bool Moves(const mjModel* m, const Entity& entity) {
  return std::any_of(entity.bodies.begin(), entity.bodies.end(),
                     [&](int body) { return m->body_dofnum[body] > 0; });
}

}  // namespace

bool IsBareScene(const std::string& scene) {
  return std::filesystem::path(scene).extension() == ".xml";
}

std::shared_ptr<const Scene> BareScene(const std::string& model, const BareSceneOptions& options) {
  const auto stage = Stage::Load(model);
  auto scene = std::make_shared<Scene>();
  scene->path = scene->model = std::filesystem::path(model).lexically_normal().string();
  scene->name = std::filesystem::path(model).filename().string();
  scene->title = scene->name + ": a bare stage";
  const double step = stage->model()->opt.timestep;
  scene->frame_hz = 1 / (step * std::max(1.0, std::round(1 / (options.frame_hz * step))));
  scene->frames = options.frames > 0
                      ? options.frames
                      : std::max(2, static_cast<int>(std::lround(kSeconds * scene->frame_hz)));
  if (stage->actions().size() > 0) scene->play.kind = options.play;
  scene->play.layout.emplace();  // nothing of it varies
  std::string first;
  bool audience = false;
  for (const Entity& entity : stage->entities()) {
    if (entity.IsTangible() && Moves(stage->model(), entity)) scene->objects.push_back(entity.name);
    if (entity.kind != Entity::Kind::kCamera) continue;
    if (first.empty()) first = entity.name;
    audience = audience || entity.name == scene->camera;
  }
  if (!audience) scene->camera = first;
  scene->fingerprint = Fingerprint(ReadSmallFile(scene->model));
  return scene;
}

std::shared_ptr<const Scene> BareTask(const std::shared_ptr<const Scene>& scene,
                                      std::vector<double> goal_qpos) {
  auto task = std::make_shared<Scene>(*scene);
  const auto stage = Stage::Load(scene->model);
  for (const std::string& object : scene->objects) {
    Task::Success success;
    success.body = object;
    success.within = kThere * stage->model()->stat.extent;
    task->task.success.push_back(success);
  }
  task->task.goal = goal_qpos.empty() ? Task::Goal::kPlay : Task::Goal::kGiven;
  task->task.goal_qpos = std::move(goal_qpos);
  task->task.ahead = kAhead;
  task->task.actions = 2 * kAhead;
  return task;
}

}  // namespace peekaboo::sim
