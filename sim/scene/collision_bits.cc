#include "sim/scene/collision_bits.h"

#include <algorithm>
#include <cstddef>

namespace peekaboo::sim {
namespace {

constexpr size_t kBits = 31;

/// Geoms that move, belong to one child of the world, and have the same masks.
struct MovingGeoms {
  int root;  ///< body id
  int contype, conaffinity;
  bool operator==(const MovingGeoms&) const = default;
};

bool Collide(int contype1, int conaffinity1, int contype2, int conaffinity2) {
  return (contype1 & conaffinity2) != 0 || (contype2 & conaffinity1) != 0;
}

}  // namespace

bool SeparateCollisionBits(mjModel* m, std::vector<int>* bits) {
  std::vector<MovingGeoms> groups;
  std::vector<int> group_of(static_cast<size_t>(m->ngeom), -1);
  for (int g = 0; g < m->ngeom; ++g) {
    const int body = m->geom_bodyid[g];
    const bool stands = m->body_weldid[body] == 0;
    if (stands || (m->geom_contype[g] == 0 && m->geom_conaffinity[g] == 0)) continue;
    const MovingGeoms group{m->body_rootid[body], m->geom_contype[g], m->geom_conaffinity[g]};
    const auto found = std::find(groups.begin(), groups.end(), group);
    group_of[g] = static_cast<int>(found - groups.begin());
    if (found == groups.end()) groups.push_back(group);
  }
  bits->assign(static_cast<size_t>(m->nbody), 0);
  if (groups.size() > kBits) return false;
  for (int g = 0; g < m->ngeom; ++g) {
    int conaffinity = 0;
    for (size_t other = 0; other < groups.size(); ++other) {
      if (Collide(m->geom_contype[g], m->geom_conaffinity[g], groups[other].contype,
                  groups[other].conaffinity))
        conaffinity |= 1 << other;
    }
    const int contype = group_of[g] < 0 ? 0 : 1 << group_of[g];
    m->geom_contype[g] = contype;
    m->geom_conaffinity[g] = conaffinity;
    for (int b = m->geom_bodyid[g]; b != 0; b = m->body_parentid[b]) (*bits)[b] |= contype;
  }
  return true;
}

}  // namespace peekaboo::sim
