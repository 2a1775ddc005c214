// Trains a small world model on films of a ball, and shows it a ball that vanishes.
//
//   train_and_be_surprised [STEPS]

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "agent/learning/clip_source.h"
#include "sim/episode/recorder.h"
#include "sim/render/gl_context.h"
#include "worldmodel/learners/trainer.h"
#include "worldmodel/model/world_model.h"

namespace agent = peekaboo::agent;
namespace sim = peekaboo::sim;
namespace worldmodel = peekaboo::worldmodel;

int main(int argc, char** argv) try {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 600;

  // 1. Films of possible events.
  const sim::SceneMixture mixture("nursery/roll");
  sim::RecordOptions record;
  record.scene = "nursery/roll";
  record.episodes = 256;
  const worldmodel::ModelConfig shape;
  agent::MemoryStore films(mixture.first().frames, shape.FrameBytes());
  for (const sim::Episode& film : sim::RecordInMemory(mixture, record)) films.Add(film);

  // 2. A JEPA learns from them: it predicts latents, never pixels.
  worldmodel::TrainConfig train;
  worldmodel::WorldModel model(shape, train.seed);
  worldmodel::Trainer trainer(model, train);
  const agent::ClipSource clips(films, shape, train, "the films");
  for (int step = 0; step < steps; ++step) {
    const double progress = static_cast<double>(step) / steps;
    const auto report = trainer.Step(clips.Make(step, progress), progress);
    if (step % 100 == 99) std::printf("step %d: loss %.3f\n", step + 1, report.loss);
  }

  // 3. A film that it has not seen, as it is and with a ball that vanishes in the middle.
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  sim::Filmer filmer(mixture.stage(), {});
  const sim::Scene& scene = mixture.first();
  const sim::Draw draw = sim::DrawFactors(*mixture.stage(), scene, {sim::Split::kDev, 1, 0, 0});
  sim::Event vanish;
  vanish.when.value = sim::Expression(1.2);  // s
  vanish.interventions.push_back({sim::Intervention::Kind::kVanish, {"ball"}, {}, "", "example"});
  for (const bool impossible : {false, true}) {
    const sim::Film film = filmer.Shoot(
        scene, draw, impossible ? std::vector<sim::Event>{vanish} : std::vector<sim::Event>{});
    const int frames = mixture.first().frames;
    const worldmodel::Perception seen = model.Perceive(film.episode.pixels, 1, frames);
    double most = 0;
    for (const float error : seen.error) most = std::isfinite(error) && error > most ? error : most;
    std::printf("%s: largest error of a prediction %.3f\n",
                impossible ? "the ball vanishes" : "as it must be", most);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "train_and_be_surprised: %s\n", error.what());
  return 1;
}
