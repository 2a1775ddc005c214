#include "lab/report/media.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/folder.h"
#include "lab/battery/matched_set.h"
#include "sim/media/image.h"
#include "sim/media/video.h"

namespace fs = std::filesystem;

namespace peekaboo::lab {
namespace {

constexpr int kTiles = 16;
constexpr int kMagnified = 4;  // a pixel of the film in the video

/// Frames from one tile of a strip to the next.
int StripStep(int frames) { return std::max(1, frames / kTiles); }

/// Where a member's files lie, without their endings.
fs::path Stem(const std::string& media, const SceneResult& scene, int member) {
  return fs::path(media) / SplitName(scene.split) / (scene.name + "-" + std::to_string(member + 1));
}

}  // namespace

void SaveExampleFilm(const std::string& media, const SceneResult& scene, int member,
                     const sim::Episode& film, double fps) {
  const std::string stem = Stem(media, scene, member).string();
  MakeFolder(fs::path(stem).parent_path().string());
  std::vector<int> frames;
  for (int t = 0; t < film.frames; t += StripStep(film.frames)) frames.push_back(t);
  sim::WritePng(stem + ".png", sim::FilmStrip(film, kPictureSide, kPictureSide, frames));
  sim::VideoWriter video(stem + ".mp4", kPictureSide, kPictureSide, fps, kMagnified);
  const size_t bytes = size_t{kPictureSide} * kPictureSide * 3;
  for (int t = 0; t < film.frames; ++t) video.Add(std::span(film.pixels).subspan(t * bytes, bytes));
  video.Close();
}

std::vector<uint8_t> ReadPng(const std::string& path) {
  const std::string png = ReadSmallFile(path);
  if (!png.starts_with("\x89PNG\r\n\x1a\n")) throw UserError(path, "is not a PNG");
  return {png.begin(), png.end()};
}

ReportSet LoadExampleSet(const std::string& media, const VoeResults& results,
                         const SceneResult& scene) {
  ReportSet out{.scene = scene.name, .split = scene.split, .seed = results.seed, .films = {}};
  if (scene.examples.empty()) return out;
  const int set = scene.examples.front().set;
  for (size_t m = 0; m < scene.members.size(); ++m) {
    ReportFilm film;
    film.member = scene.members[m].name;
    film.impossible = scene.members[m].impossible;
    for (const FilmScore& score : scene.films) {
      if (score.set == set && score.member == static_cast<int>(m))
        film.event_frame = score.event_frame;
    }
    int frames = 0;
    for (const ExampleCurve& curve : scene.examples) {
      if (curve.set != set || curve.member != static_cast<int>(m)) continue;
      frames = static_cast<int>(curve.surprise.size());
      const ModelKind kind = results.models[curve.model].kind;
      auto* into = kind == ModelKind::kTrained     ? &film.surprise
                   : kind == ModelKind::kUntrained ? &film.untrained
                                                   : nullptr;
      if (into && into->empty()) into->assign(curve.surprise.begin(), curve.surprise.end());
    }
    film.frame_step = StripStep(frames);
    film.tiles = (frames + film.frame_step - 1) / film.frame_step;
    const std::string path = Stem(media, scene, static_cast<int>(m)).string() + ".png";
    std::error_code error;
    if (!fs::is_regular_file(path, error) || frames == 0) {
      out.films.clear();
      return out;
    }
    film.png = ReadPng(path);
    out.films.push_back(std::move(film));
  }
  return out;
}

}  // namespace peekaboo::lab
