#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "worldmodel/model/model_config.h"

namespace peekaboo::worldmodel {

class Parameters;

/// Draws what a latent says, for people's eyes only: it is given plain numbers, so that nothing it
/// learns ever reaches the world model. Of what the latent does not tell, as a JEPA's may not tell
/// colours, it draws the mean: a grey toy where there is a red one. Learn and what the pointers
/// lead to: one thread at a time; any number may Draw while nobody learns. See SetComputeThreads.
class VisualDecoder {
 public:
  /// Untrained weights from RandomStream(seed, ...), for latents of such a model. Throws UserError
  /// when the config is not valid.
  VisualDecoder(const ModelConfig& config, uint64_t seed);
  VisualDecoder(VisualDecoder&&) noexcept;
  VisualDecoder& operator=(VisualDecoder&&) noexcept;
  ~VisualDecoder();

  /// One step of AdamW on `count` >= 1 latents [count, D] and the frames they are of, u8 [count, H,
  /// W, 3], best from many films: pixels count by how far they are from the mean of these frames,
  /// or toys would be too small to matter. Returns the mean squared error, unweighted, in the units
  /// of FrameCodec (x / 64). If a gradient is not finite, nothing is learned. The rate falls to a
  /// floor, so that it can follow a world model that learns, too.
  double Learn(std::span<const float> z, std::span<const uint8_t> frames, int count);

  /// Latents [count, D] -> u8 [count, H, W, 3].
  std::vector<uint8_t> Draw(std::span<const float> z, int count) const;

  /// The same weights once more, to draw with while this one learns on. If the copy learns, it
  /// begins like a new one, with a high rate.
  VisualDecoder Clone() const;

  const ModelConfig& config() const;
  /// Calls of Learn.
  int64_t steps() const;

  /// For Readout and tests.
  Parameters& parameters();
  const Parameters& parameters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace peekaboo::worldmodel
