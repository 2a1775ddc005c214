#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "sim/episode/episode.h"
#include "sim/render/eye.h"
#include "sim/render/gl_context.h"
#include "sim/scene/draw.h"
#include "sim/world/world.h"

namespace peekaboo::sim {

/// What the camera keeps of a scene: size of the picture and whether visibility is measured.
struct FilmOptions {
  int height = 64;
  int width = 64;
  bool visible = false;
};

/// A film with what happened in it.
struct Film {
  Episode episode;
  std::vector<int> event_frames;  ///< scene's events, then the member's; -1: did not happen
  std::vector<std::vector<BodyReading>> bodies;  ///< [T][O], in the order of the scene's objects
};

/// What the episodes of a scene that is filmed so are made of.
EpisodeSchema FilmSchema(const Stage& stage, const Scene& scene, const FilmOptions& options);

/// What a camera and a simulator know of a moment.
struct FrameData {
  std::span<const uint8_t> pixels;  ///< [H, W, 3]
  std::span<const double> qpos;     ///< [nq]
  std::span<const double> qvel;     ///< [nv]
  std::span<const ObjectTruth> objects;
  bool visible = false;  ///< whether `visible` of the objects is kept
};

/// Adds a frame to an episode, without an action.
void AppendFrame(const FrameData& frame, Episode* episode);

/// Fills the actions of an episode whose frames are all there: none leads on from the last.
void EndActions(int action_size, Episode* episode);

/// Films scenes of one stage: a World and a Renderer. Belongs to the thread whose GlContext is
/// current when it is made.
class Filmer {
 public:
  Filmer(std::shared_ptr<const Stage> stage, const FilmOptions& options);

  /// Films `scene` with this draw; `events`: the member's own, beside the scene's. The same
  /// arguments give the same bytes. Throws UserError as World does.
  Film Shoot(const Scene& scene, const Draw& draw, const std::vector<Event>& events,
             std::optional<RandomStream> play = {});

  const Stage& stage() const { return world_.stage(); }

 private:
  void Record(const Scene& scene, int camera, Film* film);

  FilmOptions options_;
  World world_;
  Eye eye_;
  std::vector<uint8_t> frame_;  // [H, W, 3]
};

}  // namespace peekaboo::sim
