#include "lab/experiment/readout_fit.h"

#include <memory>

#include "agent/mind/readout_fitter.h"
#include "base/error.h"
#include "lab/experiment/progress.h"
#include "sim/render/gl_context.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/readout/readout.h"

namespace peekaboo::lab {

ReadoutFit FitReadout(const ReadoutOptions& options, const std::string& path,
                      const ExperimentContext& context) {
  worldmodel::SetComputeThreads(options.threads);
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  const auto model =
      std::make_shared<const worldmodel::WorldModel>(worldmodel::WorldModel::Load(options.model));
  agent::Nursery nursery(options.nursery, model->config().image_size, options.seed);
  agent::ReadoutFitter fitter(
      {.films = options.films, .decoder_steps = options.decoder_steps, .seed = options.seed},
      &nursery);
  fitter.Begin(model, nullptr);
  Progress progress("readout", options.films + options.decoder_steps + 1,
                    Progress::StandardError(context.quiet));
  std::shared_ptr<const worldmodel::Readout> readout;
  for (int64_t done = 0; fitter.busy() && !context.stop; ++done) {
    if (auto better = fitter.Work()) readout = std::move(better);
    progress.Update(done);
  }
  progress.Finish();
  if (context.stop) throw UserError(path, "was not written: stopped");
  readout->Save(path, *model);
  return {readout->calibration.Threshold(),
          readout->projection.Explained(0) + readout->projection.Explained(1) +
              readout->projection.Explained(2),
          readout->probes.size()};
}

}  // namespace peekaboo::lab
