// Episodes that are acted are kept, also by whoever is killed. What is killed leaves its files as
// they are at that moment, so they are copied while a session goes on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "agent/session/session.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/task_layout.h"
#include "sim/scene/scene_mixture.h"
#include "sim/world/world.h"
#include "tests/temp_folder.h"

namespace peekaboo::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kFrames = 26;  // of an episode of tasks/reach, the first one too

class ActedLogTest : public testing::Test {
 protected:
  struct Run {
    std::unique_ptr<Session> session;
    std::string file;
  };

  /// A session whose body plays at tasks/reach: plans need a model.
  static Run Begin(const std::string& file, const std::string& scene = "tasks/reach",
                   int64_t most = 100) {
    SessionOptions options;
    options.simulate.image_size = 32;
    Run run{std::make_unique<Session>(options), file};
    Post(run, command::LoadScene{scene, ""});
    Post(run, command::SetMode{Mode::kPlay});
    Post(run, command::KeepEpisodes{file, most});
    return run;
  }
  static void Post(const Run& run, StageCommand command) {
    EXPECT_TRUE(run.session->Post(std::move(command)));
  }
  /// `frames` moments after the first one of the session's own episode.
  static void Play(const Run& run, int frames) {
    for (int i = 0; i < frames; ++i) run.session->Tick();
  }
  static std::vector<std::string> Said(const Run& run) {
    std::vector<std::string> said;
    for (const Notice& notice : run.session->notices().After(0)) said.push_back(notice.text);
    return said;
  }
  /// What is left of a session that is killed now.
  std::string Killed(const Run& run, const std::string& name) const {
    for (const char* end : {"", ".actions"})
      std::filesystem::copy_file(run.file + end, folder_ / (name + end));
    return folder_ / name;
  }
  static std::vector<uint64_t> Draws(const std::string& file) {
    const auto reader = sim::EpisodeReader::Open(file);
    std::vector<uint64_t> draws;
    for (int64_t i = 0; i < reader.size(); ++i) draws.push_back(reader.Read(i).index);
    return draws;
  }

  TempFolder folder_;
};

/// Its actions lead through its states, in the world of its draw.
void ExpectItHappened(const sim::Episode& episode) {
  const auto scene = sim::LoadScene(sim::FindScene("tasks/reach"));
  sim::World world(sim::Stage::Load(scene->model));
  const sim::TaskLayout layout =
      sim::DrawTaskLayout(*scene, episode.seed, episode.index, &world, {});
  world.Restore(layout.start);
  const size_t nq = static_cast<size_t>(world.model()->nq);
  for (int t = 0; t < episode.frames; ++t) {
    for (size_t q = 0; q < nq; ++q)
      ASSERT_EQ(episode.qpos[t * nq + q], static_cast<float>(world.data()->qpos[q]))
          << "frame " << t;
    if (t + 1 == episode.frames) break;
    world.Act(std::span(episode.action).subspan(2 * t, 2));
    world.StepFrame();
  }
  EXPECT_TRUE(std::isnan(episode.action.back()));
}

TEST_F(ActedLogTest, WholeEpisodesAreKeptAsFilms) {
  const Run run = Begin(folder_ / "acted.h5");
  Play(run, 3 * kFrames + 5);
  EXPECT_THAT(Said(run), IsEmpty());
  const auto reader = sim::EpisodeReader::Open(Killed(run, "left.h5"));
  ASSERT_EQ(reader.size(), 3);
  EXPECT_EQ(reader.schema().action_size, 2);
  EXPECT_EQ(reader.attributes().at("scene"), "tasks/reach");
  for (int64_t i = 0; i < 3; ++i) {
    const sim::Episode episode = reader.Read(i);
    EXPECT_EQ(episode.index, static_cast<uint64_t>(i));
    EXPECT_EQ(episode.frames, kFrames);
    ExpectItHappened(episode);
  }
}

TEST_F(ActedLogTest, WhoeverIsKilledGoesOnInTheSameEpisode) {
  std::string file = folder_ / "acted.h5";
  // At the first frame, in the middle, before and after the last one.
  int life = 0;
  for (const int played : {1, 12, 3, kFrames, 7, kFrames - 1, kFrames, kFrames + 1, 1, 1, 40}) {
    const Run run = Begin(file);
    Play(run, played);
    ASSERT_THAT(Said(run), IsEmpty()) << life;
    file = Killed(run, "life" + std::to_string(++life) + ".h5");
  }
  const auto reader = sim::EpisodeReader::Open(file);
  ASSERT_GE(reader.size(), 4);
  for (int64_t i = 0; i < reader.size(); ++i) {
    const sim::Episode episode = reader.Read(i);
    EXPECT_EQ(episode.index, static_cast<uint64_t>(i)) << "none twice, none left out";
    ExpectItHappened(episode);
  }
}

