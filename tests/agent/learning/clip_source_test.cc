#include "agent/learning/clip_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "agent/learning/prefetcher.h"
#include "base/error.h"
#include "tests/agent/noise_films.h"
#include "worldmodel/model/frame_codec.h"

namespace peekaboo::agent {
namespace {

std::string Bytes(std::span<const std::byte> clip) {
  return {reinterpret_cast<const char*>(clip.data()), clip.size()};
}

worldmodel::TrainConfig Still(worldmodel::TrainConfig train) {
  train.shift = 0;
  return train;
}

// Which film, from which frame on and whether mirrored, each possible clip is.
struct Origin {
  int64_t film;
  int first;
  bool mirror;
};
std::map<std::string, Origin> Clips(const MemoryStore& store, const worldmodel::ModelConfig& model,
                                    int frames) {
  const worldmodel::FrameCodec codec(model);
  std::map<std::string, Origin> clips;
  std::vector<uint8_t> pixels(static_cast<size_t>(store.frames()) * model.FrameBytes());
  for (int64_t film = 0; film < store.size(); ++film) {
    store.Read(film, pixels);
    for (int first = 0; first + frames <= store.frames(); ++first) {
      for (const bool mirror : {false, true}) {
        worldmodel::Batch batch(model, 1, frames);
        codec.PackClip(std::span(pixels).subspan(static_cast<size_t>(first) * model.FrameBytes(),
                                                 static_cast<size_t>(frames) * model.FrameBytes()),
                       {.mirror = mirror}, batch.Clip(0));
        clips[Bytes(batch.Clip(0))] = {film, first, mirror};
      }
    }
  }
  return clips;
}

/// The films of another store, recorded in two parts.
class TwoRecordings : public ClipStore {
 public:
  TwoRecordings(const MemoryStore& films, int64_t first) : films_(films), first_(first) {}
  int64_t size() const override { return films_.size(); }
  int frames() const override { return films_.frames(); }
  void Read(int64_t film, std::span<uint8_t> pixels) const override { films_.Read(film, pixels); }
  std::vector<FilmGroup> groups() const override {
    return {{0, first_}, {first_, films_.size() - first_}};
  }

