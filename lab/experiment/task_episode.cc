#include "lab/experiment/task_episode.h"

#include <fmt/format.h>

#include <vector>

#include "sim/episode/task_layout.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::lab {

EpisodeRunner::EpisodeRunner(const TaskExperiment& experiment, const EpisodeOptions& options)
    : experiment_(experiment),
      options_(options),
      gl_(sim::GlContext::Create()),
      world_(experiment.stage) {
  gl_->MakeCurrent();
  worldmodel::SetComputeThreads(1);
  using Who = EpisodeOptions::Who;
  actor_ = options.who == Who::kModel       ? MakeModelActor(experiment, &world_)
           : options.who == Who::kSimulator ? MakeSimulatorActor(experiment, &world_)
                                            : MakeRandomActor(experiment);
  if (!options.films.empty()) film_ = std::make_unique<EpisodeFilm>(experiment, &world_);
}

void EpisodeRunner::StepFrame(const sim::TaskLayout& layout, PlanningEpisode* episode) {
  world_.StepFrame([&](double) {
    episode->intruded = episode->intruded || sim::MeasureIntrusion(layout, world_) > 0;
  });
  actor_->See();
}

PlanningEpisode EpisodeRunner::Run(int64_t index) {
  const sim::Scene& scene = *experiment_.scene;
  const auto number = static_cast<uint64_t>(index);
  const sim::TaskLayout layout = sim::DrawTaskLayout(scene, options_.seed, number, &world_);
  actor_->Begin(layout, RandomStream(options_.seed, scene.name + "/plan", number));
  PlanningEpisode episode;
  sim::TaskError error = sim::MeasureTask(scene, layout, world_);
  episode.began = error.distance;
  episode.guarded = !layout.never.empty();
  const std::vector<float> rest(static_cast<size_t>(experiment_.stage->actions().size()));
  for (int action = 0; action < scene.task.wait; ++action) {
    world_.Act(rest);
    for (int frame = 0; frame < scene.play.repeat; ++frame) StepFrame(layout, &episode);
  }
  const bool filmed = film_ && index < options_.film_count;
  if (filmed) {
    const sim::WorldState now = world_.Save();
    world_.Restore(layout.goal);
    film_->Begin(fmt::format("{}/episode-{:03}", options_.films, index), layout);
    world_.Restore(now);
  }
  for (int action = 0; action < scene.task.actions; ++action) {
    world_.Act(actor_->Act());
    if (const agent::Plan* plan = actor_->plan()) {
      episode.plan_seconds += actor_->seconds();
      ++episode.plans;
      episode.inadmissible += !plan->admissible();
    }
    if (filmed) film_->Add(actor_->plan(), sim::MeasureTask(scene, layout, world_).success);
    for (int frame = 0; frame < scene.play.repeat; ++frame) StepFrame(layout, &episode);
    error = sim::MeasureTask(scene, layout, world_);
    if (error.success && episode.first < 0) episode.first = action + 1;
  }
  if (filmed) {
    film_->Add(nullptr, error.success);
    film_->End();
  }
  episode.ever = episode.first >= 0;
  episode.end = error.success;
  episode.ended = error.distance;
  episode.turned = error.turned;
  if (episode.plans > 0) episode.plan_seconds /= episode.plans;
  return episode;
}

}  // namespace peekaboo::lab
