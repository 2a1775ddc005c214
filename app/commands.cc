#include "app/commands.h"

namespace peekaboo::app {

std::span<const Subcommand> Subcommands() {
  static constexpr Subcommand kCommands[] = {
      {"demo", "The whole story: record, train, examine, report", AddDemo},
      {"record", "Films of a scene or a mixture of scenes, to HDF5", AddRecord},
      {"train", "Learn a world model from films", AddTrain},
      {"voe", "Examine a model: is it surprised by impossible events?", AddVoe},
      {"report", "The HTML report of an examination", AddReport},
      {"readout", "What people read a model with: decoder, axes, probes, thresholds", AddReadout},
      {"live", "The live infant without a window: plays, perceives, learns", AddLive},
      {"bench", "How fast this machine records and trains", AddBench},
      {"inspect", "What a dataset, a model, a scene or a run holds", AddInspect},
  };
  return kCommands;
}

}  // namespace peekaboo::app
