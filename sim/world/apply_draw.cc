#include "sim/world/apply_draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "sim/world/mujoco_compat.h"
#include "sim/world/physics.h"

namespace peekaboo::sim {
namespace {

double Number(const NameLookup& lookup, const Entity& entity, const char* attribute) {
  double value = 0;
  PEEKABOO_CHECK(lookup(entity.name + "." + attribute, &value));
  return value;
}

const std::string* Word(const Draw& draw, const Entity& entity, const char* attribute) {
  const auto found = draw.find(entity.name + "." + attribute);
  return found == draw.end() ? nullptr : std::get_if<std::string>(&found->second);
}

void SetContact(mjModel* m, const Entity& entity, const Draw& draw, const NameLookup& lookup) {
  for (const int g : entity.geoms) {
    if (draw.count(entity.name + ".friction"))
      m->geom_friction[3 * g] = Number(lookup, entity, "friction");
    if (draw.count(entity.name + ".damping_ratio"))
      m->geom_solref[2 * g + 1] = Number(lookup, entity, "damping_ratio");
  }
}

void ApplyContacts(const NameLookup& number, Physics* physics) {
  // What holds for the whole stage comes first here too.
  for (const bool whole : {true, false}) {
    for (const Entity& entity : physics->stage().entities()) {
      if ((entity.kind == Entity::Kind::kStage) == whole)
        SetContact(physics->model(), entity, physics->draw(), number);
    }
  }
}

void Paint(const Entity& entity, const Scene& scene, const NameLookup& number, Physics* physics) {
  mjModel* m = physics->model();
  const double shade = Number(number, entity, "shade");
  const std::string* colour = Word(physics->draw(), entity, "colour");
  const char* channels[3] = {"red", "green", "blue"};
  for (const int g : entity.own_geoms) {
    for (int c = 0; c < 3; ++c) {
      double value = m->geom_rgba[4 * g + c];
      if (colour) value = scene.colours.at(*colour)[c];
      if (physics->draw().count(entity.name + "." + channels[c]))
        value = Number(number, entity, channels[c]);
      m->geom_rgba[4 * g + c] = static_cast<float>(std::clamp(value * shade, 0.0, 1.0));
    }
  }
}

void ApplyBody(const Entity& entity, const NameLookup& number, Physics* physics) {
  mjModel* m = physics->model();
  const double scale = Number(number, entity, "scale");
  if (!(scale > 0)) throw UserError(entity.name + ".scale", "must be above 0");
  if (scale != 1) {
    for (const int g : entity.geoms) {
      mju_scl(m->geom_size + 3 * g, m->geom_size + 3 * g, scale, 3);
      mju_scl(m->geom_pos + 3 * g, m->geom_pos + 3 * g, scale, 3);
      m->geom_rbound[g] *= scale;
      GeomResized(m, g);
    }
    for (const int b : entity.bodies) {
      if (b != entity.id) mju_scl(m->body_pos + 3 * b, m->body_pos + 3 * b, scale, 3);
      mju_scl(m->body_inertia + 3 * b, m->body_inertia + 3 * b, scale * scale, 3);
    }
  }
  m->body_pos[3 * entity.id + 1] = Number(number, entity, "y");
  SetContact(m, entity, physics->draw(), number);
  if (physics->draw().count(entity.name + ".drag"))
    m->dof_damping[m->jnt_dofadr[entity.x]] = Number(number, entity, "drag");

  mjData* d = physics->data();
  d->qpos[m->jnt_qposadr[entity.x]] =
      Number(number, entity, "x") - physics->SlideOrigin(entity, 'x');
  d->qpos[m->jnt_qposadr[entity.z]] =
      Number(number, entity, "z") - physics->SlideOrigin(entity, 'z');
  d->qvel[m->jnt_dofadr[entity.x]] = Number(number, entity, "vx");
  d->qvel[m->jnt_dofadr[entity.z]] = Number(number, entity, "vz");
  if (entity.angle >= 0) {
    const int angle = m->jnt_qposadr[entity.angle];
    d->qpos[angle] = Number(number, entity, "angle") + m->qpos0[angle];
    d->qvel[m->jnt_dofadr[entity.angle]] = Number(number, entity, "spin");
  }
  if (!entity.shapes.empty()) {
    const std::string* shape = Word(physics->draw(), entity, "shape");
    physics->SetShape(entity, shape ? *shape : entity.shapes.front());
  }
  const bool present = Number(number, entity, "present") != 0;
  physics->SetPresent(entity, present, present && Number(number, entity, "visible") != 0);
}

void ApplyFixture(const Entity& entity, const NameLookup& number, Physics* physics) {
  mjModel* m = physics->model();
  const FixtureMotion motion = ReadFixture(physics->stage(), entity, physics->draw());
  const int g = entity.geoms.front();
  m->geom_size[3 * g] = motion.width / 2;
  m->geom_size[3 * g + 1] = motion.depth / 2;
  m->geom_size[3 * g + 2] = motion.height / 2;
  m->geom_rbound[g] = mju_norm3(m->geom_size + 3 * g);
  GeomResized(m, g);
  SetContact(m, entity, physics->draw(), number);
  physics->SetPresent(entity, Number(number, entity, "present") != 0, motion.visible);
  physics->AddFixture({&entity, motion});
}

void ApplyMechanism(const Entity& entity, const NameLookup& number, Physics* physics) {
  SetContact(physics->model(), entity, physics->draw(), number);
  if (Number(number, entity, "visible") == 0) physics->SetPresent(entity, true, false);
}

void ApplyJoint(const Entity& entity, const NameLookup& number, Physics* physics) {
  mjModel* m = physics->model();
  mjData* d = physics->data();
  const int dof = m->jnt_dofadr[entity.id];
  d->qpos[m->jnt_qposadr[entity.id]] = Number(number, entity, "position");
  d->qvel[dof] = Number(number, entity, "velocity");
  m->dof_damping[dof] = Number(number, entity, "damping");
}

void ApplyLightsCamerasStage(const Entity& entity, const NameLookup& number, Physics* physics) {
  mjModel* m = physics->model();
  const int id = entity.id;
  if (entity.kind == Entity::Kind::kLight) {
    const auto attributes = entity.attributes();
    if (std::none_of(attributes.begin(), attributes.end(), [&](const Attribute& attribute) {
          return physics->draw().count(entity.name + "." + attribute.name) > 0;
        }))
      return;  // as the model has it
    const char* axes[3] = {"x", "y", "z"};
    for (int k = 0; k < 3; ++k) m->light_pos[3 * id + k] = Number(number, entity, axes[k]);
    // Aimed at the middle of the stage, wherever it hangs.
    mjtNum direction[3] = {-m->light_pos[3 * id], -m->light_pos[3 * id + 1],
                           0.3 - m->light_pos[3 * id + 2]};
    mju_normalize3(direction);
    mju_copy3(m->light_dir + 3 * id, direction);
    const double brightness = Number(number, entity, "brightness"),
                 warmth = Number(number, entity, "warmth");
    const double tint[3] = {1 + 0.25 * warmth, 1 + 0.05 * warmth, 1 - 0.3 * warmth};
    for (int k = 0; k < 3; ++k)
      m->light_diffuse[3 * id + k] = static_cast<float>(std::clamp(brightness * tint[k], 0.0, 1.0));
  } else if (entity.kind == Entity::Kind::kCamera) {
    if (id < 0) return;  // the free camera
    m->cam_pos[3 * id] += Number(number, entity, "dx");
    m->cam_pos[3 * id + 1] += Number(number, entity, "dy");
    m->cam_pos[3 * id + 2] += Number(number, entity, "dz");
    // The camera looks along its own -z: yaw about its y, pitch about its x, roll about its z.
    const mjtNum x[3] = {1, 0, 0}, y[3] = {0, 1, 0}, z[3] = {0, 0, 1};
    mjtNum turn[4], quat[4];
    const std::pair<const mjtNum*, const char*> turns[3] = {{y, "yaw"}, {x, "pitch"}, {z, "roll"}};
    for (const auto& [axis, name] : turns) {
      mju_axisAngle2Quat(turn, axis, Number(number, entity, name));
      mju_mulQuat(quat, m->cam_quat + 4 * id, turn);
      mju_copy4(m->cam_quat + 4 * id, quat);
    }
    const double zoom = Number(number, entity, "zoom");
    if (!(zoom > 0)) throw UserError(entity.name + ".zoom", "must be above 0");
    m->cam_fovy[id] /= zoom;
    if (Number(number, entity, "mirror") != 0) physics->set_mirrored(true);
  } else {
    m->opt.gravity[2] = -Number(number, entity, "gravity");
    if (physics->draw().count("stage.ambient")) {
      const float ambient = static_cast<float>(Number(number, entity, "ambient"));
      for (float& channel : m->vis.headlight.ambient) channel = ambient;
    }
    SetContact(m, entity, physics->draw(), number);
  }
}

bool IsAnyOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

void ApplyDraw(const Scene& scene, Physics* physics) {
  const NameLookup lookup = LookupIn(physics->stage(), physics->draw());
  const auto& entities = physics->stage().entities();
  // What holds for the whole stage comes first: a thing's own value then replaces it.
  for (const Entity& entity : entities) {
    if (entity.kind == Entity::Kind::kStage) ApplyLightsCamerasStage(entity, lookup, physics);
  }
  for (const Entity& entity : entities) {
    switch (entity.kind) {
      case Entity::Kind::kStage:
        break;
      case Entity::Kind::kBody:
        Paint(entity, scene, lookup, physics);
        ApplyBody(entity, lookup, physics);
        break;
      case Entity::Kind::kFixture:
        Paint(entity, scene, lookup, physics);
        ApplyFixture(entity, lookup, physics);
        break;
      case Entity::Kind::kMechanism:
        Paint(entity, scene, lookup, physics);
        ApplyMechanism(entity, lookup, physics);
        break;
      case Entity::Kind::kJoint:
        ApplyJoint(entity, lookup, physics);
        break;
      case Entity::Kind::kSurface:
        Paint(entity, scene, lookup, physics);
        SetContact(physics->model(), entity, physics->draw(), lookup);
        break;
      case Entity::Kind::kLight:
      case Entity::Kind::kCamera:
        ApplyLightsCamerasStage(entity, lookup, physics);
        break;
    }
  }
}

bool AdjustFactor(const Scene& scene, const std::string& key, const Value& value,
                  Physics* physics) {
  const Entity* entity = nullptr;
  const Attribute* attribute = nullptr;
  if (!physics->stage().Resolve(key, &entity, &attribute) || attribute->derived) return false;
  const bool light = entity->kind == Entity::Kind::kLight;
  const bool camera = entity->kind == Entity::Kind::kCamera;
  const bool contact = IsAnyOf(attribute->name, {"friction", "damping_ratio"});
  const bool paint = IsAnyOf(attribute->name, {"colour", "shade", "red", "green", "blue"});
  const bool whole = IsAnyOf(attribute->name, {"gravity", "ambient"});
  if (!light && !camera && !contact && !paint && !whole) return false;
  if (attribute->word != std::holds_alternative<std::string>(value))
    throw UserError(key, attribute->word ? "takes a word" : "takes a number");
  if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number))
    throw UserError(key, "takes a finite number");
  if (const auto* word = std::get_if<std::string>(&value); word && !scene.colours.count(*word))
    throw UserError(key, fmt::format("'{}' is no colour of the scene", *word));

