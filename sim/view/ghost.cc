#include "sim/view/ghost.h"

#include <algorithm>

namespace peekaboo::sim {
namespace {

mjvGeom MakeGhost(int type, const mjtNum size[3], const std::array<double, 3>& position,
                  const mjtNum rotation[9], const std::array<float, 4>& rgba) {
  mjvGeom geom = {};
  mjv_initGeom(&geom, type, size, position.data(), rotation, rgba.data());
  // Whatever is opaque would be drawn as a thing of the world.
  geom.rgba[3] = std::clamp(rgba[3], 0.0f, 0.99f);
  return geom;
}

}  // namespace

mjvGeom GhostBall(const std::array<double, 3>& centre, double radius,
                  const std::array<float, 4>& rgba) {
  const mjtNum size[3] = {radius, radius, radius};
  const mjtNum upright[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  return MakeGhost(mjGEOM_SPHERE, size, centre, upright, rgba);
}

mjvGeom GhostArrow(const std::array<double, 3>& from, const std::array<double, 3>& to, double width,
                   const std::array<float, 4>& rgba) {
  mjtNum along[3], turn[4], rotation[9];
  mju_sub3(along, to.data(), from.data());
  const mjtNum size[3] = {width, width, mju_normalize3(along)};
  mju_quatZ2Vec(turn, along);
  mju_quat2Mat(rotation, turn);
  return MakeGhost(mjGEOM_ARROW, size, from, rotation, rgba);
}

}  // namespace peekaboo::sim