 private:
  const MemoryStore& films_;
  int64_t first_;
};

TEST(ClipSource, TheFilmsOfAStepAreOfOneRecording) {
  const auto model = TinyModel();
  auto train = Still(TinyTraining());
  train.clips = 2;
  const MemoryStore films = NoiseFilms(model, 12, train.frames);
  const TwoRecordings store(films, 4);
  const auto clips = Clips(films, model, train.frames);
  const ClipSource source(store, model, train, "films");
  std::set<int64_t> seen;
  std::vector<int> recordings;
  for (int64_t step = 0; step < 6; ++step) {
    const worldmodel::Batch batch = source.Make(step, 0);
    const int64_t one = clips.at(Bytes(batch.Clip(0))).film,
                  other = clips.at(Bytes(batch.Clip(1))).film;
    EXPECT_EQ(one < 4, other < 4) << step;
    recordings.push_back(one < 4);
    seen.insert({one, other});
  }
  EXPECT_EQ(seen.size(), 12) << "an epoch shows all of them";
  EXPECT_EQ(std::count(recordings.begin(), recordings.end(), 1), 2);
}

TEST(ClipSource, AnEpochShowsEveryFilmOnceInAnOrderOfItsOwn) {
  const auto model = TinyModel();
  const auto train = Still(TinyTraining());
  const MemoryStore store = NoiseFilms(model, 12, train.frames);
  const auto clips = Clips(store, model, train.frames);
  const ClipSource source(store, model, train, "films");
  std::vector<std::vector<int64_t>> epochs(3);
  int mirrored = 0;
  for (int step = 0; step < 12; ++step) {
    const worldmodel::Batch batch = source.Make(step, 0);
    ASSERT_EQ(batch.clips(), train.clips);
    for (int b = 0; b < batch.clips(); ++b) {
      const auto found = clips.find(Bytes(batch.Clip(b)));
      ASSERT_NE(found, clips.end()) << "a clip that is no part of a film";
      epochs[step / 4].push_back(found->second.film);
      mirrored += found->second.mirror;
    }
  }
  for (const auto& epoch : epochs) {
    EXPECT_EQ(std::set<int64_t>(epoch.begin(), epoch.end()).size(), 12u);
  }
  EXPECT_NE(epochs[0], epochs[1]);
  EXPECT_NE(epochs[1], epochs[2]);
  EXPECT_GT(mirrored, 5);
  EXPECT_LT(mirrored, 31);
}

TEST(ClipSource, LongerFilmsAreCutAnywhere) {
  const auto model = TinyModel();
  const auto train = Still(TinyTraining());
  const MemoryStore store = NoiseFilms(model, 3, train.frames + 2);
  const auto clips = Clips(store, model, train.frames);
  const ClipSource source(store, model, train, "films");
  std::set<int> firsts;
  for (int step = 0; step < 20; ++step) {
    const worldmodel::Batch batch = source.Make(step, 0);
    for (int b = 0; b < batch.clips(); ++b) firsts.insert(clips.at(Bytes(batch.Clip(b))).first);
  }
  EXPECT_EQ(firsts, (std::set<int>{0, 1, 2}));
}

/// Films of which each action says where it belongs: (film + frame / 100, 1 - that).
MemoryStore ActedFilms(const worldmodel::ModelConfig& model, int frames, std::vector<int> mirror) {
  const MemoryStore noise = NoiseFilms(model, 3, frames);
  MemoryStore store(frames, model.FrameBytes(), {2, model.action_repeat, std::move(mirror)});
  for (int64_t i = 0; i < noise.size(); ++i) {
    sim::Episode film;
    film.frames = frames;
    film.pixels.resize(static_cast<size_t>(frames) * model.FrameBytes());
    noise.Read(i, film.pixels);
    for (int t = 0; t < frames; ++t) {
      const float action = static_cast<float>(i) + static_cast<float>(t) / 100;
      film.action.insert(film.action.end(), {action, 1 - action});
    }
    store.Add(film);
  }
  return store;
}

TEST(ClipSource, ActionsGoWithTheirFrames) {
  auto model = TinyModel();
  model.action_size = 2;
  model.action_repeat = 2;
  const auto train = Still(TinyTraining());
  const int frames = train.frames + 5;
  for (const bool known : {true, false}) {
    const MemoryStore store = ActedFilms(model, frames, {-1, known ? 1 : 0});
    const auto clips = Clips(store, model, train.frames);
    const ClipSource source(store, model, train, "films");
    std::set<int> firsts;
    int mirrored = 0;
    for (int step = 0; step < 20; ++step) {
      worldmodel::Batch batch = source.Make(step, 0);
      for (int b = 0; b < batch.clips(); ++b) {
        const Origin origin = clips.at(Bytes(batch.Clip(b)));
        firsts.insert(origin.first);
        mirrored += origin.mirror;
        for (int t = 0; t < train.frames; ++t) {
          const float action =
              static_cast<float>(origin.film) + static_cast<float>(origin.first + t) / 100;
          EXPECT_EQ(batch.Actions(b)[2 * t], origin.mirror ? -action : action);
          EXPECT_EQ(batch.Actions(b)[2 * t + 1], 1 - action);
        }
      }
    }
    EXPECT_EQ(firsts, (std::set<int>{0, 2, 4})) << "where actions begin";
    EXPECT_EQ(mirrored > 0, known) << "no picture is mirrored whose actions cannot be";
  }
}

TEST(ClipSource, ClipsAreMovedLessAndLess) {
  const auto model = TinyModel();
  auto train = TinyTraining();
  train.shift = 3;
  const MemoryStore store = NoiseFilms(model, 9, train.frames);
  const ClipSource source(store, model, train, "films");
  const worldmodel::FrameCodec codec(model);
  std::vector<uint8_t> pixels(static_cast<size_t>(train.frames) * model.FrameBytes());
  std::map<std::string, std::pair<int, int>> views;  // right and down
  for (int64_t film = 0; film < store.size(); ++film) {
    store.Read(film, pixels);
    for (int right = -3; right <= 3; ++right) {
      for (int down = -3; down <= 3; ++down) {
        for (const bool mirror : {false, true}) {
          worldmodel::Batch batch(model, 1, train.frames);
          codec.PackClip(pixels, {mirror, right, down}, batch.Clip(0));
          views[Bytes(batch.Clip(0))] = {right, down};
        }
      }
    }
  }
  const auto expect = [&](double progress, const std::set<int>& shifts) {
    std::set<int> right, down;
    for (int step = 0; step < 40; ++step) {
      const worldmodel::Batch batch = source.Make(step, progress);
      for (int b = 0; b < batch.clips(); ++b) {
        const auto& view = views.at(Bytes(batch.Clip(b)));
        right.insert(view.first);
        down.insert(view.second);
      }
    }
    EXPECT_EQ(right, shifts) << progress;
    EXPECT_EQ(down, shifts) << progress;
  };
  expect(0, {-3, -2, -1, 0, 1, 2, 3});
  expect(0.6, {-1, 0, 1});
  expect(1, {0});
}

TEST(ClipSource, ABatchDependsOnSeedStepAndProgressAlone) {
  const auto model = TinyModel();
  auto train = TinyTraining();
  const MemoryStore store = NoiseFilms(model, 9, train.frames);
  const ClipSource one(store, model, train, "films"), same(store, model, train, "films");
  (void)same.Make(0, 0);
  EXPECT_EQ(Bytes(one.Make(5, 0).Clip(1)), Bytes(same.Make(5, 0).Clip(1)));
  EXPECT_NE(Bytes(one.Make(5, 0).Clip(1)), Bytes(one.Make(6, 0).Clip(1)));
  train.seed = 1;
  const ClipSource other(store, model, train, "films");
  EXPECT_NE(Bytes(one.Make(5, 0).Clip(1)), Bytes(other.Make(5, 0).Clip(1)));
}

TEST(ClipSource, TooFewOrTooShortFilmsAreNamed) {
  const auto model = TinyModel();
  const auto train = TinyTraining();
  const auto expect = [&](int films, int frames) {
    const MemoryStore store = NoiseFilms(model, films, frames);
    try {
      const ClipSource source(store, model, train, "data/few.h5");
      ADD_FAILURE() << films << " films of " << frames << " frames";
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("data/few.h5"));
    }
  };
  expect(0, 6);
  expect(2, 6);
  expect(9, 5);
}

TEST(Prefetcher, GivesTheSourcesBatchesInOrder) {
  const auto model = TinyModel();
  const auto train = TinyTraining();
  const MemoryStore store = NoiseFilms(model, 9, train.frames);
  const ClipSource source(store, model, train, "films");
  const auto progress = [](int64_t step) { return 0.05 * static_cast<double>(step); };
  Prefetcher prefetcher(source, 4, progress);
  for (int64_t step = 4; step < 12; ++step) {
    EXPECT_EQ(Bytes(prefetcher.Next().Clip(2)), Bytes(source.Make(step, progress(step)).Clip(2)))
        << step;
  }
}

// A film on a disk that fails.
class BrokenStore : public ClipStore {
 public:
  explicit BrokenStore(const MemoryStore& films) : films_(films) {}
  int64_t size() const override { return films_.size(); }
  int frames() const override { return films_.frames(); }
  void Read(int64_t, std::span<uint8_t>) const override { throw UserError("films.h5", "is gone"); }

 private:
  const MemoryStore& films_;
};

TEST(Prefetcher, WhatTheDataThreadThrowsArrives) {
  const auto model = TinyModel();
  const auto train = TinyTraining();
  const MemoryStore films = NoiseFilms(model, 9, train.frames);
  const BrokenStore store(films);
  const ClipSource source(store, model, train, "films");
  Prefetcher prefetcher(source, 0, [](int64_t) { return 0.0; });
  EXPECT_THROW(prefetcher.Next(), UserError);
}

}  // namespace
}  // namespace peekaboo::agent
