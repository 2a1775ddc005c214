#include "sim/scene/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/suggest.h"
#include "sim/scene/mujoco_error.h"

namespace peekaboo::sim {
namespace {

constexpr Attribute kBody[] = {
    {"present", "", "whether it is in the world"},
    {"visible", "", "whether it can be seen"},
    {"shape", "", "which of its geoms BODY.SHAPE it wears", true},
    {"colour", "", "a name from [colours]", true},
    {"shade", "", "brightness of its colour, 1: as named"},
    {"red", "", "0 to 1, in place of a colour"},
    {"green", "", "0 to 1, in place of a colour"},
    {"blue", "", "0 to 1, in place of a colour"},
    {"scale", "", "size, 1: as in the MJCF"},
    {"x", "m", "where its centre begins, to the right"},
    {"y", "m", "its lane, away from the audience"},
    {"z", "m", "where its centre begins, up"},
    {"angle", "rad", "turn about y, clockwise for the audience"},
    {"vx", "m/s", "velocity at the beginning, to the right"},
    {"vz", "m/s", "velocity at the beginning, up"},
    {"spin", "rad/s", "angular velocity at the beginning; vx / rest is rolling"},
    {"friction", "", "sliding friction; MuJoCo takes the larger of the two that touch"},
    {"drag", "N s/m", "damping of its motion along x"},
    {"damping_ratio", "", "of its contacts: 1 does not bounce, 0.3 does"},
    {"rest", "m", "height of its centre when it lies on height 0", false, true},
};
constexpr Attribute kFixture[] = {
    {"present", "", "whether it is in the world"},
    {"visible", "", "whether it can be seen"},
    {"colour", "", "a name from [colours]", true},
    {"shade", "", "brightness of its colour, 1: as named"},
    {"red", "", "0 to 1, in place of a colour"},
    {"green", "", "0 to 1, in place of a colour"},
    {"blue", "", "0 to 1, in place of a colour"},
    {"x", "m", "centre, to the right"},
    {"y", "m", "centre, away from the audience"},
    {"z", "m", "height of its lower side"},
    {"width", "m", "along x"},
    {"depth", "m", "along y"},
    {"height", "m", "along z"},
    {"end", "m", "its right edge, in place of x"},
    {"angle", "rad", "tilt about y, clockwise for the audience"},
    {"friction", "", "sliding friction"},
    {"damping_ratio", "", "of its contacts: 1 does not bounce, 0.3 does"},
    {"rise", "s", "a screen that lies hidden until it rises at this time"},
    {"fall", "s", "when it goes down again"},
    {"rise_for", "s", "how long rising and falling take"},
    {"style", "", "how it rises: slide (out of the floor) or rotate (about its lower edge)", true},
    {"moves", "s", "when it begins to move by move_dx, move_dy, move_dz; below 0: never"},
    {"move_for", "s", "how long it moves"},
    {"move_dx", "m", "to the right"},
    {"move_dy", "m", "away from the audience"},
    {"move_dz", "m", "up"},
    {"left", "m", "its left edge", false, true},
    {"right", "m", "its right edge", false, true},
    {"top", "m", "its upper side", false, true},
};
constexpr Attribute kSurface[] = {
    {"colour", "", "a name from [colours]", true},
    {"shade", "", "brightness of its colour, 1: as named"},
    {"red", "", "0 to 1"},
    {"green", "", "0 to 1"},
    {"blue", "", "0 to 1"},
    {"friction", "", "sliding friction"},
    {"damping_ratio", "", "of its contacts"},
};
constexpr Attribute kLight[] = {
    {"x", "m", "to the right"},
    {"y", "m", "away from the audience"},
    {"z", "m", "up"},
    {"brightness", "", "diffuse, 0 to 1"},
    {"warmth", "", "-1 blue to 1 yellow"},
};
constexpr Attribute kCamera[] = {
    {"dx", "m", "moved to the right"}, {"dy", "m", "moved away from the audience"},
    {"dz", "m", "moved up"},           {"yaw", "rad", "turned to the left"},
    {"pitch", "rad", "turned up"},     {"roll", "rad", "tilted"},
    {"zoom", "", "1: as in the MJCF"}, {"mirror", "", "the picture is flipped left to right"},
};
constexpr Attribute kStage[] = {
    {"gravity", "m/s^2", "downwards"},
    {"friction", "", "of everything"},
    {"damping_ratio", "", "of all contacts: 1 does not bounce, 0.3 does"},
    {"ambient", "", "light from everywhere, 0 to 1"},
};

std::string NameOf(const mjModel* model, int type, int id) {
  const char* name = mj_id2name(model, type, id);
  return name ? name : "";
}

}  // namespace

std::span<const Attribute> Entity::attributes() const {
  switch (kind) {
    case Kind::kBody:
      return kBody;
    case Kind::kFixture:
      return kFixture;
    case Kind::kSurface:
      return kSurface;
    case Kind::kLight:
      return kLight;
    case Kind::kCamera:
      return kCamera;
    case Kind::kStage:
      return kStage;
  }
  return {};
}

const Attribute* Entity::FindAttribute(const std::string& attribute) const {
  for (const Attribute& a : attributes()) {
    if (attribute == a.name) return &a;
  }
  return nullptr;
}

std::shared_ptr<const Stage> Stage::Load(const std::string& path) {
  InstallMujocoErrorHandlers();
  std::shared_ptr<Stage> stage(new Stage);
  stage->path_ = path;
  char error[1000] = "";
  stage->model_.reset(mj_loadXML(path.c_str(), nullptr, error, sizeof(error)));
  if (!stage->model_) {
    std::string reason = error;
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    throw UserError(path, "MuJoCo cannot load it: " + reason);
  }
  stage->AddBodies();
  stage->AddOthers();
  for (size_t i = 0; i < stage->entities_.size(); ++i) {
    if (!stage->index_.emplace(stage->entities_[i].name, i).second) {
      throw UserError(path, fmt::format("two things are called '{}'", stage->entities_[i].name));
    }
  }
  return stage;
}

void Stage::AddBodies() {
  mjModel* m = model_.get();
  int bits = 0;
  for (int body = 1; body < m->nbody; ++body) {
    if (m->body_parentid[body] != 0) continue;
    Entity entity;
    entity.name = NameOf(m, mjOBJ_BODY, body);
    entity.id = body;
    if (entity.name.empty()) continue;
    for (int b = body; b < m->nbody; ++b) {
      if (m->body_rootid[b] == body) entity.bodies.push_back(b);
    }
    for (int g = 0; g < m->ngeom; ++g) {
      if (m->body_rootid[m->geom_bodyid[g]] != body) continue;
      entity.geoms.push_back(g);
      if (m->geom_bodyid[g] == body) entity.own_geoms.push_back(g);
    }
    if (m->body_mocapid[body] >= 0) {
      entity.kind = Entity::Kind::kFixture;
      entity.mocap = m->body_mocapid[body];
      if (entity.geoms.size() != 1 || m->geom_type[entity.geoms.front()] != mjGEOM_BOX) {
        throw UserError(path_, fmt::format("mocap body '{}' is not made of one geom of type box, "
                                           "as what stands on the stage must be",
                                           entity.name));
      }
    } else {
      entity.kind = Entity::Kind::kBody;
      for (int j = m->body_jntadr[body]; j < m->body_jntadr[body] + m->body_jntnum[body]; ++j) {
        const mjtNum* axis = m->jnt_axis + 3 * j;
        if (m->jnt_type[j] == mjJNT_SLIDE && axis[0] == 1) entity.x = j;
        if (m->jnt_type[j] == mjJNT_SLIDE && axis[2] == 1) entity.z = j;
        if (m->jnt_type[j] == mjJNT_HINGE && axis[1] == 1) entity.angle = j;
      }
      if (entity.x < 0 || entity.z < 0) {
        throw UserError(
            path_,
            fmt::format("body '{}' is neither a mocap body nor has joints that slide along x and z",
                        entity.name));
      }
      if (bits >= 30) throw UserError(path_, "more than 30 moving bodies");
      entity.bit = 1 << bits++;
      // Several geoms that are all called BODY.SHAPE and overlap are clothes, unless it has parts
      // (a car).
      if (entity.bodies.size() == 1 && entity.own_geoms.size() > 1) {
        for (const int g : entity.own_geoms) {
          const std::string geom = NameOf(m, mjOBJ_GEOM, g);
          if (geom.rfind(entity.name + ".", 0) == 0)
            entity.shapes.push_back(geom.substr(entity.name.size() + 1));
        }
        if (entity.shapes.size() != entity.own_geoms.size()) entity.shapes.clear();
      }
    }
    for (const int g : entity.geoms) {
      if (m->geom_contype[g] == 0 && m->geom_conaffinity[g] == 0) continue;
      m->geom_contype[g] = entity.bit;
      m->geom_conaffinity[g] = 0x3fffffff;
    }
    entities_.push_back(std::move(entity));
  }
}

void Stage::AddOthers() {
  mjModel* m = model_.get();
  const auto add = [&](Entity::Kind kind, int type, int id) {
    Entity entity;
    entity.kind = kind;
    entity.name = NameOf(m, type, id);
    entity.id = id;
    if (kind == Entity::Kind::kSurface) {
      if (m->geom_contype[id] != 0 || m->geom_conaffinity[id] != 0) {
        m->geom_contype[id] = 0;
        m->geom_conaffinity[id] = 0x3fffffff;
      }
      entity.geoms = entity.own_geoms = {id};
    }
    if (!entity.name.empty()) entities_.push_back(std::move(entity));
  };
  for (int g = 0; g < m->ngeom; ++g) {
    if (m->geom_bodyid[g] == 0) add(Entity::Kind::kSurface, mjOBJ_GEOM, g);
  }
  for (int l = 0; l < m->nlight; ++l) add(Entity::Kind::kLight, mjOBJ_LIGHT, l);
  for (int c = 0; c < m->ncam; ++c) add(Entity::Kind::kCamera, mjOBJ_CAMERA, c);
  Entity whole;
  whole.kind = Entity::Kind::kStage;
  whole.name = "stage";
  whole.geoms.resize(m->ngeom);
  std::iota(whole.geoms.begin(), whole.geoms.end(), 0);
  entities_.push_back(std::move(whole));
}

const Entity* Stage::Find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entities_[found->second];
}

const Entity& Stage::Require(const std::string& name, const std::string& where) const {
  if (const Entity* entity = Find(name)) return *entity;
  std::vector<std::string> names;
  for (const Entity& entity : entities_) names.push_back(entity.name);
  throw UserError(where,
                  fmt::format("nothing is called '{}' in {}{}", name, path_, Suggest(name, names)));
}

bool Stage::Resolve(const std::string& key, const Entity** entity,
                    const Attribute** attribute) const {
  const auto dot = key.rfind('.');
  if (dot == std::string::npos) return false;
  *entity = Find(key.substr(0, dot));
  *attribute = *entity ? (*entity)->FindAttribute(key.substr(dot + 1)) : nullptr;
  return *attribute != nullptr;
}

}  // namespace peekaboo::sim
