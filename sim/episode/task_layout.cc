#include "sim/episode/task_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "sim/episode/player.h"
#include "sim/world/inverse_kinematics.h"

namespace peekaboo::sim {
namespace {

constexpr uint64_t kMostDraws = 1000;
constexpr double kOverlap = 2e-3;  // m, that bodies may reach into each other
constexpr int kPlayedBefore = 20;  // actions before the start of a goal of play, at most

/// Of the bodies of Task::success, or of those that they shall be at.
std::vector<BodyPose> Poses(const Scene& scene, const World& world, bool of = false) {
  std::vector<BodyPose> poses;
  for (const Task::Success& success : scene.task.success) {
    const int body =
        world.stage().BodyId(of ? success.of : success.body, scene.path + ": task.success");
    BodyPose pose;
    std::copy_n(world.data()->xpos + 3 * body, 3, pose.position.begin());
    std::copy_n(world.data()->xquat + 4 * body, 4, pose.attitude.begin());
    poses.push_back(pose);
  }
  return poses;
}

double Distance(const BodyPose& a, const BodyPose& b) {
  return std::hypot(a.position[0] - b.position[0], a.position[1] - b.position[1],
                    a.position[2] - b.position[2]);
}

/// Angle of the turn from one to the other.
double Turned(const BodyPose& a, const BodyPose& b) {
  double dot = 0;
  for (size_t i = 0; i < 4; ++i) dot += a.attitude[i] * b.attitude[i];
  return 2 * std::acos(std::min(1.0, std::abs(dot)));
}

bool Overlaps(const World& world) {
  const mjData* d = world.data();
  return std::any_of(d->contact, d->contact + d->ncon,
                     [](const mjContact& contact) { return contact.dist < -kOverlap; });
}

TaskError Measure(const Scene& scene, const std::vector<BodyPose>& wanted,
                  const std::vector<BodyPose>& now) {
  TaskError error;
  error.distance = Distance(now.front(), wanted.front());
  error.turned = Turned(now.front(), wanted.front());
  error.success = true;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Task::Success& success = scene.task.success[i];
    error.success = error.success && Distance(now[i], wanted[i]) <= success.within &&
                    Turned(now[i], wanted[i]) <= success.turned;
  }
  return error;
}

std::vector<PlacedZone> PlaceZones(const Scene& scene, const World& world) {
  std::vector<PlacedZone> placed;
  for (const Task::Zone& zone : scene.task.never) {
    PlacedZone one{zone.body, {}, zone.within};
    for (const Expression& number : zone.centre)
      one.centre.push_back(number.Evaluate(LookupIn(world.stage(), world.draw())));
    placed.push_back(std::move(one));
  }
  return placed;
}

/// Start and goal of one try; false if they will not do.
bool TryDraw(const Scene& scene, const DrawId& id, const Draw& overrides, World* world,
             TaskLayout* layout) {
  const Draw draw = DrawFactors(world->stage(), scene, id, overrides);
  Scene wanted = scene;
  Draw same = draw;
  for (const Factor& factor : scene.task.goal_factors) {
    same.erase(factor.key);
    const auto has = [&](const Factor& other) { return other.key == factor.key; };
    wanted.vary.erase(std::remove_if(wanted.vary.begin(), wanted.vary.end(), has),
                      wanted.vary.end());
    wanted.vary.push_back(factor);
  }
  DrawId other = id;
  other.attempt = ~id.attempt;  // other numbers than the start's
  world->Reset(wanted, DrawFactors(world->stage(), wanted, other, same), {});
  if (Overlaps(*world)) return false;
  layout->goal = world->Save();
  layout->wanted = Poses(scene, *world);
  world->Reset(scene, draw, {});
  layout->start = world->Save();
  return !Overlaps(*world);
}

bool TryPlay(const Scene& scene, const DrawId& id, const Draw& overrides, World* world,
             TaskLayout* layout) {
  world->Reset(scene, DrawFactors(world->stage(), scene, id, overrides), {});
  if (Overlaps(*world)) return false;
  RandomStream random(id.seed, scene.name + "/task-play", (id.index << 16) + id.attempt);
  const auto before = static_cast<int64_t>(random.Below(kPlayedBefore + 1));
  Scene playing = scene;
  if (!playing.play.acts()) playing.play.kind = Play::Kind::kSmooth;
  Player player(playing, world, RandomStream(random.Next(), "player"));
  const auto play = [&](int64_t actions) {
    for (int64_t frame = 0; frame < actions * scene.play.repeat; ++frame) {
      world->Act(player.Next());
      world->StepFrame();
    }
  };
  play(before);
  layout->start = world->Save();
  play(scene.task.ahead);
  layout->goal = world->Save();
  layout->wanted = Poses(scene, *world);
  world->Restore(layout->start);
  return true;
}

/// Begins where playing led to, as TryPlay does.
bool TryGiven(const Scene& scene, const DrawId& id, const Draw& overrides, World* world,
              TaskLayout* layout) {
  if (!TryPlay(scene, id, overrides, world, layout)) return false;
  world->Configure(scene.task.goal_qpos);
  layout->goal = world->Save();
  layout->wanted = Poses(scene, *world);
  world->Restore(layout->start);
  return true;
}

/// The goal is not a state: it is the start, and `wanted` only where the other body is now.
bool TryMeet(const Scene& scene, const DrawId& id, const Draw& overrides, World* world,
             TaskLayout* layout) {
  world->Reset(scene, DrawFactors(world->stage(), scene, id, overrides), {});
  layout->start = layout->goal = world->Save();
  layout->wanted = Poses(scene, *world, /*of=*/true);
  return !Overlaps(*world);
}

bool Try(const Scene& scene, const DrawId& id, const Draw& overrides, World* world,
         TaskLayout* layout) {
  switch (scene.task.goal) {
    case Task::Goal::kDraw:
      return TryDraw(scene, id, overrides, world, layout);
    case Task::Goal::kPlay:
      return TryPlay(scene, id, overrides, world, layout);
    case Task::Goal::kMeet:
      return TryMeet(scene, id, overrides, world, layout);
    case Task::Goal::kGiven:
      return TryGiven(scene, id, overrides, world, layout);
  }
  return false;
}

}  // namespace

