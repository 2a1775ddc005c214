#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agent/learning/nursery.h"
#include "sim/episode/episode.h"
#include "worldmodel/model/world_model.h"
#include "worldmodel/readout/readout.h"

namespace peekaboo::agent {

/// Names of the probes of a readout, both of the memory after a frame.
inline constexpr char kHiddenProbe[] = "hidden";       ///< 1 if an object is hidden, 0 if none is
inline constexpr char kHiddenAtProbe[] = "hidden_at";  ///< where in the picture it is, x and y

/// Fits a Readout to a model: shows it possible films that it did not learn from (Split::kDev of a
/// nursery), measures what is usual, and teaches a decoder and probes to read it. In pieces of some
/// tens of milliseconds. Belongs to the nursery's thread.
class ReadoutFitter {
 public:
  /// How much is watched and taught.
  struct Options {
    int64_t films = 96;
    int decoder_steps = 60;  ///< of 32 frames, each time
    uint64_t seed = 0;
  };
  /// Borrows `nursery`.
  ReadoutFitter(const Options& options, Nursery* nursery);

  /// Begins anew with another model. `previous`: a readout of its predecessor, if it has one, which
  /// decoder, projection and probes go on from.
  void Begin(std::shared_ptr<const worldmodel::WorldModel> model,
             std::shared_ptr<const worldmodel::Readout> previous);
  /// Nothing more to do for this model.
  void Stop() { model_ = nullptr; }
  bool busy() const { return model_ != nullptr; }

  /// One piece. A readout when there is a better one: first when all films were seen, then when the
  /// decoder has learned.
  std::shared_ptr<const worldmodel::Readout> Work();

 private:
  void WatchFilm();
  std::shared_ptr<const worldmodel::Readout> Fit();
  void TeachDecoder();

  Options options_;
  Nursery* nursery_;
  std::vector<sim::Episode> films_;  // filmed once

  std::shared_ptr<const worldmodel::WorldModel> model_;
  std::shared_ptr<const worldmodel::Readout> previous_, readout_;
  size_t watched_ = 0;
  int taught_ = 0;
  std::vector<float> latents_, memories_, errors_, normalised_errors_;  // [films * T, .]
  std::unique_ptr<worldmodel::VisualDecoder> decoder_;
};

}  // namespace peekaboo::agent
