#include "sim/scene/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"
#include "sim/scene/collision_bits.h"
#include "sim/scene/mujoco_error.h"

namespace peekaboo::sim {
namespace {

std::string NameOf(const mjModel* model, int type, int id) {
  const char* name = mj_id2name(model, type, id);
  return name ? name : "";
}

/// Whether vector `v` [3] is the unit vector of an axis (0 x, 1 y, 2 z), to the last bit.
bool IsAxis(const mjtNum* v, int axis) {
  return v[axis] == 1 && v[(axis + 1) % 3] == 0 && v[(axis + 2) % 3] == 0;
}

bool IsUnturned(const mjtNum* quat) {
  return quat[0] == 1 && quat[1] == 0 && quat[2] == 0 && quat[3] == 0;
}

/// A mocap body made of one box, which may be turned about y.
bool IsFixture(const mjModel* m, const Entity& entity) {
  const mjtNum* quat = m->body_quat + 4 * entity.id;
  return m->body_mocapid[entity.id] >= 0 && entity.geoms.size() == 1 &&
         m->geom_type[entity.geoms.front()] == mjGEOM_BOX && quat[1] == 0 && quat[3] == 0;
}

/// Finds the joints by which a body moves in the plane; false if it does not.
bool FindPlaneJoints(const mjModel* m, Entity* entity) {
  if (!IsUnturned(m->body_quat + 4 * entity->id)) return false;
  const int first = m->body_jntadr[entity->id];
  for (int j = first; j < first + m->body_jntnum[entity->id]; ++j) {
    const mjtNum* axis = m->jnt_axis + 3 * j;
    if (m->jnt_type[j] == mjJNT_SLIDE && IsAxis(axis, 0)) entity->x = j;
    if (m->jnt_type[j] == mjJNT_SLIDE && IsAxis(axis, 2)) entity->z = j;
    if (m->jnt_type[j] == mjJNT_HINGE && IsAxis(axis, 1)) entity->angle = j;
  }
  return entity->x >= 0 && entity->z >= 0;
}

/// Several geoms of a body that are all called BODY.SHAPE and overlap are shapes of which it wears
/// one, unless it has parts (a car).
std::vector<std::string> ShapesOf(const mjModel* m, const Entity& entity) {
  std::vector<std::string> shapes;
  if (entity.bodies.size() != 1 || entity.own_geoms.size() < 2) return shapes;
  for (const int g : entity.own_geoms) {
    const std::string geom = NameOf(m, mjOBJ_GEOM, g);
    if (!geom.starts_with(entity.name + ".")) return {};
    shapes.push_back(geom.substr(entity.name.size() + 1));
  }
  return shapes;
}

}  // namespace

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
  stage->actions_ = ReadActionSpec(stage->model());
  stage->AddWhole();
  stage->AddBodies();
  stage->AddOthers();
  return stage;
}

void Stage::Add(Entity entity, const char* kind) {
  if (entity.name.empty()) return;
  if (index_.contains(entity.name)) entity.name = fmt::format("{}.{}", kind, entity.name);
  if (!index_.emplace(entity.name, entities_.size()).second)
    throw UserError(path_, fmt::format("two things are called '{}'", entity.name));
  entities_.push_back(std::move(entity));
}

void Stage::AddWhole() {
  const mjModel* m = model_.get();
  Entity whole;
  whole.kind = Entity::Kind::kStage;
  whole.name = "stage";
  whole.geoms.resize(m->ngeom);
  std::iota(whole.geoms.begin(), whole.geoms.end(), 0);
  Add(std::move(whole), "model");
}

