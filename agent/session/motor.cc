#include "agent/session/motor.h"

#include <algorithm>
#include <utility>

#include "sim/scene/bare_scene.h"

namespace peekaboo::agent {

void Motor::Suit(const EpisodeSpec& spec) {
  if (chosen_) return;
  const bool bare = sim::IsBareScene(spec.requested);
  mode_ = spec.scene->task.exists()          ? Mode::kGoal
          : spec.scene->play.acts() && !bare ? Mode::kPlay
                                             : Mode::kWatch;
}

void Motor::SetMode(Mode mode) {
  mode_ = mode;
  chosen_ = true;
}

// Whether an action of a plan is due in the coming frame.
bool Motor::Plans(const StageHistory::Entry& now) const {
  const sim::Scene& scene = *now.spec->scene;
  return mode_ == Mode::kGoal && now.goal && now.frame % scene.play.repeat == 0 &&
         now.frame >= scene.task.wait * scene.play.repeat;
}

bool Motor::Waits(const StageHistory& history) const {
  if (history.empty() || !replayed_.empty() || !lock_step_ || !Plans(history.now())) return false;
  if (plan_ && !plan_->hindrance.empty()) return false;
  return !plan_ || plan_->serial != history.now().serial || plan_->goal != history.now().goal;
}

std::vector<float> Motor::Planned(const StageHistory& history) {
  const StageHistory::Entry& now = history.now();
  std::vector<float> rest(action_.size());
  if (!plan_ || !plan_->hindrance.empty() || !plan_->admissible) return rest;
  // People may have gone back to before the plan, or changed what is wanted.
  const StageHistory::Entry* made = history.Find(plan_->moment);
  if (!made || made->serial != plan_->serial || made->episode != now.episode ||
      plan_->moment > history.moment() || plan_->goal != now.goal)
    return rest;
  const auto passed = static_cast<size_t>((now.frame - made->frame) / now.spec->scene->play.repeat);
  if (passed >= plan_->actions.size()) return rest;
  plan_age_ = (now.frame - made->frame) / now.spec->scene->frame_hz;
  return plan_->actions[passed];
}

std::vector<float> Motor::Played(const StageHistory& history, sim::World* world) {
  const StageHistory::Entry& now = history.now();
  if (!player_ || playing_ != now.spec || next_serial_ != now.serial) {
    playing_ = now.spec;
    played_ = *now.spec->scene;
    if (!played_.play.acts()) played_.play.kind = sim::Play::Kind::kSmooth;
    player_.emplace(played_, world,
                    RandomStream(seed_, "live play", static_cast<uint64_t>(now.serial)));
  }
  next_serial_ = now.serial + 1;
  const auto action = player_->Next();
  return {action.begin(), action.end()};
}

void Motor::Act(const StageHistory& history, sim::World* world) {
  const StageHistory::Entry& now = history.now();
  const auto size = static_cast<size_t>(world->stage().actions().size());
  if (size == 0 || mode_ == Mode::kWatch) {
    action_.clear();
    plan_age_.reset();
    if (size > 0) world->Rest();
    return;
  }
  if (!replayed_.empty()) {
    action_ = std::move(replayed_.front());
    replayed_.pop_front();
    plan_age_.reset();
    world->Act(action_);
    return;
  }
  const bool held = now.frame % now.spec->scene->play.repeat != 0;
  if (mode_ == Mode::kGoal && held && action_.size() == size) return;
  action_.assign(size, 0);
  plan_age_.reset();
  if (mode_ == Mode::kPlay) {
    action_ = Played(history, world);
  } else if (Plans(now)) {
    action_ = Planned(history);
  }
  world->Act(action_);
}

}  // namespace peekaboo::agent
