#include "sim/episode/film.h"

#include <algorithm>
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

Filmer::Filmer(std::shared_ptr<const Stage> stage, const FilmOptions& options)
    : options_(options),
      world_(std::move(stage)),
      eye_(world_.model(), options.height, options.width) {}

Film Filmer::Shoot(const Scene& scene, const Draw& draw, const std::vector<Event>& events,
                   std::optional<RandomStream> play) {
  world_.Reset(scene, draw, events);
  const int camera = stage().CameraOf(scene);
  Film film;
  Episode& e = film.episode;
  e.frames = scene.frames;
  const size_t frames = static_cast<size_t>(scene.frames), objects = scene.objects.size();
  e.pixels.resize(frames * options_.height * options_.width * 3);
  e.qpos.resize(frames * world_.model()->nq);
  e.qvel.resize(frames * world_.model()->nv);
  e.present.resize(frames * objects);
  e.image_xy.resize(frames * objects * 2);
  if (options_.visible) e.visible.resize(frames * objects);
  film.bodies.resize(frames);
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
    Record(scene, camera, t, &film);
  }
  // No action leads on from the last frame.
  if (player) {
    e.action.resize(frames * static_cast<size_t>(stage().actions().size()),
                    std::numeric_limits<float>::quiet_NaN());
  }
  film.event_frames = world_.event_frames();
  return film;
}

void Filmer::Record(const Scene& scene, int camera, int t, Film* film) {
  Episode& e = film->episode;
  const mjModel* m = world_.model();
  const mjData* d = world_.data();
  const size_t bytes = static_cast<size_t>(options_.height) * options_.width * 3;
  eye_.See(world_, camera, std::span(e.pixels).subspan(t * bytes, bytes));
  std::copy_n(d->qpos, m->nq, e.qpos.begin() + static_cast<ptrdiff_t>(t) * m->nq);
  std::copy_n(d->qvel, m->nv, e.qvel.begin() + static_cast<ptrdiff_t>(t) * m->nv);

  const auto truths = eye_.Examine(scene, camera, options_.visible, &world_);
  for (size_t o = 0; o < truths.size(); ++o) {
    const size_t at = t * truths.size() + o;
    film->bodies[t].push_back(truths[o].body);
    e.present[at] = truths[o].body.present;
    std::copy_n(truths[o].image_xy.begin(), 2, &e.image_xy[2 * at]);
    if (options_.visible) e.visible[at] = truths[o].visible;
  }
}

}  // namespace peekaboo::sim
