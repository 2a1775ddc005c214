#include "sim/scene/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"

namespace peekaboo::sim {
namespace {

std::string StreamName(const Scene& scene, const DrawId& id, const std::string& key) {
  return fmt::format("{}/{}/{}#{}", scene.name, SplitName(id.split), key, id.attempt);
}

/// Height of a geom's centre above its lowest point, in the model as it is (scale 1, angle 0).
double Support(const mjModel* m, int geom, const mjtNum* quat) {
  mjtNum mat[9];
  mju_quat2Mat(mat, quat);
  const mjtNum* s = m->geom_size + 3 * geom;
  const double zx = std::abs(mat[6]), zy = std::abs(mat[7]), zz = std::abs(mat[8]);
  switch (m->geom_type[geom]) {
    case mjGEOM_SPHERE:
      return s[0];
    case mjGEOM_CAPSULE:
      return s[0] + zz * s[1];
    case mjGEOM_CYLINDER:
      return zz * s[1] + std::sqrt(std::max(0.0, 1 - zz * zz)) * s[0];
    case mjGEOM_ELLIPSOID:
      return std::sqrt(zx * zx * s[0] * s[0] + zy * zy * s[1] * s[1] + zz * zz * s[2] * s[2]);
    default:
      return zx * s[0] + zy * s[1] + zz * s[2];
  }
}

/// Height of a body's centre when it lies on height 0 at angle 0, for scale 1.
double RestHeight(const Stage& stage, const Entity& entity, const std::string& shape) {
  const mjModel* m = stage.model();
  double lowest = 0;
  for (const int g : entity.geoms) {
    if (!entity.shapes.empty()) {
      const char* name = mj_id2name(m, mjOBJ_GEOM, g);
      if (!name || entity.name + "." + shape != name) continue;
    }
    // From the geom's own frame out through those of the parts that it belongs to.
    mjtNum position[3], quat[4];
    mju_copy3(position, m->geom_pos + 3 * g);
    mju_copy4(quat, m->geom_quat + 4 * g);
    for (int b = m->geom_bodyid[g]; b != entity.id; b = m->body_parentid[b]) {
      mjtNum turned[3], inner[4];
      mju_rotVecQuat(turned, position, m->body_quat + 4 * b);
      mju_add3(position, turned, m->body_pos + 3 * b);
      mju_copy4(inner, quat);
      mju_mulQuat(quat, m->body_quat + 4 * b, inner);
    }
    lowest = std::min(lowest, position[2] - Support(m, g, quat));
  }
  return -lowest;
}

std::string DefaultWord(const Entity& entity, const std::string& attribute) {
  if (attribute == "shape") return entity.shapes.empty() ? "" : entity.shapes.front();
  if (attribute == "style") return "slide";
  return "";
}

std::string WordOf(const Entity& entity, const std::string& attribute, const Draw& draw) {
  const auto found = draw.find(entity.name + "." + attribute);
  if (found == draw.end()) return DefaultWord(entity, attribute);
  return std::get<std::string>(found->second);
}

}  // namespace

/// The number that the model itself, or the rest of the draw, gives an attribute.
static bool DefaultValue(const Stage& stage, const Draw& draw, const Entity& entity,
                         const std::string& name, const NameLookup& lookup, double* value) {
  const mjModel* m = stage.model();
  const auto read = [&](const char* attribute) {
    double number = 0;
    PEEKABOO_CHECK(lookup(entity.name + "." + attribute, &number));
    return number;
  };
  const bool shades = name == "red" || name == "green" || name == "blue";
  if (!entity.geoms.empty() && (shades || name == "friction" || name == "damping_ratio")) {
    const int geom =
        (shades && !entity.own_geoms.empty() ? entity.own_geoms : entity.geoms).front();
    if (shades)
      *value = m->geom_rgba[4 * geom + (name == "red" ? 0 : name == "green" ? 1 : 2)];
    else
      *value = name == "friction" ? m->geom_friction[3 * geom] : m->geom_solref[2 * geom + 1];
    return true;
  }
  switch (entity.kind) {
    case Entity::Kind::kBody:
      if (name == "drag") {
        *value = m->dof_damping[m->jnt_dofadr[entity.x]];
      } else if (name == "rest") {
        *value = RestHeight(stage, entity, WordOf(entity, "shape", draw)) * read("scale");
      } else if (name == "x" || name == "y" || name == "z") {
        *value = m->body_pos[3 * entity.id + (name[0] - 'x')];
      } else {
        *value = name == "present" || name == "visible" || name == "scale" || name == "shade";
      }
      return true;
    case Entity::Kind::kFixture: {
      const mjtNum* size = m->geom_size + 3 * entity.geoms.front();
      const mjtNum* position = m->body_pos + 3 * entity.id;
      if (name == "width")
        *value = 2 * size[0];
      else if (name == "depth")
        *value = 2 * size[1];
      else if (name == "height")
        *value = 2 * size[2];
      else if (name == "x")
        *value = draw.count(entity.name + ".end") ? read("end") - read("width") / 2 : position[0];
      else if (name == "y")
        *value = position[1];
      else if (name == "z")
        *value = position[2] - size[2];
      else if (name == "end" || name == "right")
        *value = read("x") + read("width") / 2;
      else if (name == "left")
        *value = read("x") - read("width") / 2;
      else if (name == "top")
        *value = read("z") + read("height");
      else if (name == "rise" || name == "fall" || name == "moves")
        *value = -1;
      else if (name == "rise_for")
        *value = 0.24;
      else if (name == "move_for")
        *value = 0.3;
      else if (name == "angle")
        *value = 2 * std::atan2(m->body_quat[4 * entity.id + 2], m->body_quat[4 * entity.id]);
      else
        *value = name == "present" || name == "visible" || name == "shade";
      return true;
    }
    case Entity::Kind::kMechanism:
      *value = name == "visible" || name == "shade";
      return true;
    case Entity::Kind::kJoint:
      if (name == "position")
        *value = m->qpos0[m->jnt_qposadr[entity.id]];
      else
        *value = name == "damping" ? m->dof_damping[m->jnt_dofadr[entity.id]] : 0;
      return true;
    case Entity::Kind::kLight:
      if (name == "brightness")
        *value = m->light_diffuse[3 * entity.id];
      else if (name == "warmth")
        *value = 0;
      else
        *value = m->light_pos[3 * entity.id + (name[0] - 'x')];
      return true;
    case Entity::Kind::kSurface:
    case Entity::Kind::kCamera:
      *value = name == "shade" || name == "zoom";
      return true;
    case Entity::Kind::kStage:
      if (name == "gravity")
        *value = -m->opt.gravity[2];
      else if (name == "ambient")
        *value = m->vis.headlight.ambient[0];
      else
        *value = 0;
      return true;
  }
  return false;
}

NameLookup LookupIn(const Stage& stage, const Draw& draw) {
  return [&stage, &draw](const std::string& key, double* value) {
    if (const auto found = draw.find(key); found != draw.end()) {
      const double* number = std::get_if<double>(&found->second);
      if (number) *value = *number;
      return number != nullptr;
    }
    const Entity* entity = nullptr;
    const Attribute* attribute = nullptr;
    if (!stage.Resolve(key, &entity, &attribute) || attribute->word) return false;
    return DefaultValue(stage, draw, *entity, attribute->name, LookupIn(stage, draw), value);
  };
}

namespace {

/// Draws factors in the order in which they need one another.
class Drawer {
 public:
  Drawer(const Stage& stage, const Scene& scene, const DrawId& id, const Draw& overrides)
      : stage_(stage), scene_(scene), id_(id), draw_(overrides) {
    for (const Factor& factor : scene.vary) factors_[factor.key] = &factor;
  }

