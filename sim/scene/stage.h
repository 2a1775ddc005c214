#pragma once

#include <mujoco/mujoco.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/scene/action_spec.h"
#include "sim/scene/entity.h"
#include "sim/scene/scene.h"

namespace peekaboo::sim {

/// Name of the view that MuJoCo's viewers begin with, through which a model without cameras is
/// seen.
inline constexpr char kFreeCamera[] = "free";

/// Frees MuJoCo's model.
struct ModelDeleter {
  void operator()(mjModel* model) const { mj_deleteModel(model); }
};
/// Frees MuJoCo's data.
struct DataDeleter {
  void operator()(mjData* data) const { mj_deleteData(data); }
};
using ModelPtr = std::unique_ptr<mjModel, ModelDeleter>;
using DataPtr = std::unique_ptr<mjData, DataDeleter>;

/// An MJCF model, understood: which bodies move, which stand, what a factor can set. Immutable and
/// shared between threads; a World copies the model before it changes anything.
///
/// Any model that MuJoCo loads is a stage, and moves as MuJoCo moves it. Collision masks are
/// written anew without changing what collides, so that any two things can be told to pass through
/// each other (collision_bits.h).
class Stage {
 public:
  /// Throws UserError naming the file, and MuJoCo's reason, if it cannot be loaded.
  static std::shared_ptr<const Stage> Load(const std::string& path);

  const mjModel* model() const { return model_.get(); }
  const std::string& path() const { return path_; }
  /// Whether collision masks tell any two things apart (collision_bits.h).
  bool tells_things_apart() const { return tells_things_apart_; }
  const ActionSpec& actions() const { return actions_; }
  const std::vector<Entity>& entities() const { return entities_; }
  /// nullptr if there is none of that name.
  const Entity* Find(const std::string& name) const;
  /// Throws UserError(where, ...) with the nearest name if there is none.
  const Entity& Require(const std::string& name, const std::string& where) const;
  /// Id of a body of the model at any depth, by its name, or "#ID" for one without a name. Throws
  /// UserError(where, ...) with the nearest name if there is none.
  int BodyId(const std::string& name, const std::string& where) const;
  /// A name that BodyId takes.
  std::string BodyName(int id) const;
  /// Splits "car.x" into the entity "car" and its attribute "x"; false if there is no such.
  bool Resolve(const std::string& key, const Entity** entity, const Attribute** attribute) const;

  /// Id of the model's camera that the scene is seen through, -1: the free camera. Throws UserError
  /// if there is no such camera.
  int CameraOf(const Scene& scene) const;

  /// Throws UserError naming file and key unless everything that `scene` names exists here.
  void Check(const Scene& scene) const;

 private:
  Stage() = default;
  void AddWhole();
  void AddBodies();
  void AddJoints(const Entity& mechanism);
  void AddOthers();
  void Add(Entity entity, const char* kind);

  std::string path_;
  ModelPtr model_;
  ActionSpec actions_;
  bool tells_things_apart_ = false;
  std::vector<Entity> entities_;
  std::map<std::string, size_t> index_;
};

}  // namespace peekaboo::sim