void Stage::AddBodies() {
  mjModel* m = model_.get();
  std::vector<int> bits;
  tells_things_apart_ = SeparateCollisionBits(m, &bits);
  for (int body = 1; body < m->nbody; ++body) {
    if (m->body_parentid[body] != 0) continue;
    Entity entity;
    entity.name = NameOf(m, mjOBJ_BODY, body);
    entity.id = body;
    for (int b = body; b < m->nbody; ++b) {
      if (m->body_rootid[b] == body) entity.bodies.push_back(b);
    }
    for (int g = 0; g < m->ngeom; ++g) {
      if (m->body_rootid[m->geom_bodyid[g]] != body) continue;
      entity.geoms.push_back(g);
      if (m->geom_bodyid[g] == body) entity.own_geoms.push_back(g);
    }
    entity.collision_bits = bits[body];
    if (IsFixture(m, entity)) {
      entity.kind = Entity::Kind::kFixture;
      entity.mocap = m->body_mocapid[body];
      Add(std::move(entity), "body");
    } else if (FindPlaneJoints(m, &entity)) {
      entity.kind = Entity::Kind::kBody;
      entity.shapes = ShapesOf(m, entity);
      Add(std::move(entity), "body");
    } else {
      entity.kind = Entity::Kind::kMechanism;
      Add(entity, "body");
      AddJoints(entity);
    }
  }
}

void Stage::AddJoints(const Entity& mechanism) {
  const mjModel* m = model_.get();
  for (const int body : mechanism.bodies) {
    for (int j = m->body_jntadr[body]; j < m->body_jntadr[body] + m->body_jntnum[body]; ++j) {
      if (m->jnt_type[j] != mjJNT_SLIDE && m->jnt_type[j] != mjJNT_HINGE) continue;
      Entity joint;
      joint.kind = Entity::Kind::kJoint;
      joint.name = NameOf(m, mjOBJ_JOINT, j);
      joint.id = j;
      Add(std::move(joint), "joint");
    }
  }
}

void Stage::AddOthers() {
  const mjModel* m = model_.get();
  const auto add = [&](Entity::Kind kind, int type, int id, const char* word) {
    Entity entity;
    entity.kind = kind;
    entity.name = NameOf(m, type, id);
    entity.id = id;
    if (kind == Entity::Kind::kSurface) entity.geoms = entity.own_geoms = {id};
    Add(std::move(entity), word);
  };
  for (int g = 0; g < m->ngeom; ++g) {
    if (m->geom_bodyid[g] == 0) add(Entity::Kind::kSurface, mjOBJ_GEOM, g, "geom");
  }
  for (int l = 0; l < m->nlight; ++l) add(Entity::Kind::kLight, mjOBJ_LIGHT, l, "light");
  for (int c = 0; c < m->ncam; ++c) add(Entity::Kind::kCamera, mjOBJ_CAMERA, c, "camera");
  if (m->ncam == 0) {
    Entity free;
    free.kind = Entity::Kind::kCamera;
    free.name = kFreeCamera;
    Add(std::move(free), "camera");
  }
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

int Stage::BodyId(const std::string& name, const std::string& where) const {
  const mjModel* m = model_.get();
  const Entity* entity = Find(name);
  if (entity && entity->IsTangible()) return entity->id;
  std::vector<std::string> names;
  for (int body = 1; body < m->nbody; ++body) {
    names.push_back(BodyName(body));
    if (name == names.back() || name == fmt::format("#{}", body)) return body;
  }
  if (entity) throw UserError(where, fmt::format("'{}' is no body", name));
  throw UserError(where,
                  fmt::format("no body is called '{}' in {}{}", name, path_, Suggest(name, names)));
}

std::string Stage::BodyName(int id) const {
  const std::string name = NameOf(model_.get(), mjOBJ_BODY, id);
  return name.empty() ? fmt::format("#{}", id) : name;
}

int Stage::CameraOf(const Scene& scene) const {
  const std::string where = scene.path + ": camera";
  const Entity& camera = Require(scene.camera, where);
  if (camera.kind != Entity::Kind::kCamera)
    throw UserError(where, fmt::format("'{}' is not a camera", scene.camera));
  return camera.id;
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