  const std::shared_ptr<const Draw> before = physics->shared_draw();
  auto changed = std::make_shared<Draw>(*before);
  (*changed)[key] = value;
  physics->set_draw(std::move(changed));
  mjModel* m = physics->model();
  const mjModel* pristine = physics->stage().model();
  const NameLookup lookup = LookupIn(physics->stage(), physics->draw());
  const auto restore = [&](mjtNum* to, const mjtNum* from, int index, int width) {
    std::copy_n(from + width * index, width, to + width * index);
  };
  try {
    if (contact) {
      std::copy_n(pristine->geom_friction, 3 * m->ngeom, m->geom_friction);
      std::copy_n(pristine->geom_solref, mjNREF * m->ngeom, m->geom_solref);
      ApplyContacts(lookup, physics);
    } else if (paint) {
      for (const int g : entity->own_geoms)
        std::copy_n(pristine->geom_rgba + 4 * g, 3, m->geom_rgba + 4 * g);
      Paint(*entity, scene, lookup, physics);
    } else if (camera) {
      restore(m->cam_pos, pristine->cam_pos, entity->id, 3);
      restore(m->cam_quat, pristine->cam_quat, entity->id, 4);
      restore(m->cam_fovy, pristine->cam_fovy, entity->id, 1);
      physics->set_mirrored(false);
      ApplyLightsCamerasStage(*entity, lookup, physics);
    } else {
      ApplyLightsCamerasStage(*entity, lookup, physics);
    }
  } catch (...) {
    physics->set_draw(before);
    throw;
  }
  mj_camlight(m, physics->data());
  return true;
}

}  // namespace peekaboo::sim