TaskLayout DrawTaskLayout(const Scene& asked, uint64_t seed, uint64_t index, World* world,
                          const Draw& overrides) {
  // A seed of its own: no film was drawn with it.
  const uint64_t own = RandomStream(seed, asked.name + "/task", index).Next();
  Scene scene = asked;
  scene.play.films = 1;  // each layout of the task has its own walls
  TaskLayout layout;
  for (uint64_t attempt = 0; attempt < kMostDraws; ++attempt) {
    const DrawId id{Split::kSeen, own, index, attempt};
    if (!Try(scene, id, overrides, world, &layout)) continue;
    layout.draw = world->draw();
    const TaskError error = MeasureTask(scene, layout, *world);
    if (error.success || error.distance < scene.task.apart) continue;
    layout.never = PlaceZones(scene, *world);
    world->Restore(layout.goal);
    const bool goal_intrudes = MeasureIntrusion(layout, *world) > 0;
    world->Restore(layout.start);
    if (!goal_intrudes && MeasureIntrusion(layout, *world) <= 0) return layout;
  }
  throw UserError(scene.path + ": task",
                  "no layout in a thousand draws: things overlap, lie in a zone, or apart is too "
                  "far");
}

TaskLayout MoveGoal(const Scene& scene, const TaskLayout& layout, const std::string& body,
                    const std::array<double, 3>& point, World* world) {
  if (scene.task.goal == Task::Goal::kMeet)
    throw UserError(scene.path + ": task", "has no goal to be moved: bodies shall meet");
  const auto names = [&](const Task::Success& success) { return success.body == body; };
  if (std::none_of(scene.task.success.begin(), scene.task.success.end(), names))
    throw UserError("goal", fmt::format("'{}' is no body that the task is about", body));
  TaskLayout moved = layout;
  const WorldState now = world->Save();
  world->Restore(layout.goal);
  try {
    MoveBodyTo(world, world->stage().BodyId(body, "goal"), point);
  } catch (...) {
    world->Restore(now);
    throw;
  }
  moved.goal = world->Save();
  moved.wanted = Poses(scene, *world);
  world->Restore(now);
  return moved;
}

double MeasureIntrusion(const TaskLayout& layout, const World& world) {
  double deepest = -std::numeric_limits<double>::infinity();
  for (const PlacedZone& zone : layout.never) {
    const int body = world.stage().BodyId(zone.body, "never");
    double square = 0;
    for (size_t k = 0; k < zone.centre.size(); ++k)
      square += std::pow(world.data()->xpos[3 * body + static_cast<int>(k)] - zone.centre[k], 2);
    deepest = std::max(deepest, zone.within - std::sqrt(square));
  }
  return deepest;
}

TaskError MeasureTask(const Scene& scene, const TaskLayout& layout, const World& world) {
  const bool meet = scene.task.goal == Task::Goal::kMeet;
  return Measure(scene, meet ? Poses(scene, world, /*of=*/true) : layout.wanted,
                 Poses(scene, world));
}

}  // namespace peekaboo::sim
