#include "sim/episode/player.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"

namespace peekaboo::sim {
namespace {

constexpr int kBlocksAhead = 4;
constexpr int kTries = 8;
constexpr double kWeakest = 0.3, kStrongest = 1.0;  // standard deviations of actions
constexpr double kMoved = 2;  // what a metre that the target moved is worth, in metres of distance

/// Geoms of the bodies that actuators work on, and of all that hangs on those.
std::vector<int> GeomsThatActuatorsMove(const mjModel* m) {
  std::vector<char> moved(static_cast<size_t>(m->nbody), 0);
  for (int a = 0; a < m->nu; ++a) {
    const int id = m->actuator_trnid[2 * a];
    switch (m->actuator_trntype[a]) {
      case mjTRN_JOINT:
      case mjTRN_JOINTINPARENT:
        moved[m->jnt_bodyid[id]] = 1;
        break;
      case mjTRN_SITE:
        moved[m->site_bodyid[id]] = 1;
        break;
      default:
        break;
    }
  }
  std::vector<int> geoms;
  for (int b = 1; b < m->nbody; ++b) moved[b] |= moved[m->body_parentid[b]];
  for (int g = 0; g < m->ngeom; ++g) {
    if (moved[m->geom_bodyid[g]]) geoms.push_back(g);
  }
  return geoms;
}

}  // namespace

Player::Player(const Scene& scene, World* world, RandomStream random)
    : scene_(scene), world_(world), random_(random), vigour_(0) {
  vigour_ = random_.Uniform(kWeakest, kStrongest);
  action_.assign(static_cast<size_t>(world->stage().actions().size()), 0);
  if (scene.play.kind != Play::Kind::kSeek) return;
  const mjModel* m = world->model();
  hand_ = GeomsThatActuatorsMove(m);
  const auto is_hand = [&](const Entity& entity) {
    return std::any_of(hand_.begin(), hand_.end(),
                       [&](int geom) { return m->body_rootid[m->geom_bodyid[geom]] == entity.id; });
  };
  for (const std::string& name : scene.play.targets.empty() ? scene.objects : scene.play.targets) {
    const Entity& entity = world->stage().Require(name, scene.path + ": play.targets");
    if (!is_hand(entity)) targets_.push_back(&entity);
  }
}

std::span<const float> Player::Next() {
  if (held_ == 0) {
    if (block_ == plan_.size()) PlanAhead();
    action_ = plan_[block_++];
  }
  held_ = (held_ + 1) % scene_.play.repeat;
  return action_;
}

std::vector<float> Player::Sample(const std::vector<float>& before) {
  const double keep = scene_.play.smoothness, fresh = std::sqrt(1 - keep * keep);
  std::vector<float> action(before.size());
  for (size_t a = 0; a < action.size(); ++a) {
    action[a] = static_cast<float>(
        std::clamp(keep * before[a] + fresh * vigour_ * random_.Normal(), -1.0, 1.0));
  }
  return action;
}

Player::Actions Player::Smooth(int blocks) {
  Actions actions;
  for (int b = 0; b < blocks; ++b) actions.push_back(Sample(b == 0 ? action_ : actions.back()));
  return actions;
}

void Player::PlanAhead() {
  block_ = 0;
  std::vector<const Entity*> present;
  std::copy_if(targets_.begin(), targets_.end(), std::back_inserter(present),
               [&](const Entity* target) { return world_->IsPresent(*target); });
  const bool seek = scene_.play.kind == Play::Kind::kSeek && random_.Chance(scene_.play.seeking);
  plan_ = Smooth(kBlocksAhead);
  if (!seek || present.empty() || hand_.empty()) return;
  const Entity& target = *present[random_.Below(present.size())];
  double best = Try(plan_, target);
  for (int t = 1; t < kTries; ++t) {
    Actions actions = Smooth(kBlocksAhead);
    if (t % 2 == 1) {  // one direction all the way
      std::vector<float> direction(action_.size());
      for (float& number : direction) number = static_cast<float>(random_.Uniform(-1, 1));
      actions.assign(kBlocksAhead, direction);
    }
    const double value = Try(actions, target);
    if (value <= best) continue;
    best = value;
    plan_ = std::move(actions);
  }
}

double Player::Try(const Actions& actions, const Entity& target) {
  const WorldState before = world_->Save();
  const mjtNum* at = world_->data()->xpos + 3 * target.id;
  const mjtNum began[3] = {at[0], at[1], at[2]};
  double nearest = std::numeric_limits<double>::max();
  for (const std::vector<float>& action : actions) {
    world_->Act(action);
    for (int f = 0; f < scene_.play.repeat; ++f) {
      world_->StepFrame();
      nearest = std::min(nearest, Distance(target));
    }
  }
  mjtNum moved[3];
  mju_sub3(moved, at, began);
  const double value = kMoved * mju_norm3(moved) - nearest;
  world_->Restore(before);
  return value;
}

double Player::Distance(const Entity& target) const {
  double nearest = std::numeric_limits<double>::max();
  for (const int geom : hand_) {
    mjtNum between[3];
    mju_sub3(between, world_->data()->geom_xpos + 3 * geom, world_->data()->xpos + 3 * target.id);
    nearest = std::min(nearest, mju_norm3(between));
  }
  return nearest;
}

}  // namespace peekaboo::sim
