#include "app/commands.h"

namespace peekaboo::app {

std::span<const Subcommand> Subcommands() {
  static constexpr Subcommand kCommands[] = {
      {"demo", "The whole story: record, train, examine, report", AddDemo},
      {"record", "Record films of a scene or of a mixture of scenes (HDF5)", AddRecord},
      {"train", "Learn a world model from films", AddTrain},
      {"voe", "Examine a model: is it surprised by impossible events?", AddVoe},
      {"plan", "Act in a task: plan with a model, and count how often it is done", AddPlan},
      {"intervene", "Ask whether imagined futures change where actions touch, and there alone",
       AddIntervene},
      {"report", "Write the HTML report of an examination again", AddReport},
      {"readout", "Fit what people read a model with: decoder, axes, probes, alarm threshold",
       AddReadout},
      {"live", "Play a scene, perceive and learn without a window", AddLive},
      {"bench", "Measure how fast this machine records, trains and perceives", AddBench},
      {"inspect", "Say what a dataset, a model, a scene or a run holds", AddInspect},
  };
  return kCommands;
}

}  // namespace peekaboo::app