  Draw Run() {
    for (const Factor& factor : scene_.vary) DrawOne(factor);
    return std::move(draw_);
  }

 private:
  void DrawOne(const Factor& factor) {
    if (draw_.count(factor.key)) return;
    if (!open_.insert(factor.key).second)
      throw UserError(factor.where, "depends on itself in a circle");
    // What a derived quantity needs is not named in expressions, so all factors of an entity that
    // an expression reads are drawn before it.
    RandomStream random(id_.seed, StreamName(scene_, id_, factor.key), IndexOf(factor));
    draw_[factor.key] = Sample(factor, factor.On(id_.split), random);
    open_.erase(factor.key);
  }

  /// Films of one layout share it.
  uint64_t IndexOf(const Factor& factor) const {
    const Play& play = scene_.play;
    const bool shared = play.layout && std::find(play.layout->begin(), play.layout->end(),
                                                 factor.key) != play.layout->end();
    return shared ? id_.index / static_cast<uint64_t>(play.films) : id_.index;
  }

  Value Sample(const Factor& factor, const Distribution& d, RandomStream& random) {
    const auto number = [&](int i) { return Number(d.numbers[i]); };
    switch (d.kind) {
      case Distribution::Kind::kConstant:
        if (!d.choices.empty()) return d.choices.front();
        return number(0);
      case Distribution::Kind::kUniform: {
        const double low = number(0), high = number(1);
        if (high < low)
          throw UserError(factor.where,
                          fmt::format("is uniform from {:f} to {:f}: upside down", low, high));
        return random.Uniform(low, high);
      }
      case Distribution::Kind::kNormal: {
        const double mean = number(0), sd = number(1);
        return mean + sd * random.Normal();
      }
      case Distribution::Kind::kChance: {
        const double p = number(0);
        if (p < 0 || p > 1) throw UserError(factor.where, "a chance is from 0 to 1");
        return random.Chance(p) ? 1.0 : 0.0;
      }
      case Distribution::Kind::kChoice:
        return d.choices[Pick(d, random)];
    }
    return 0.0;
  }

