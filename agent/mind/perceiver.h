#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "agent/mind/timeline_entry.h"

namespace peekaboo::agent {

/// The stage of a Session that perceives: watches frame by frame, remembers, predicts, is
/// surprised, and keeps what it lived for as long as the simulator's history goes back. One thread.
class Perceiver {
 public:
  /// `history`: moments that are kept; `pictures`: people look on, and want to see what it expects.
  Perceiver(int64_t history, bool pictures);

  /// Another model from now on. What is left of the episode so far, up to kCatchUp frames, is
  /// watched again by it, so that it goes on with a memory of its own making.
  void Use(std::shared_ptr<const ModelVersion> version);

  /// Watches the next frame, or, after going back, another one in its place: later moments are
  /// then forgotten. Without a model it only keeps the picture.
  void Perceive(Observation observation);

  std::shared_ptr<MindSnapshot> Snapshot() const;

  static constexpr int kCatchUp = 32;  ///< frames: a clip of the training

 private:
  /// Frame states of this episode's last moments, newest last, as many as predictions reach back.
  std::vector<const worldmodel::FrameState*> Recent() const;
  /// This episode's objects one frame ago; those that were gone, as they were when they were last
  /// there, so long as predictions reach back.
  std::vector<sim::ObjectTruth> LastSeen() const;

  int64_t history_;
  bool pictures_;
  std::shared_ptr<const ModelVersion> version_;
  std::deque<std::shared_ptr<const TimelineEntry>> moments_;
  /// After another model took over: its own view of the newest moments. Empty otherwise.
  std::vector<worldmodel::FrameState> again_;
  double milliseconds_ = 0;  // running mean
};

}  // namespace peekaboo::agent
