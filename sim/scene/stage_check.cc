// Whether everything that a scene names exists on its stage.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/suggest.h"
#include "sim/scene/stage.h"

namespace peekaboo::sim {
namespace {

class Checker {
 public:
  Checker(const Stage& stage, const Scene& scene) : stage_(stage), scene_(scene) {}

  void CheckFactor(const Factor& factor) {
    if (factor.key == scene_.camera + ".mirror") CheckMirror(factor);
    const auto dot = factor.key.rfind('.');
    const Entity* entity = nullptr;
    const Attribute* attribute = nullptr;
    if (dot != std::string::npos) {
      entity = &stage_.Require(factor.key.substr(0, dot), factor.where);
      attribute = entity->FindAttribute(factor.key.substr(dot + 1));
      if (!attribute || attribute->derived) {
        std::vector<std::string> known;
        for (const Attribute& a : entity->attributes()) {
          if (!a.derived) known.emplace_back(a.name);
        }
        const std::string name = factor.key.substr(dot + 1);
        throw UserError(factor.where, fmt::format("'{}' has no factor '{}'{}", entity->name, name,
                                                  Suggest(name, known)));
      }
    }
    CheckDistribution(factor, factor.distribution, entity, attribute);
    for (const auto& [split, distribution] : factor.elsewhere)
      CheckDistribution(factor, distribution, entity, attribute);
  }

  /// What later expressions can name besides what the stage has.
  void Know(const std::string& name) { known_.insert(name); }
  void KnowNumber(const Factor& factor) {
    const Entity* entity = nullptr;
    const Attribute* attribute = nullptr;
    if (!stage_.Resolve(factor.key, &entity, &attribute) || !attribute->word) Know(factor.key);
  }
  /// What is measured on the films of a matched set (docs/scenes.md, "require").
  void KnowMeasures() {
    for (const char* name :
         {"event.frame", "splice.frame", "splice.last", "hidden.windows", "hidden.count",
          "seen.before", "seen.between", "seen.after", "emerges.apart", "emerges.last"})
      Know(name);
    for (const std::string& object : scene_.objects) {
      for (const char* reading : {"x", "z", "vx", "vz", "angle", "spin"})
        Know(fmt::format("event.{}.{}", object, reading));
    }
  }

  void CheckNames(const Expression& expression, const std::string& where) {
    for (const std::string& name : expression.names()) {
      const Entity* entity = nullptr;
      const Attribute* attribute = nullptr;
      if (known_.contains(name)) continue;
      if (stage_.Resolve(name, &entity, &attribute)) {
        if (!attribute->word) continue;
        throw UserError(where, fmt::format("'{}' is a word, not a number", name));
      }
      std::vector<std::string> near(known_.begin(), known_.end());
      const auto dot = name.rfind('.');
      if (const Entity* owner =
              dot == std::string::npos ? nullptr : stage_.Find(name.substr(0, dot))) {
        for (const Attribute& a : owner->attributes()) {
          if (!a.word) near.push_back(owner->name + "." + a.name);
        }
      } else {
        for (const Entity& e : stage_.entities()) {
          if (dot != std::string::npos) near.push_back(e.name + name.substr(dot));
        }
      }
      throw UserError(where, fmt::format("nothing is called '{}' in \"{}\"{}", name,
                                         expression.text(), Suggest(name, near)));
    }
  }

  void CheckEvent(const Event& event) {
    const Condition& when = event.when;
    for (const auto* expression : {&when.value, &when.after}) {
      if (*expression) CheckNames(**expression, event.where);
    }
    for (const Intervention& intervention : event.interventions) {
      for (const auto& [name, expression] : intervention.numbers)
        CheckNames(expression, intervention.where);
    }
    if (when.kind == Condition::Kind::kContact) {
      for (const std::string& body : when.bodies) RequireSolid(body, event.where);
    }
    if (when.kind == Condition::Kind::kCrosses) RequireBody(when.bodies[0], event.where);
    if (when.kind == Condition::Kind::kHidden) RequireObject(when.bodies[0], event.where);
    for (const Intervention& intervention : event.interventions) {
      using Kind = Intervention::Kind;
      const Kind kind = intervention.kind;
      if (kind == Kind::kPassThrough) {
        for (const std::string& body : intervention.bodies) RequireSolid(body, intervention.where);
        continue;
      }
      if (kind == Kind::kPush && CheckPush(intervention)) continue;
      const Entity& entity = RequireBody(intervention.bodies[0], intervention.where);
      if (kind == Kind::kSwapColour) CheckColour(intervention.word, intervention.where);
      if (kind == Kind::kSwapShape) CheckShape(entity, intervention.word, intervention.where);
    }
  }

