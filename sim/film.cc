#include "sim/film.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/check.h"

namespace peekaboo::sim {
namespace {

/// Where a point of the world lies in the picture: x right, y up, [-1, 1] inside.
void Project(const mjModel* m, const mjData* d, int camera, const double point[3], double aspect,
             float out[2]) {
  mjtNum offset[3], local[3];
  mju_sub3(offset, point, d->cam_xpos + 3 * camera);
  mju_mulMatTVec(local, d->cam_xmat + 9 * camera, offset, 3, 3);
  const double scale = 1 / std::tan(m->cam_fovy[camera] * std::numbers::pi / 360);
  const double depth = std::max(1e-3, -local[2]);
  out[0] = static_cast<float>(std::clamp(local[0] / depth * scale / aspect, -4.0, 4.0));
  out[1] = static_cast<float>(std::clamp(local[1] / depth * scale, -4.0, 4.0));
}

void FlipRows(std::vector<uint8_t>* pixels, size_t offset, int height, int width) {
  for (int y = 0; y < height; ++y) {
    uint8_t* row = pixels->data() + offset + static_cast<size_t>(y) * width * 3;
    for (int l = 0, r = width - 1; l < r; ++l, --r)
      std::swap_ranges(row + 3 * l, row + 3 * l + 3, row + 3 * r);
  }
}

}  // namespace

Filmer::Filmer(std::shared_ptr<const Stage> stage, const FilmOptions& options)
    : options_(options),
      world_(std::move(stage)),
      renderer_(world_.model(), options.height, options.width),
      geom_ids_(static_cast<size_t>(options.height) * options.width) {}

EpisodeSchema Filmer::Schema(const Scene& scene) const {
  EpisodeSchema schema;
  schema.height = options_.height;
  schema.width = options_.width;
  schema.qpos_size = world_.model()->nq;
  schema.qvel_size = world_.model()->nv;
  schema.objects = scene.objects;
  schema.has_visible = options_.visible;
  return schema;
}

Film Filmer::Shoot(const Scene& scene, const Draw& draw, const std::vector<Event>& events) {
  world_.Reset(scene, draw, events);
  const int camera = stage().Require(scene.camera, scene.path).id;
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
  for (int t = 0; t < scene.frames; ++t) {
    if (t > 0) world_.StepFrame();
    Record(scene, camera, t, &film);
  }
  film.event_frames = world_.event_frames();
  return film;
}

void Filmer::Record(const Scene& scene, int camera, int t, Film* film) {
  Episode& e = film->episode;
  const mjModel* m = world_.model();
  mjData* d = world_.data();
  const size_t bytes = static_cast<size_t>(options_.height) * options_.width * 3;
  renderer_.Render(m, d, camera, std::span(e.pixels).subspan(t * bytes, bytes));
  if (world_.mirrored()) FlipRows(&e.pixels, t * bytes, options_.height, options_.width);
  std::copy_n(d->qpos, m->nq, e.qpos.begin() + static_cast<ptrdiff_t>(t) * m->nq);
  std::copy_n(d->qvel, m->nv, e.qvel.begin() + static_cast<ptrdiff_t>(t) * m->nv);

  const bool look = options_.visible || world_.NeedsVisibility();
  if (look) renderer_.Segment(m, d, camera, geom_ids_);
  const size_t objects = scene.objects.size();
  for (size_t o = 0; o < objects; ++o) {
    const Entity& body = stage().Require(scene.objects[o], scene.path);
    const BodyReading reading = world_.Read(body);
    film->bodies[t].push_back(reading);
    e.present[t * objects + o] = reading.present;
    float* xy = &e.image_xy[(t * objects + o) * 2];
    Project(m, d, camera, d->xpos + 3 * body.id,
            static_cast<double>(options_.width) / options_.height, xy);
    if (world_.mirrored()) xy[0] = -xy[0];
    if (!look) continue;
    int pixels = 0;
    for (const int32_t id : geom_ids_) {
      pixels += id >= 0 && m->body_rootid[m->geom_bodyid[id]] == body.id;
    }
    if (options_.visible) e.visible[t * objects + o] = pixels;
    world_.NoteVisible(body.name, pixels);
  }
}

}  // namespace peekaboo::sim
