#include "sim/episode/film.h"

#include <limits>

#include "sim/episode/player.h"

namespace peekaboo::sim {

EpisodeSchema FilmSchema(const Stage& stage, const Scene& scene, const FilmOptions& options) {
  EpisodeSchema schema;
  schema.height = options.height;
  schema.width = options.width;
  if (scene.play.acts()) schema.action_size = stage.actions().size();
  schema.qpos_size = stage.model()->nq;
  schema.qvel_size = stage.model()->nv;
  schema.objects = scene.objects;
  schema.has_visible = options.visible;
  return schema;
}

void AppendFrame(const FrameData& frame, Episode* episode) {
  Episode& e = *episode;
  ++e.frames;
  e.pixels.insert(e.pixels.end(), frame.pixels.begin(), frame.pixels.end());
  e.qpos.insert(e.qpos.end(), frame.qpos.begin(), frame.qpos.end());
  e.qvel.insert(e.qvel.end(), frame.qvel.begin(), frame.qvel.end());
  for (const ObjectTruth& truth : frame.objects) {
    e.present.push_back(truth.body.present);
    e.image_xy.insert(e.image_xy.end(), truth.image_xy.begin(), truth.image_xy.end());
    if (frame.visible) e.visible.push_back(truth.visible);
  }
}

void EndActions(int action_size, Episode* episode) {
  episode->action.resize(static_cast<size_t>(episode->frames) * action_size,
                         std::numeric_limits<float>::quiet_NaN());
}

Filmer::Filmer(std::shared_ptr<const Stage> stage, const FilmOptions& options)
    : options_(options),
      world_(std::move(stage)),
      eye_(world_.model(), options.height, options.width),
      frame_(static_cast<size_t>(options.height) * options.width * 3) {}

Film Filmer::Shoot(const Scene& scene, const Draw& draw, const std::vector<Event>& events,
                   std::optional<RandomStream> play) {
  world_.Reset(scene, draw, events);
  const int camera = stage().CameraOf(scene);
  Film film;
  Episode& e = film.episode;
  e.pixels.reserve(static_cast<size_t>(scene.frames) * frame_.size());
  std::optional<Player> player;
  if (play && scene.play.acts()) player.emplace(scene, &world_, *play);
  for (int t = 0; t < scene.frames; ++t) {
    if (t > 0) {
      if (player) {
        const auto action = player->Next();
        world_.Act(action);
        e.action.insert(e.action.end(), action.begin(), action.end());
      }
      world_.StepFrame();
    }
    Record(scene, camera, &film);
  }
  if (player) EndActions(stage().actions().size(), &e);
  film.event_frames = world_.event_frames();
  return film;
}

void Filmer::Record(const Scene& scene, int camera, Film* film) {
  eye_.See(world_, camera, frame_);
  const auto truths = eye_.Examine(scene, camera, options_.visible, &world_);
  const mjModel* m = world_.model();
  const mjData* d = world_.data();
  AppendFrame({.pixels = frame_,
               .qpos = {d->qpos, static_cast<size_t>(m->nq)},
               .qvel = {d->qvel, static_cast<size_t>(m->nv)},
               .objects = truths,
               .visible = options_.visible},
              &film->episode);
  std::vector<BodyReading>& bodies = film->bodies.emplace_back();
  for (const ObjectTruth& truth : truths) bodies.push_back(truth.body);
}

}  // namespace peekaboo::sim
