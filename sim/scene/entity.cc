#include "sim/scene/entity.h"

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
constexpr Attribute kMechanism[] = {
    {"visible", "", "whether it can be seen"},
    {"colour", "", "a name from [colours], of its root", true},
    {"shade", "", "brightness of its colour, 1: as named"},
    {"red", "", "0 to 1, in place of a colour"},
    {"green", "", "0 to 1, in place of a colour"},
    {"blue", "", "0 to 1, in place of a colour"},
    {"friction", "", "sliding friction"},
    {"damping_ratio", "", "of its contacts"},
};
constexpr Attribute kJoint[] = {
    {"position", "rad or m", "where it begins, as MuJoCo's qpos"},
    {"velocity", "rad/s or m/s", "at the beginning"},
    {"damping", "N m s/rad or N s/m", "of its motion"},
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

}  // namespace

std::span<const Attribute> Entity::attributes() const {
  switch (kind) {
    case Kind::kBody:
      return kBody;
    case Kind::kFixture:
      return kFixture;
    case Kind::kMechanism:
      return kMechanism;
    case Kind::kJoint:
      return kJoint;
    case Kind::kSurface:
      return kSurface;
    case Kind::kLight:
      return kLight;
    case Kind::kCamera:
      if (id < 0) return {};
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

}  // namespace peekaboo::sim
