#pragma once

#include <span>
#include <string>
#include <vector>

namespace peekaboo::sim {

/// A property of a thing on the stage that a factor can set.
struct Attribute {
  const char* name;
  const char* unit;
  const char* meaning;
  bool word = false;     ///< takes a word (shape, colour, style), not a number
  bool derived = false;  ///< can be read in expressions, not set
};

/// Something on the stage that has a name. Where two things of a model share one, the body has it;
/// the other is called KIND.NAME ("camera.head").
struct Entity {
  enum class Kind {
    kBody,       ///< moves in the plane y = 0: joints slide x, slide z, perhaps hinge y
    kFixture,    ///< a mocap body made of one box: stands still or follows a script
    kMechanism,  ///< any other child of the world and what hangs on it: moves as its file says
    kJoint,      ///< a hinge or slide joint of a mechanism
    kSurface,    ///< a geom of the world (floor, back wall)
    kLight,
    kCamera,
    kStage,  ///< the world as a whole
  };
  Kind kind;
  std::string name;
  int id = -1;                 ///< MuJoCo's id of the body, joint, geom, light or camera
  std::vector<int> bodies;     ///< body, mechanism: itself and its sub-bodies
  std::vector<int> geoms;      ///< all geoms, sub-bodies' included; stage: of everything
  std::vector<int> own_geoms;  ///< geoms of the body itself: those that take its colour
  std::vector<std::string>
      shapes;  ///< shapes of own_geoms named BODY.SHAPE, if it wears one at a time
  int x = -1, z = -1, angle = -1;  ///< body: joint ids
  int mocap = -1;                  ///< fixture: mocap id
  int collision_bits = 0;          ///< body, mechanism: contypes of its geoms (collision_bits.h)

  /// Whether it is a body of the model, standing or not.
  bool IsTangible() const {
    return kind == Kind::kBody || kind == Kind::kFixture || kind == Kind::kMechanism;
  }

  std::span<const Attribute> attributes() const;
  const Attribute* FindAttribute(const std::string& attribute) const;
};

}  // namespace peekaboo::sim