  /// True if it is a joint that is pushed; it has a speed, a body has velocities.
  bool CheckPush(const Intervention& push) {
    const bool joint = stage_.Require(push.bodies[0], push.where).kind == Entity::Kind::kJoint;
    const bool speed = push.numbers.contains("speed");
    if (joint != speed || (joint && push.numbers.size() > 1)) {
      throw UserError(push.where,
                      fmt::format("push '{}': a joint takes 'speed', a body 'vx', 'vz', "
                                  "'spin'",
                                  push.bodies[0]));
    }
    return joint;
  }

  /// A body of the model, whether it moves or stands.
  void RequireTangible(const std::string& name, const std::string& where) {
    if (!stage_.Require(name, where).IsTangible())
      throw UserError(where, fmt::format("'{}' is no body", name));
  }

  void CheckTask() {
    const std::string where = scene_.path + ": task";
    for (const Task::Success& success : scene_.task.success) {
      stage_.BodyId(success.body, where + ".success");
      if (!success.of.empty()) stage_.BodyId(success.of, where + ".success");
    }
    for (const Task::Zone& zone : scene_.task.never) {
      stage_.BodyId(zone.body, where + ".never");
      for (const Expression& number : zone.centre) CheckNames(number, where + ".never");
    }
    Checker goal = *this;
    for (const Factor& factor : scene_.task.goal_factors) goal.KnowNumber(factor);
    for (const Factor& factor : scene_.task.goal_factors) goal.CheckFactor(factor);
    if (scene_.task.exists() && stage_.actions().size() == 0)
      throw UserError(where,
                      fmt::format("{} has no actuators: nothing can act there", stage_.path()));
  }

  const Entity& RequireBody(const std::string& name, const std::string& where) {
    const Entity& entity = stage_.Require(name, where);
    if (entity.kind != Entity::Kind::kBody)
      throw UserError(where, fmt::format("'{}' is not a body that moves in the plane", name));
    return entity;
  }

  /// A body of which place and visibility are recorded.
  void RequireMoving(const std::string& name, const std::string& where) {
    const Entity& entity = stage_.Require(name, where);
    if (entity.kind != Entity::Kind::kBody && entity.kind != Entity::Kind::kMechanism)
      throw UserError(where, fmt::format("'{}' is not a body that moves", name));
  }

  /// A body whose visibility the camera measures.
  void RequireObject(const std::string& name, const std::string& where) {
    RequireMoving(name, where);
    if (std::find(scene_.objects.begin(), scene_.objects.end(), name) == scene_.objects.end()) {
      throw UserError(where, fmt::format("'{}' is not among objects", name));
    }
  }

  void CheckLayout(const std::vector<std::string>& layout) {
    std::vector<std::string> known;
    for (const Factor& factor : scene_.vary) known.push_back(factor.key);
    for (const std::string& key : layout) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      throw UserError(scene_.path + ": play.layout",
                      fmt::format("'{}' is not in [vary]{}", key, Suggest(key, known)));
    }
  }

 private:
  void RequireSolid(const std::string& name, const std::string& where) {
    const Entity& entity = stage_.Require(name, where);
    if (entity.geoms.empty() || entity.kind == Entity::Kind::kStage)
      throw UserError(where, fmt::format("'{}' is nothing that could touch", name));
  }