TEST_F(ActedLogTest, WhatWasActedIsActedAgain) {
  const Run run = Begin(folder_ / "acted.h5");
  Play(run, kFrames + 11);  // ten actions of the second episode
  const std::string left = Killed(run, "left.h5");
  Play(run, 1);
  const std::vector<float> next = run.session->stage()->action;
  const Run again = Begin(left);
  Play(again, 11);
  EXPECT_EQ(again.session->stage()->frame, 10);
  EXPECT_EQ(again.session->stage()->spec->index, 1u);
  EXPECT_EQ(again.session->stage()->tally.episodes, 1);
  EXPECT_EQ(ReadBytes(left + ".actions"), ReadBytes(Killed(again, "same.h5") + ".actions"))
      << "what is acted again is not noted again";
  Play(again, 1);
  EXPECT_EQ(again.session->stage()->frame, 11);
  EXPECT_EQ(next.size(), again.session->stage()->action.size());
}

TEST_F(ActedLogTest, ALineThatIsCutOffIsTheActionAtHand) {
  const Run run = Begin(folder_ / "acted.h5");
  Play(run, 6);
  const std::string left = Killed(run, "left.h5");
  std::ofstream(left + ".actions", std::ios::app) << "[0.25, ";
  const Run again = Begin(left);
  Play(again, kFrames);
  EXPECT_THAT(Said(again), IsEmpty());
  ExpectItHappened(sim::EpisodeReader::Open(Killed(again, "whole.h5")).Read(0));
}

TEST_F(ActedLogTest, AnEpisodeInWhichPeopleGoBackIsNotKept) {
  const Run run = Begin(folder_ / "acted.h5");
  Play(run, 5);
  Post(run, command::Step{-3});
  Post(run, command::SetPlaying{true});
  Play(run, 3 + kFrames - 5);  // to the end of the first
  Play(run, kFrames);
  EXPECT_THAT(Said(run), IsEmpty());
  EXPECT_THAT(Draws(Killed(run, "left.h5")), ElementsAre(1u));
  Post(run, command::SetTimeStep{0.005});
  Play(run, 1);
  EXPECT_THAT(Said(run), ElementsAre(HasSubstr("must stay as it is")));
}

TEST_F(ActedLogTest, AnEpisodeInWhichPeopleBreakLawsIsNotKept) {
  constexpr int kPlayed = 32;  // frames of a film of play
  const Run run = Begin(folder_ / "acted.h5", "play");
  Play(run, 5);
  Post(run, command::Wand{sim::Intervention::Kind::kVanish, "ball", {}, ""});
  Play(run, kPlayed - 5);
  Play(run, kPlayed);
  EXPECT_THAT(Said(run), IsEmpty());
  EXPECT_THAT(Draws(Killed(run, "left.h5")), ElementsAre(1u));
  Post(run, command::SetFactor{"stage.gravity", 5.0});
  Play(run, kPlayed);
  EXPECT_THAT(Said(run), ElementsAre(HasSubstr("its episodes are not kept")));
}

TEST_F(ActedLogTest, NoMoreAreKeptThanShallBe) {
  const Run run = Begin(folder_ / "acted.h5", "tasks/reach", 2);
  Play(run, 4 * kFrames);
  EXPECT_THAT(Said(run), ElementsAre(HasSubstr("as many episodes as shall be kept")));
  const std::string left = Killed(run, "left.h5");
  EXPECT_THAT(Draws(left), ElementsAre(0u, 1u));
  const Run more = Begin(left, "tasks/reach", 3);
  Play(more, 2 * kFrames);
  EXPECT_THAT(Draws(Killed(more, "more.h5")), ElementsAre(0u, 1u, 2u));
}

TEST_F(ActedLogTest, WhatDoesNotFitIsRefused) {
  {
    const Run run = Begin(folder_ / "acted.h5");
    Play(run, kFrames + 2);
    Killed(run, "odd.h5");
    Killed(run, "alone.h5");
    Killed(run, "short.h5");
    const Run second = Begin(folder_ / "acted.h5");
    Play(second, 1);
    EXPECT_THAT(Said(second), ElementsAre(HasSubstr("acted.h5")));
  }
  const auto said = [&](const std::string& name, const std::string& scene = "tasks/reach") {
    const Run run = Begin(folder_ / name, scene);
    Play(run, 2);
    const std::vector<std::string> all = Said(run);
    return all.empty() ? "" : all.front();
  };
  EXPECT_EQ(said("acted.h5"), "");
  EXPECT_THAT(said("acted.h5", "tasks/push"), HasSubstr("acted.h5.actions: is of another scene"));
  std::filesystem::remove(folder_ / "alone.h5.actions");
  EXPECT_THAT(said("alone.h5"), HasSubstr("which says how it goes on"));
  std::ofstream(folder_ / "odd.h5.actions", std::ios::app) << "\n{\"begun\": 1}\n";
  EXPECT_THAT(said("odd.h5"), HasSubstr("is no line of such a file"));
  std::filesystem::remove(folder_ / "short.h5");
  EXPECT_THAT(said("short.h5"), HasSubstr("holds 0 episodes"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "short.h5"));
  EXPECT_THAT(said("none.h5", "voe/support/car"), HasSubstr("nothing acts there"));
  EXPECT_THAT(said("no/folder.h5"), HasSubstr("folder.h5"));
}

}  // namespace
}  // namespace peekaboo::agent
