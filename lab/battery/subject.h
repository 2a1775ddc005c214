#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lab/statistics/results.h"
#include "worldmodel/model/world_model.h"

namespace peekaboo::lab {

/// Whoever is shown the films: a world model, or a null that must be beaten. One thread at a time.
class Subject {
 public:
  explicit Subject(ResultModel who) : who_(std::move(who)) {}
  virtual ~Subject() = default;

  /// pixels: u8 [clips, frames, 64, 64, 3] -> surprise, as WorldModel::Perceive describes it.
  virtual worldmodel::Perception Perceive(std::span<const uint8_t> pixels, int clips,
                                          int frames) const = 0;

  const ResultModel& who() const { return who_; }

 private:
  ResultModel who_;
};

/// A world model, trained or not.
std::unique_ptr<Subject> MakeNetworkSubject(ResultModel who, worldmodel::WorldModel model);

/// The null without a network: "predicts" that in k frames all is as it is now, in pixels (x / 64),
/// for each of `horizons`.
std::unique_ptr<Subject> MakeFrameDifferenceSubject(std::vector<int> horizons);

}  // namespace peekaboo::lab