  void CheckMirror(const Factor& factor) {
    if (!scene_.play.acts()) return;
    const ActionSpec& actions = stage_.actions();
    const auto signs = MirrorSigns(stage_.model(), actions, stage_.CameraOf(scene_));
    for (int a = 0; a < actions.size(); ++a) {
      if (signs[a] != 0) continue;
      throw UserError(
          factor.where,
          fmt::format("what actuator '{}' does is not known in a mirror: its joint must "
                      "lie along the picture's width or across it and keep that "
                      "direction, its range must be around 0",
                      actions.names[a]));
    }
  }

  void CheckDistribution(const Factor& factor, const Distribution& d, const Entity* entity,
                         const Attribute* attribute) {
    const bool word = attribute && attribute->word;
    for (const Expression& number : d.numbers) CheckNames(number, factor.where);
    for (const Value& choice : d.choices) {
      const std::string* text = std::get_if<std::string>(&choice);
      if (word != (text != nullptr))
        throw UserError(factor.where, word ? "expected words" : "expected numbers");
      if (!text) continue;
      const std::string name = attribute->name;
      if (name == "colour") CheckColour(*text, factor.where);
      if (name == "shape") CheckShape(*entity, *text, factor.where);
      if (name == "style" && *text != "slide" && *text != "rotate") {
        throw UserError(factor.where, fmt::format("'{}' is not slide or rotate", *text));
      }
    }
    if (word && d.choices.empty())
      throw UserError(factor.where, "expected a word or a choice of words");
  }

  void CheckColour(const std::string& name, const std::string& where) {
    if (scene_.colours.count(name)) return;
    std::vector<std::string> known;
    for (const auto& colour : scene_.colours) known.push_back(colour.first);
    throw UserError(
        where, fmt::format("no colour is called '{}' in [colours]{}", name, Suggest(name, known)));
  }

  void CheckShape(const Entity& entity, const std::string& name, const std::string& where) {
    for (const std::string& shape : entity.shapes) {
      if (shape == name) return;
    }
    throw UserError(where, fmt::format("'{0}' has no geom '{0}.{1}' in {2}{3}", entity.name, name,
                                       stage_.path(), Suggest(name, entity.shapes)));
  }

  const Stage& stage_;
  const Scene& scene_;
  std::set<std::string> known_;
};

}  // namespace

void Stage::Check(const Scene& scene) const {
  Checker checker(*this, scene);
  CameraOf(scene);
  for (const std::string& object : scene.objects)
    checker.RequireMoving(object, scene.path + ": objects");
  if (!scene.hidden.empty()) checker.RequireObject(scene.hidden, scene.path + ": hidden");
  const double steps = 1 / (scene.frame_hz * model_->opt.timestep);
  if (std::lround(steps) < 1 || std::abs(steps - std::round(steps)) > 1e-6 * steps) {
    throw UserError(
        scene.path + ": frame_hz",
        fmt::format("a frame must last a whole number of the stage's steps of {:f} s, not {:f}",
                    model_->opt.timestep, steps));
  }
  if (scene.play.acts() && actions_.size() == 0) {
    throw UserError(scene.path + ": play",
                    fmt::format("{} has no actuators: nothing can act there", path_));
  }
  for (const std::string& target : scene.play.targets)
    checker.RequireTangible(target, scene.path + ": play.targets");
  if (scene.play.layout) checker.CheckLayout(*scene.play.layout);
  for (const Factor& factor : scene.vary) checker.KnowNumber(factor);
  for (const Factor& factor : scene.vary) checker.CheckFactor(factor);
  checker.CheckTask();
  for (const Event& event : scene.events) checker.CheckEvent(event);
  Checker measured = checker;
  measured.KnowMeasures();
  for (const Expression& condition : scene.require)
    measured.CheckNames(condition, scene.path + ": require");
  for (const Member& member : scene.members) {
    for (const Factor& factor : member.set) measured.CheckFactor(factor);
    Checker own = checker;
    for (const Factor& factor : member.set) own.KnowNumber(factor);
    for (const Event& event : member.events) own.CheckEvent(event);
  }
}

}  // namespace peekaboo::sim
