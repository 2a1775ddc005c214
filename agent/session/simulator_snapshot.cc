#include "agent/session/simulator.h"

namespace peekaboo::agent {
namespace {

void Describe(const StageHistory::Entry& now, StageSnapshot* snapshot) {
  snapshot->spec = now.spec;
  snapshot->episode = now.episode;
  snapshot->frame = now.frame;
  snapshot->time = now.frame / now.spec->scene->frame_hz;
  snapshot->goal = now.goal;
  snapshot->progress = now.progress;
  snapshot->period = 1 / now.spec->scene->frame_hz;
  snapshot->factors = now.spec->draw;
  snapshot->objects = now.objects;
}

}  // namespace

std::shared_ptr<StageSnapshot> Simulator::Snapshot() const {
  auto snapshot = std::make_shared<StageSnapshot>();
  snapshot->playing = playing_;
  snapshot->speed = speed_;
  snapshot->on_episode_end = on_episode_end_;
  snapshot->selected = selected_;
  snapshot->mode = motor_.mode();
  snapshot->lock_step = motor_.lock_step();
  snapshot->waits = motor_.Waits(history_);
  snapshot->action = motor_.action();
  snapshot->plan_age = motor_.plan_age();
  snapshot->tally = tally_;
  if (history_.empty()) return snapshot;
  const StageHistory::Entry& now = Now();
  snapshot->views = views_.views();
  snapshot->moment = history_.moment();
  snapshot->oldest = history_.oldest();
  snapshot->newest = history_.newest();
  snapshot->time_step = world_->model()->opt.timestep;
  Describe(now, snapshot.get());
  return snapshot;
}

}  // namespace peekaboo::agent
