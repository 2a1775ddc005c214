#include "agent/mind/perceiver.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>
#include <utility>

#include "agent/mind/reading.h"
#include "base/check.h"

namespace peekaboo::agent {

Perceiver::Perceiver(int64_t history, bool pictures) : history_(history), pictures_(pictures) {
  PEEKABOO_CHECK(history >= 2);
}

void Perceiver::Use(std::shared_ptr<const ModelVersion> version) {
  version_ = std::move(version);
  again_.clear();
  if (!version_ || moments_.empty()) return;
  const int64_t episode = moments_.back()->observation.episode;
  std::vector<uint8_t> frames;
  int count = 0;
  for (size_t i = moments_.size() - std::min<size_t>(moments_.size(), kCatchUp);
       i < moments_.size(); ++i) {
    if (moments_[i]->observation.episode != episode) continue;
    frames.insert(frames.end(), moments_[i]->observation.pixels->begin(),
                  moments_[i]->observation.pixels->end());
    ++count;
  }
  again_ = worldmodel::PerceiveClip(*version_->model, frames, count);
}

std::vector<const worldmodel::FrameState*> Perceiver::Recent() const {
  // As far back as predictions reach, and as lasting surprise looks.
  const auto reach = static_cast<size_t>(std::max(version_->model->config().horizons.back(),
                                                  worldmodel::SurpriseCalibration::kLasting - 1));
  std::vector<const worldmodel::FrameState*> recent;
  if (!again_.empty()) {
    for (size_t i = again_.size() - std::min(again_.size(), reach); i < again_.size(); ++i)
      recent.push_back(&again_[i]);
    return recent;
  }
  for (size_t back = 1; back <= std::min(moments_.size(), reach); ++back) {
    const TimelineEntry& moment = *moments_[moments_.size() - back];
    if (moment.observation.episode != moments_.back()->observation.episode ||
        moment.frame_state.z.empty())
      break;
    recent.push_back(&moment.frame_state);
  }
  std::reverse(recent.begin(), recent.end());
  return recent;
}

std::vector<sim::ObjectTruth> Perceiver::LastSeen() const {
  const Observation& last = moments_.back()->observation;
  const auto reach = static_cast<size_t>(version_->model->config().horizons.back());
  std::vector<sim::ObjectTruth> seen = last.objects;
  for (size_t back = 2; back <= std::min(moments_.size(), reach); ++back) {
    const Observation& before = moments_[moments_.size() - back]->observation;
    if (before.episode != last.episode) break;
    for (size_t o = 0; o < seen.size(); ++o) {
      if (!seen[o].body.present) seen[o] = before.objects[o];
    }
  }
  return seen;
}

void Perceiver::Perceive(Observation observation) {
  const auto start = std::chrono::steady_clock::now();
  bool went_back = false;
  while (!moments_.empty() && moments_.back()->observation.moment >= observation.moment) {
    moments_.pop_back();
    went_back = true;
  }
  if (went_back || observation.frame == 0) again_.clear();
  // An older model's memory and predictions mean nothing to this one.
  if (version_ && again_.empty() && observation.frame > 0 && !moments_.empty() &&
      moments_.back()->model_number != version_->number)
    Use(version_);

  auto moment = std::make_shared<TimelineEntry>();
  moment->surprise = std::numeric_limits<double>::quiet_NaN();
  if (version_) {
    std::vector<const worldmodel::FrameState*> recent;
    if (observation.frame > 0 && !moments_.empty()) recent = Recent();
    moment->frame_state = worldmodel::PerceiveFrame(*version_->model, *observation.pixels, recent);
    moment->model_number = version_->number;
    moment->observation = observation;
    std::vector<sim::ObjectTruth> last_seen;
    if (observation.frame > 0 && !moments_.empty()) last_seen = LastSeen();
    ReadMind(*version_, recent, last_seen, pictures_, moment.get());
    if (!again_.empty()) again_.push_back(moment->frame_state);
    // Once its own moments reach back far enough, they are enough.
    if (again_.size() > static_cast<size_t>(kCatchUp) + version_->model->config().horizons.back())
      again_.clear();
  }
  moment->observation = std::move(observation);
  moments_.push_back(std::move(moment));
  while (static_cast<int64_t>(moments_.size()) > history_) moments_.pop_front();
  const double took =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  milliseconds_ = milliseconds_ == 0 ? took : 0.95 * milliseconds_ + 0.05 * took;
}

std::shared_ptr<MindSnapshot> Perceiver::Snapshot() const {
  auto snapshot = std::make_shared<MindSnapshot>();
  snapshot->version = version_;
  snapshot->moments.assign(moments_.begin(), moments_.end());
  snapshot->perception_ms = milliseconds_;
  return snapshot;
}

}  // namespace peekaboo::agent
