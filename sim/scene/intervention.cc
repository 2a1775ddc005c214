#include "sim/scene/intervention.h"

#include "base/check.h"

namespace peekaboo::sim {

std::span<const InterventionType> InterventionTypes() {
  using Kind = Intervention::Kind;
  using Wand = InterventionType::Wand;
  static const std::vector<InterventionType> kTypes = {
      {Kind::kVanish,
       "vanish",
       1,
       {},
       nullptr,
       Wand{"V", "Vanish", "Vanish", "click a thing, and it is gone"}},
      {Kind::kAppear,
       "appear",
       1,
       {"x", "z", "vx", "vz"},
       nullptr,
       Wand{"A", "Appear", "Appear", "click where a thing that is not there shall appear"}},
      {Kind::kTeleport,
       "teleport",
       1,
       {"x", "z", "dx", "dz"},
       nullptr,
       Wand{"M", "Teleport", "Teleport", "click a thing, then where it shall be"}},
      {Kind::kFreeze,
       "freeze",
       1,
       {},
       nullptr,
       Wand{"Z", "Freeze", "Freeze in mid-air", "it stops in mid-air"}},
      {Kind::kFloat, "float", 1, {}, nullptr, Wand{"L", "Float", "Float", "gravity lets go of it"}},
      {Kind::kGravity,
       "gravity",
       1,
       {"scale"},
       nullptr,
       Wand{"G", "Fall up", "Fall up", "gravity is turned round for it"}},
      {Kind::kPassThrough,
       "pass_through",
       2,
       {},
       nullptr,
       Wand{"P", "Ghost", "Pass through things", "it passes through everything but the floor"}},
      {Kind::kSwapColour,
       "swap_colour",
       1,
       {},
       "colour",
       Wand{"K", "Colour", "Another colour", "another colour"}},
      {Kind::kSwapShape,
       "swap_shape",
       1,
       {},
       "shape",
       Wand{"H", "Shape", "Another shape", "another shape"}},
      {Kind::kReverse,
       "reverse",
       1,
       {},
       nullptr,
       Wand{"B", "Reverse", "Turn back", "it turns back without a reason"}},
      {Kind::kStop, "stop", 1, {}, nullptr, {}},
      {Kind::kPush, "push", 1, {"vx", "vz", "spin", "speed"}, nullptr, {}},
      {Kind::kRelease, "release", 1, {}, nullptr, {}},
  };
  return kTypes;
}

const InterventionType& TypeOf(Intervention::Kind kind) {
  for (const InterventionType& type : InterventionTypes()) {
    if (type.kind == kind) return type;
  }
  PEEKABOO_CHECK(false && "every intervention has a row");
  return InterventionTypes().front();
}

}  // namespace peekaboo::sim
