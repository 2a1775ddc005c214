#include "sim/scene/bare_scene.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/random.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {
namespace {

constexpr double kSeconds = 120;
constexpr int kAhead = 12;      // actions of play to a goal
constexpr double kThere = 0.1;  // of the model's extent, that counts as there
constexpr double kFaces = 0.2;  // rad, that counts as turned as wanted

bool Moves(const mjModel* m, const Entity& entity) {
  return std::any_of(entity.bodies.begin(), entity.bodies.end(),
                     [&](int body) { return m->body_dofnum[body] > 0; });
}

int Depth(const mjModel* m, int body) {
  int depth = 0;
  for (; body != 0; body = m->body_parentid[body]) ++depth;
  return depth;
}

/// What moves, on its own or with what it hangs on: first what hangs furthest from the world, as
/// the tip of an arm.
std::vector<int> MovingBodies(const mjModel* m) {
  std::vector<int> moving;
  std::vector<bool> moves(m->nbody);
  for (int body = 1; body < m->nbody; ++body) {
    moves[body] = m->body_dofnum[body] > 0 || moves[m->body_parentid[body]];
    if (moves[body]) moving.push_back(body);
  }
  std::stable_sort(moving.begin(), moving.end(),
                   [&](int a, int b) { return Depth(m, a) > Depth(m, b); });
  return moving;
}

/// Whether a hinge or a ball joint turns it, so that its attitude is a goal of its own. A free
/// body's is not: one cannot see how a ball is turned.
bool IsTurned(const mjModel* m, int body) {
  const int* type = m->jnt_type + m->body_jntadr[body];
  return std::any_of(type, type + m->body_jntnum[body],
                     [](int each) { return each == mjJNT_HINGE || each == mjJNT_BALL; });
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
  const mjModel* m = stage->model();
  for (const int body : MovingBodies(m)) {
    Task::Success success;
    success.body = stage->BodyName(body);
    success.within = kThere * m->stat.extent;
    if (IsTurned(m, body)) success.turned = kFaces;
    task->task.success.push_back(success);
  }
  if (task->task.success.empty()) throw UserError(scene->path, "has no body that moves");
  task->task.goal = goal_qpos.empty() ? Task::Goal::kPlay : Task::Goal::kGiven;
  task->task.goal_qpos = std::move(goal_qpos);
  task->task.ahead = kAhead;
  task->task.actions = 2 * kAhead;
  return task;
}

}  // namespace peekaboo::sim
