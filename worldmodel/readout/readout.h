#pragma once

#include <map>
#include <string>

#include "worldmodel/model/world_model.h"
#include "worldmodel/readout/latent_projection.h"
#include "worldmodel/readout/probe.h"
#include "worldmodel/readout/surprise_calibration.h"
#include "worldmodel/readout/visual_decoder.h"

namespace peekaboo::worldmodel {

/// All that people read a world model's mind with, fitted to one model's weights, so that it need
/// not be fitted again each time the model is loaded.
struct Readout {
  VisualDecoder decoder;
  LatentProjection projection;
  SurpriseCalibration calibration;
  std::map<std::string, LinearProbe> probes;  ///< by what they read, "where"; without a '.'

  /// Safetensors, replaced as a whole; names the weights of `model`, which all of it must fit in
  /// size (CHECK). The decoder's optimiser is not kept. Throws UserError when it cannot be written,
  /// and for a part that was fitted to a diverged model and holds NaN.
  void Save(const std::string& path, const WorldModel& model) const;

  /// Reads a file that Save wrote. Throws UserError naming the file, and the tensor or key in it,
  /// when it is something else, when it is of other weights than `model`'s, when a tensor is
  /// missing, unknown or of another shape, or holds numbers that cannot be.
  static Readout Load(const std::string& path, const WorldModel& model);
};

/// Where the readout of a model lies: beside it, "infant.readout.safetensors" for
/// "infant.safetensors".
std::string ReadoutPath(const std::string& model_path);

}  // namespace peekaboo::worldmodel
