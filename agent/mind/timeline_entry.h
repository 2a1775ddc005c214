#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/mind/observation.h"
#include "worldmodel/model/live_perception.h"
#include "worldmodel/model/world_model.h"
#include "worldmodel/readout/readout.h"

namespace peekaboo::agent {

/// A world model that was loaded, made or learned. Immutable; shared between threads.
struct ModelVersion {
  int number = 0;      ///< counts from 1 in a session
  std::string name;    ///< "infant.safetensors", "infant + 400 steps"
  int64_t steps = 0;   ///< learned in this session
  int64_t age = 0;     ///< steps learned in all; of what was loaded, as far as matters to averages
  double minutes = 0;  ///< of session time when it was made
  std::shared_ptr<const worldmodel::WorldModel> model;
  /// How it is read, and what surprises it on possible films; nullptr until that was measured.
  std::shared_ptr<const worldmodel::Readout> readout;
  bool own_readout = false;  ///< fitted to these weights; before, its predecessor's serves
  /// Mean error of each horizon on the exam's films, the same for all versions of a session; empty
  /// before the exam, which what was loaded with a readout sits when learning begins.
  std::vector<double> exam;
};

/// What people read in a moment of the infant's mind.
struct Reading {
  /// Where its latent lies on the axes of the readout's projection, and where it expects the coming
  /// ones to lie, by horizon; empty without a readout (or of a model that predicts pixels: `fan`).
  std::vector<worldmodel::LatentPoint> here, fan;
  /// How sure a probe of the memory is that something is hidden, about 0 to 1, and where in the
  /// picture it then is, as ObjectTruth::image_xy.
  double hidden = 0;
  std::array<float, 2> hidden_at = {};
  /// What it makes of this frame, and what it expected of it when it saw the one before, drawn by
  /// the readout's decoder, u8 [H, W, 3]; nullptr if it expected nothing, or nobody looks.
  std::shared_ptr<const std::vector<uint8_t>> understood, predicted_frame;
  /// Where in the frame its surprise lies (worldmodel::Attribute) [H, W]; nullptr but for alarms.
  std::shared_ptr<const std::vector<float>> heat;
};

/// A moment as the infant lived it.
struct TimelineEntry {
  Observation observation;
  worldmodel::FrameState frame_state;
  int model_number = 0;  ///< ModelVersion::number that perceived it
  /// In units of what is usual (SurpriseCalibration::Surprise); NaN before the first prediction or
  /// without a readout.
  double surprise = 0;
  bool alarm = false;  ///< surprise above the readout's threshold
  /// Of the scene's objects the one that an alarm is about; empty: no alarm, or none of them.
  std::string concerned;
  Reading reading;
};

/// What the infant made of it.
struct MindSnapshot {
  std::shared_ptr<const ModelVersion> version;  ///< nullptr without a model
  /// The moments of the history, oldest first, numbered without gaps.
  std::vector<std::shared_ptr<const TimelineEntry>> moments;
  double perception_ms = 0;  ///< a frame, mean of recent ones

  /// nullptr if it is not (any longer) there.
  const TimelineEntry* Find(int64_t moment) const {
    if (moments.empty()) return nullptr;
    const int64_t at = moment - moments.front()->observation.moment;
    return at >= 0 && at < static_cast<int64_t>(moments.size()) ? moments[at].get() : nullptr;
  }
};

}  // namespace peekaboo::agent
