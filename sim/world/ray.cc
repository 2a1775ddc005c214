#include "sim/world/ray.h"

#include <algorithm>

#include "sim/world/physics.h"

namespace peekaboo::sim {
namespace {

constexpr double kPast = 1e-4;  // m, beyond a surface that a ray goes on behind

}  // namespace

std::optional<RayHit> CastRay(const Physics& physics, const double origin[3],
                              const double direction[3], bool through) {
  const mjtNum length = mju_norm3(direction);
  if (!(length > 0)) return std::nullopt;
  const mjtByte groups[mjNGROUP] = {1, 1, 1, 0, 0, 0};
  const auto& entities = physics.stage().entities();
  mjtNum from[3] = {origin[0], origin[1], origin[2]};
  // Each fixture has a front and a back.
  for (size_t tries = 0; tries <= 2 * entities.size(); ++tries) {
    int geom = -1;
    const mjtNum distance = mj_ray(physics.model(), physics.data(), from, direction, groups,
                                   /*flg_static=*/1, /*bodyexclude=*/-1, &geom);
    if (geom < 0 || distance < 0) return std::nullopt;
    const auto hit = std::find_if(entities.begin(), entities.end(), [&](const Entity& entity) {
      return entity.kind != Entity::Kind::kStage &&
             std::find(entity.geoms.begin(), entity.geoms.end(), geom) != entity.geoms.end();
    });
    if (through && (hit == entities.end() || hit->kind != Entity::Kind::kBody)) {
      mju_addToScl3(from, direction, distance + kPast / length);
      continue;
    }
    if (hit == entities.end()) return std::nullopt;
    RayHit result{&*hit, {}};
    for (int k = 0; k < 3; ++k) result.point[k] = from[k] + distance * direction[k];
    return result;
  }
  return std::nullopt;
}

}  // namespace peekaboo::sim