  static size_t Pick(const Distribution& d, RandomStream& random) {
    if (d.weights.empty()) return random.Below(d.choices.size());
    double sum = 0;
    for (const double weight : d.weights) sum += weight;
    double at = random.Uniform() * sum;
    for (size_t i = 0; i + 1 < d.weights.size(); ++i) {
      at -= d.weights[i];
      if (at < 0) return i;
    }
    return d.weights.size() - 1;
  }

  double Number(const Expression& expression) {
    for (const std::string& name : expression.names()) DrawWhatItNeeds(name);
    return expression.Evaluate(LookupIn(stage_, draw_));
  }

  void DrawWhatItNeeds(const std::string& name) {
    if (const auto found = factors_.find(name); found != factors_.end()) {
      DrawOne(*found->second);
      return;
    }
    // "ball.rest" or "platform.right" follow from other attributes of the same thing.
    static const std::map<std::string, std::vector<std::string>> kSources = {
        {"rest", {"shape", "scale"}},     {"top", {"z", "height"}}, {"left", {"x", "width", "end"}},
        {"right", {"x", "width", "end"}}, {"end", {"x", "width"}},  {"x", {"end", "width"}}};
    const auto dot = name.rfind('.');
    const auto sources = kSources.find(dot == std::string::npos ? "" : name.substr(dot + 1));
    if (sources == kSources.end()) return;
    for (const std::string& source : sources->second) {
      // The place alone does not depend on the width.
      if (sources->first == "x" && source == "width" &&
          !factors_.count(name.substr(0, dot) + ".end"))
        continue;
      const auto factor = factors_.find(name.substr(0, dot + 1) + source);
      if (factor != factors_.end()) DrawOne(*factor->second);
    }
  }

  const Stage& stage_;
  const Scene& scene_;
  const DrawId& id_;
  Draw draw_;
  std::map<std::string, const Factor*> factors_;
  std::set<std::string> open_;
};

}  // namespace

Draw DrawFactors(const Stage& stage, const Scene& scene, const DrawId& id, const Draw& overrides) {
  return Drawer(stage, scene, id, overrides).Run();
}

Draw EvaluateOverrides(const Stage& stage, const Draw& draw, const Member& member,
                       const NameLookup& extra) {
  Draw overrides;
  const NameLookup base = LookupIn(stage, draw);
  const NameLookup lookup = [&](const std::string& name, double* value) {
    return extra(name, value) || base(name, value);
  };
  for (const Factor& factor : member.set) {
    const Distribution& d = factor.distribution;
    if (d.kind != Distribution::Kind::kConstant)
      throw UserError(factor.where, "a member sets a value or an expression, it does not draw");
    overrides[factor.key] =
        d.choices.empty() ? Value(d.numbers.front().Evaluate(lookup)) : d.choices.front();
  }
  return overrides;
}

}  // namespace peekaboo::sim
