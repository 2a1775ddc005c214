#pragma once

#include <mujoco/mujoco.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/scene/scene.h"

namespace peekaboo::sim {

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

/// A property of a thing on the stage that a factor can set.
struct Attribute {
  const char* name;
  const char* unit;
  const char* meaning;
  bool word = false;     ///< takes a word (shape, colour, style), not a number
  bool derived = false;  ///< can be read in expressions, not set
};

/// Something on the stage that has a name.
struct Entity {
  enum class Kind {
    kBody,     ///< moves in the plane y = 0: joints slide x, slide z, hinge y
    kFixture,  ///< a mocap body: stands still or follows a script
    kSurface,  ///< a geom of the world (floor, back wall)
    kLight,
    kCamera,
    kStage,  ///< the world as a whole
  };
  Kind kind;
  std::string name;
  int id = -1;                 ///< MuJoCo's id of the body, geom, light or camera
  std::vector<int> bodies;     ///< body: itself and its sub-bodies
  std::vector<int> geoms;      ///< all geoms, sub-bodies' included; stage: of everything
  std::vector<int> own_geoms;  ///< geoms of the body itself: those that take its colour
  std::vector<std::string>
      shapes;  ///< shapes of own_geoms named BODY.SHAPE, if it wears one at a time
  int x = -1, z = -1, angle = -1;  ///< body: joint ids
  int mocap = -1;                  ///< fixture: mocap id
  int bit = 0;                     ///< body: its collision bit (see Stage)

  std::span<const Attribute> attributes() const;
  const Attribute* FindAttribute(const std::string& attribute) const;
};

/// An MJCF model, understood: which bodies move, which stand, what a factor can set. Immutable and
/// shared between threads; a World copies the model before it changes anything.
///
/// Collision masks are rewritten so that any two things can be told to pass through each other:
/// every moving body has a bit of its own as contype and accepts all; what stands accepts all and
/// has no contype. Geoms that collide with nothing in the MJCF stay so.
class Stage {
 public:
  /// Throws UserError naming the file (and MuJoCo's reason) if the MJCF cannot be loaded, has a
  /// body this program does not understand (a moving one needs joints that slide along x and z, a
  /// mocap body is one box), or more than 30 that move.
  static std::shared_ptr<const Stage> Load(const std::string& path);

  const mjModel* model() const { return model_.get(); }
  const std::string& path() const { return path_; }
  const std::vector<Entity>& entities() const { return entities_; }
  /// nullptr if there is none of that name.
  const Entity* Find(const std::string& name) const;
  /// Throws UserError(where, ...) with the nearest name if there is none.
  const Entity& Require(const std::string& name, const std::string& where) const;
  /// Splits "car.x" into the entity "car" and its attribute "x"; false if there is no such.
  bool Resolve(const std::string& key, const Entity** entity, const Attribute** attribute) const;

  /// Throws UserError naming file and key unless everything that `scene` names exists here.
  void Check(const Scene& scene) const;

 private:
  Stage() = default;
  void AddBodies();
  void AddOthers();

  std::string path_;
  ModelPtr model_;
  std::vector<Entity> entities_;
  std::map<std::string, size_t> index_;
};

}  // namespace peekaboo::sim
