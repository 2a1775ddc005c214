#include "agent/session/to_intervention.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace peekaboo::agent {
namespace {

using Words = std::map<std::string, std::string>;

/// The word of a factor as it now is; nullptr for none.
const std::string* Now(const EpisodeSpec& spec, const Words& swapped, const std::string& key) {
  const auto last = swapped.find(key);
  if (last != swapped.end()) return &last->second;
  const auto found = spec.draw.find(key);
  return found == spec.draw.end() ? nullptr : std::get_if<std::string>(&found->second);
}

std::string Colour(const std::string& wanted, const std::string& name, const EpisodeSpec& spec,
                   const Words& swapped) {
  const auto& colours = spec.scene->colours;
  if (colours.empty()) throw UserError("wand", "the scene names no colours");
  if (!wanted.empty()) {
    if (!colours.count(wanted))
      throw UserError("wand", fmt::format("there is no colour '{}'", wanted));
    return wanted;
  }
  const std::string* now = Now(spec, swapped, name + ".colour");
  auto next = now ? colours.upper_bound(*now) : colours.begin();
  if (next == colours.end()) next = colours.begin();
  return next->first;
}

std::string Shape(const std::string& wanted, const std::string& name, const EpisodeSpec& spec,
                  const sim::Stage& stage, const Words& swapped) {
  const auto& shapes = stage.Require(name, "wand").shapes;
  if (shapes.empty()) throw UserError("wand", fmt::format("'{}' has one shape only", name));
  if (!wanted.empty()) {
    if (std::find(shapes.begin(), shapes.end(), wanted) == shapes.end())
      throw UserError("wand", fmt::format("'{}' has no shape '{}'", name, wanted));
    return wanted;
  }
  const std::string* now = Now(spec, swapped, name + ".shape");
  auto next = std::find(shapes.begin(), shapes.end(), now ? *now : shapes.front());
  if (next == shapes.end() || ++next == shapes.end()) next = shapes.begin();
  return *next;
}

}  // namespace

sim::Intervention ToIntervention(const command::Wand& wand, const std::string& name,
                                 const EpisodeSpec& spec, const sim::Stage& stage,
                                 const Words& swapped) {
  using Kind = sim::Intervention::Kind;
  sim::Intervention intervention{wand.kind, {name}, {}, wand.word, "wand"};
  if (wand.kind == Kind::kTeleport && !wand.place)
    throw UserError("wand",
                    fmt::format("where to shall {} be teleported? x and z are missing", name));
  if (wand.kind == Kind::kTeleport || wand.kind == Kind::kAppear) {
    if (wand.place) {
      intervention.numbers.emplace("x", sim::Expression((*wand.place)[0]));
      intervention.numbers.emplace("z", sim::Expression((*wand.place)[1]));
    }
  } else if (wand.kind == Kind::kSwapColour) {
    intervention.word = Colour(wand.word, name, spec, swapped);
  } else if (wand.kind == Kind::kSwapShape) {
    intervention.word = Shape(wand.word, name, spec, stage, swapped);
  }
  return intervention;
}

std::string NameOf(const Target& target, const sim::World& world) {
  using Kind = sim::Entity::Kind;
  const auto moves = [](const sim::Entity& entity) {
    return entity.kind == Kind::kBody || entity.kind == Kind::kFixture;
  };
  if (const auto* name = std::get_if<std::string>(&target)) {
    const sim::Entity& entity = world.stage().Require(*name, "stage");
    if (!moves(entity))
      throw UserError("stage", fmt::format("'{}' is not a thing that can be moved", *name));
    return entity.name;
  }
  const Ray& ray = std::get<Ray>(target);
  const auto hit = world.Pick(ray.origin.data(), ray.direction.data(), ray.through);
  if (!hit || !moves(*hit->entity))
    throw UserError("stage", "there is nothing there that can be moved");
  return hit->entity->name;
}

}  // namespace peekaboo::agent
