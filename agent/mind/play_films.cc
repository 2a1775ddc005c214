#include "agent/mind/play_films.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <span>

#include "base/random.h"
#include "sim/episode/player.h"
#include "sim/scene/draw.h"
#include "worldmodel/model/film_states.h"

namespace peekaboo::agent {
namespace {

constexpr int kActions = 32;  // of a film, at most

}  // namespace

PlayFilmer::PlayFilmer(const std::shared_ptr<const sim::Stage>& stage, const sim::Scene& scene,
                       const worldmodel::WorldModel& model, const std::vector<std::string>& bodies)
    : scene_(scene),
      frames_(std::min(scene.frames, kActions * scene.play.repeat)),
      model_(model),
      world_(stage),
      eye_(world_.model(), model.config().image_size, model.config().image_size) {
  for (const std::string& body : bodies)
    bodies_.push_back(stage->BodyId(body, scene.path + ": task"));
}

PlayFilm PlayFilmer::Shoot(uint64_t seed, uint64_t index) {
  world_.Reset(scene_, sim::DrawFactors(world_.stage(), scene_, {sim::Split::kSeen, seed, index}),
               {});
  sim::Player player(scene_, &world_, RandomStream(seed, "places/play", index));
  const auto bytes = static_cast<size_t>(model_.config().FrameBytes());
  std::vector<uint8_t> pixels(static_cast<size_t>(frames_) * bytes);
  std::vector<float> actions, places;
  for (int t = 0; t < frames_; ++t) {
    eye_.See(world_, world_.stage().CameraOf(scene_),
             std::span(pixels).subspan(static_cast<size_t>(t) * bytes, bytes));
    const auto action = player.Next();
    if (t % scene_.play.repeat == 0) {
      actions.insert(actions.end(), action.begin(), action.end());
      for (const int body : bodies_)
        for (int k = 0; k < 3; ++k)
          places.push_back(static_cast<float>(world_.data()->xpos[3 * body + k]));
    }
    world_.Act(action);
    world_.StepFrame();
  }
  const int64_t count = (frames_ + scene_.play.repeat - 1) / scene_.play.repeat;
  return {worldmodel::StatesOfFilm(model_, pixels, frames_), at::tensor(actions).view({count, -1}),
          at::tensor(places).view({count, 3 * std::ssize(bodies_)})};
}

}  // namespace peekaboo::agent
