// Films one draw of a scene and writes a strip of its frames.
//
//   film_scene voe/support/car strip.png

#include <cstdio>
#include <exception>

#include "sim/episode/film.h"
#include "sim/media/image.h"
#include "sim/render/gl_context.h"
#include "sim/scene/draw.h"
#include "sim/scene/scene_mixture.h"

namespace sim = peekaboo::sim;

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: film_scene SCENE PNG\n");
    return 2;
  }
  const sim::SceneMixture mixture(argv[1]);
  const sim::Scene& scene = mixture.first();

  // Every film is named by (split, seed, index): the same three give the same film.
  const sim::Draw draw =
      sim::DrawFactors(*mixture.stage(), scene, {sim::Split::kSeen, /*seed=*/0, /*index=*/0, 0});
  for (const auto& [factor, value] : draw) {
    if (const auto* number = std::get_if<double>(&value))
      std::printf("%s = %g\n", factor.c_str(), *number);
  }

  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  sim::Filmer filmer(mixture.stage(), {.height = 64, .width = 64});
  const sim::Film film = filmer.Shoot(scene, draw, /*events=*/{});

  const int frames[] = {0, 4, 8, 12, 16, 20, 24, 28};
  sim::WritePng(argv[2], sim::FilmStrip(film.episode, 64, 64, frames, /*scale=*/2));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "film_scene: %s\n", error.what());
  return 1;
}
