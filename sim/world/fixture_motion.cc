#include "sim/world/fixture_motion.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "base/error.h"

namespace peekaboo::sim {

FixtureMotion ReadFixture(const Stage& stage, const Entity& entity, const Draw& draw) {
  const NameLookup lookup = LookupIn(stage, draw);
  const auto number = [&](const char* attribute) {
    double value = 0;
    PEEKABOO_CHECK(lookup(entity.name + "." + attribute, &value));
    return value;
  };
  FixtureMotion script;
  script.width = number("width");
  script.depth = number("depth");
  script.height = number("height");
  for (const double size : {script.width, script.depth, script.height}) {
    if (!(size > 0))
      throw UserError(entity.name, "has a width, depth or height that is not above 0");
  }
  script.x = draw.count(entity.name + ".end") ? number("end") - script.width / 2 : number("x");
  script.y = number("y");
  script.z = number("z");
  script.angle = number("angle");
  script.rise = number("rise");
  script.fall = number("fall");
  script.rise_for = std::max(1e-3, number("rise_for"));
  script.moves = number("moves");
  script.move_for = std::max(1e-3, number("move_for"));
  script.move_dx = number("move_dx");
  script.move_dy = number("move_dy");
  script.move_dz = number("move_dz");
  const auto style = draw.find(entity.name + ".style");
  script.rotates = style != draw.end() && std::get<std::string>(style->second) == "rotate";
  if (script.rotates && script.angle != 0)
    throw UserError(entity.name, "has the style \"rotate\": its angle must stay 0");
  script.visible = number("present") != 0 && number("visible") != 0;
  return script;
}

FixturePose PoseAt(const FixtureMotion& script, double time) {
  double up = 1;  // 0: down, 1: standing
  if (script.rise >= 0) up = std::clamp((time - script.rise) / script.rise_for, 0.0, 1.0);
  if (script.fall >= 0) up -= std::clamp((time - script.fall) / script.rise_for, 0.0, 1.0);
  up = std::max(0.0, up);
  const double moved =
      script.moves >= 0 ? std::clamp((time - script.moves) / script.move_for, 0.0, 1.0) : 0;

  FixturePose pose;
  pose.up = up > 1e-9 || script.rotates;  // above what rounding leaves of a fallen screen
  pose.position[0] = script.x + moved * script.move_dx;
  pose.position[1] = script.y + moved * script.move_dy;
  pose.position[2] = script.z + script.height / 2 + moved * script.move_dz;
  const mjtNum along_y[3] = {0, 1, 0};
  mju_axisAngle2Quat(pose.quaternion, along_y, script.angle);
  if (script.rotates) {
    // A drawbridge: lies towards the audience when down, hinged at the far lower edge.
    const double tilt = (1 - up) * std::numbers::pi / 2;
    const mjtNum along_x[3] = {1, 0, 0};
    mju_axisAngle2Quat(pose.quaternion, along_x, tilt);
    pose.position[1] -= std::sin(tilt) * script.height / 2;
    pose.position[2] = script.z + moved * script.move_dz + script.depth / 2 +
                       std::cos(tilt) * (script.height - script.depth) / 2;
  } else {
    pose.position[2] -= (1 - up) * script.height;
  }
  return pose;
}

}  // namespace peekaboo::sim
