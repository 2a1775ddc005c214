#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

struct Network;

/// What a world model makes of B clips of T frames. Row-major; D, H, K, P from the ModelConfig.
struct Perception {
  int clips = 0;   ///< B
  int frames = 0;  ///< T

  std::vector<float> z;  ///< [B, T, D], latents: P patches of D / P numbers, row by row of the grid
  std::vector<float> h;  ///< [B, T, H], memory after each frame
  /// [B, T, K], surprise: mean squared difference between what came at t and what was predicted
  /// horizons[k] frames before; of latents, or of normalised pixels (x / 64) for a pixel model. NaN
  /// while nothing had been predicted yet.
  std::vector<float> error;
  /// [B, T, K, P], the same for each patch of the grid, whose mean is `error`.
  std::vector<float> error_patch;
  /// [B, T, K], the error in units of what was expected: mean of squared difference over the
  /// variance that was predicted with it. About 1 where the model is as wrong as it thought.
  std::vector<float> normalised_error;
};

/// The learned part: perceives frames, remembers, predicts what comes, and is surprised.
/// What is const, and functions that take a const WorldModel&, may be called by any number of
/// threads at once; what changes it by one, while nobody else uses it. See SetComputeThreads.
class WorldModel {
 public:
  /// Untrained weights from RandomStream(seed, ...). Throws UserError when the config is not valid.
  WorldModel(const ModelConfig& config, uint64_t seed);
  WorldModel(WorldModel&&) noexcept;
  WorldModel& operator=(WorldModel&&) noexcept;
  ~WorldModel();

  /// Reads a file that Save wrote. Throws UserError naming the file, and the tensor or key in it,
  /// when it is not a world model, when a tensor is missing, unknown, of another shape than the
  /// config in the file says, or holds numbers that are not finite.
  /// `precision`: as ModelConfig::precision; what the file says of it (older ones do) is not
  /// heeded.
  static WorldModel Load(const std::string& path, const std::string& precision = "auto");

  /// Safetensors, replaced as a whole: weights, the config (but for its precision) as JSON, and
  /// `metadata` (whose keys may not be "format", "version" or "config": CHECK). Throws UserError
  /// when it cannot be written.
  void Save(const std::string& path, const std::map<std::string, std::string>& metadata = {}) const;

  /// The same weights once more: a version that stays as it is while this one learns on.
  WorldModel Clone() const;

  /// What the file it was loaded from said beside the config; empty for a new model.
  const std::map<std::string, std::string>& metadata() const;
  const ModelConfig& config() const;
  /// Trainable numbers.
  int64_t ParameterCount() const;

  /// pixels: u8 [clips, frames, H, W, 3]. A clip's numbers do not depend on the other clips of the
  /// call. Learns nothing.
  Perception Perceive(std::span<const uint8_t> pixels, int clips, int frames) const;

  /// For Trainer and tests.
  Network& network() { return *network_; }
  const Network& network() const { return *network_; }

 private:
  explicit WorldModel(std::unique_ptr<Network> network);

  std::unique_ptr<Network> network_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace peekaboo::worldmodel
