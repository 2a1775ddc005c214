#include "agent/session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "tests/temp_folder.h"

namespace peekaboo::agent {
namespace {

using sim::Intervention;

std::string ShippedModel() {
  return std::string(PEEKABOO_SOURCE_DIR) + "/models/infant.safetensors";
}

SessionOptions Small() {
  SessionOptions options;
  options.simulate.history = 100;
  options.learn.exam = {.films = 4, .decoder_steps = 2};
  options.learn.first_films = 4;
  options.learn.replay = 8;
  options.learn.publish_steps = 3;
  return options;
}

void Post(Session* session, StageCommand command) {
  EXPECT_TRUE(session->Post(std::move(command)));
}
void Post(Session* session, LearnCommand command) {
  EXPECT_TRUE(session->Post(std::move(command)));
}

/// An infant that knows nothing learns, and watches the nursery.
void BeginNewborn(Session* session) {
  Post(session, LearnCommand(command::NewModel{3}));
  Post(session, LearnCommand(command::SetLearning{true}));
  Post(session, StageCommand(command::LoadScene{"nursery", ""}));
}

/// Waits, while the session's threads work, until `what` holds; false if it takes absurdly long.
template <typename What>
bool Eventually(What what) {
  for (int i = 0; i < 12000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

TEST(Session, ShowsAndPerceivesWhatItPlays) {
  Session session(Small());
  EXPECT_EQ(session.stage(), nullptr);
  Post(&session, LearnCommand(command::LoadModel{ShippedModel()}));
  Post(&session, StageCommand(command::LoadScene{"voe/support/car", ""}));
  for (int i = 0; i < 20; ++i) session.Tick();
  EXPECT_EQ(session.stage()->moment, 19);
  const auto mind = session.mind();
  ASSERT_EQ(mind->moments.size(), 20);
  ASSERT_NE(mind->version, nullptr);
  EXPECT_EQ(mind->version->name, "infant.safetensors");
  ASSERT_NE(mind->version->readout, nullptr);
  const TimelineEntry* moment = mind->Find(19);
  ASSERT_NE(moment, nullptr);
  EXPECT_EQ(moment->observation.frame, 19);
  EXPECT_TRUE(std::isfinite(moment->surprise));
  for (const float error : moment->frame_state.error) EXPECT_TRUE(std::isfinite(error));
  EXPECT_TRUE(std::isnan(mind->Find(0)->surprise));
  EXPECT_EQ(mind->Find(20), nullptr);
}

TEST(Session, TheSameTicksGiveTheSameSnapshots) {
  const auto run = [] {
    Session session(Small(), [] { return 0.0; });
    Post(&session, LearnCommand(command::LoadModel{ShippedModel()}));
    Post(&session, StageCommand(command::LoadScene{"nursery", ""}));
    Post(&session, LearnCommand(command::SetLearning{true}));
    for (int i = 0; i < 20; ++i) session.Tick();
    Post(&session, StageCommand(command::Wand{Intervention::Kind::kVanish, "ball", {}, ""}));
    for (int i = 0; i < 20; ++i) session.Tick();
    std::vector<double> surprise;
    for (const auto& moment : session.mind()->moments) {
      if (!std::isnan(moment->surprise)) surprise.push_back(moment->surprise);
    }
    surprise.push_back(static_cast<double>(session.learning()->steps));
    surprise.push_back(session.mind()->version->number);
    return surprise;
  };
  const auto first = run();
  EXPECT_GT(first.size(), 20);
  EXPECT_EQ(first, run());
}

// From a wand to the strip: the frame after the click already surprises.
TEST(ShippedModelSession, AVanishingSurprisesWithinTwoFrames) {
  SessionOptions options = Small();
  options.learn.exam = {.films = 24, .decoder_steps = 2};
  Session session(options);
  Post(&session, LearnCommand(command::LoadModel{ShippedModel()}));
  Post(&session, StageCommand(command::SetPlaying{false}));
  for (int i = 0; i < 25; ++i) session.Tick();  // the exam
  Post(&session, StageCommand(command::LoadScene{"voe/support/car", ""}));
  Post(&session, StageCommand(command::SetPlaying{true}));
  for (int i = 0; i < 12; ++i) session.Tick();
  const int64_t click = session.stage()->moment;
  const double threshold = session.mind()->version->readout->calibration.Threshold();
  EXPECT_LT(session.mind()->Find(click)->surprise, threshold);
  Post(&session, StageCommand(command::Wand{Intervention::Kind::kVanish, "car", {}, ""}));
  session.Tick();
  session.Tick();
  EXPECT_GT(std::max(session.mind()->Find(click + 1)->surprise,
                     session.mind()->Find(click + 2)->surprise),
            threshold);
}

TEST(Session, GoingBackForgetsWhatCameAfter) {
  Session session(Small());
  Post(&session, LearnCommand(command::LoadModel{ShippedModel()}));
  Post(&session, StageCommand(command::LoadScene{"voe/support/car", ""}));
  for (int i = 0; i < 20; ++i) session.Tick();
  const auto before = session.mind();
  Post(&session, StageCommand(command::Seek{10}));
  session.Tick();
  EXPECT_EQ(session.mind()->moments.size(), 20);  // still there, to look at
  Post(&session, StageCommand(command::SetPlaying{true}));
  session.Tick();
  ASSERT_EQ(session.mind()->moments.size(), 12);
  // The same frame with the same past is perceived the same.
  EXPECT_EQ(session.mind()->Find(11)->frame_state.z, before->Find(11)->frame_state.z);
  EXPECT_EQ(session.mind()->Find(11)->frame_state.error, before->Find(11)->frame_state.error);
}

TEST(Session, LearnsAndUsesWhatItLearned) {
  Session session(Small());
  BeginNewborn(&session);
  for (int i = 0; i < 60; ++i) session.Tick();
  const auto learning = session.learning();
  EXPECT_TRUE(learning->on);
  EXPECT_GE(learning->steps, 10);
  ASSERT_GE(learning->curve.size(), 1);
  EXPECT_TRUE(std::isfinite(learning->curve.back().loss));
  EXPECT_GE(learning->versions.size(), 3);
  EXPECT_GT(session.mind()->version->steps, 0);
  EXPECT_GT(learning->replay_films, 0);

  const int first = learning->versions.front()->number;
  Post(&session, LearnCommand(command::UseVersion{first}));
  Post(&session, LearnCommand(command::SetLearning{false}));
  session.Tick();
  EXPECT_EQ(session.learning()->steps, 0);
  EXPECT_FALSE(session.learning()->on);
}

TEST(Session, WhatWasLearnedUntilItWasTurnedOffWatches) {
  SessionOptions options = Small();
  options.learn.publish_steps = 1000;
  Session session(options);
  BeginNewborn(&session);
  while (session.stage() == nullptr || session.learning()->steps < 3) session.Tick();
  EXPECT_EQ(session.mind()->version->steps, 0);
  const int64_t steps = session.learning()->steps;
  for (int i = 0; i < 2; ++i) {
    Post(&session, LearnCommand(command::SetLearning{false}));
    session.Tick();
    EXPECT_EQ(session.learning()->versions.size(), 2) << "once only";
  }
  session.Tick();
  EXPECT_EQ(session.mind()->version->steps, steps);
}

TEST(Session, ANewInfantIsShownNewFilms) {
  SessionOptions options = Small();
  options.learn.replay = 100;
  Session session(options);
  BeginNewborn(&session);
  const auto learn = [&](int64_t steps) {
    for (int i = 0; i < 200 && (i < 2 || session.learning()->steps < steps); ++i) session.Tick();
    EXPECT_GE(session.learning()->steps, steps);
  };
  learn(6);
  const int64_t films = session.learning()->replay_films;
  Post(&session, LearnCommand(command::NewModel{4}));
  learn(4);
  EXPECT_GT(session.learning()->replay_films, films);
}

// A version that has not sat its exam is read with its predecessor's readout, which is not its own.
TEST(Session, OnlyItsOwnReadoutIsSavedWithAModel) {
  const TempFolder folder;
  SessionOptions options = Small();
  options.learn.publish_steps = 1000;
  Session session(options);
  BeginNewborn(&session);
  while (!session.learning() || session.learning()->steps < 2) session.Tick();
  Post(&session, LearnCommand(command::SetLearning{false}));
  Post(&session, LearnCommand(command::SaveModel{folder / "young.safetensors"}));
  session.Tick();
  EXPECT_TRUE(std::filesystem::exists(folder / "young.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(folder / "young.readout.safetensors"));
  const int young = session.learning()->versions.back()->number;
  while (!session.learning()->versions.back()->own_readout) session.Tick();
  Post(&session, LearnCommand(command::SaveModel{folder / "examined.safetensors"}));
  Post(&session, LearnCommand(command::UseVersion{young}));
  session.Tick();
  EXPECT_TRUE(std::filesystem::exists(folder / "examined.readout.safetensors"));
  const auto& versions = session.learning()->versions;
  EXPECT_EQ(versions.back()->exam, versions[versions.size() - 2]->exam);
  EXPECT_FALSE(versions.back()->exam.empty());
  EXPECT_EQ(versions.back()->age, 2);
}

TEST(Session, WhatIsSavedCanBeLoaded) {
  const TempFolder folder;
  const std::string path = folder / "model.safetensors";
  Session session(Small());
  Post(&session, LearnCommand(command::NewModel{3}));
  Post(&session, LearnCommand(command::SaveModel{path}));
  Post(&session, LearnCommand(command::LoadModel{path}));
  session.Tick();
  EXPECT_EQ(session.learning()->versions.back()->name, "model.safetensors");
}

TEST(Session, WhatCannotBeDoneIsSaid) {
  Session session(Small());
  Post(&session, LearnCommand(command::SetLearning{true}));
  Post(&session, LearnCommand(command::LoadModel{"/nowhere/model.safetensors"}));
  Post(&session, LearnCommand(command::SetWeight{"nursery/roll", -1}));
  Post(&session, StageCommand(command::LoadScene{"nowhere", ""}));
  session.Tick();
  const auto notices = session.notices().After(0);
  ASSERT_EQ(notices.size(), 4);
  for (const Notice& notice : notices) EXPECT_EQ(notice.level, Notice::Level::kError);
  EXPECT_THAT(notices[1].text, testing::HasSubstr("/nowhere/model.safetensors"));
  EXPECT_TRUE(session.notices().After(notices.back().number).empty());
}

TEST(Session, RunsOnThreadsOfItsOwn) {
  Session session(Small());
  Post(&session, LearnCommand(command::LoadModel{ShippedModel()}));
  Post(&session, StageCommand(command::LoadScene{"voe/support/car", ""}));
  Post(&session, StageCommand(command::SetSpeed{0}));
  Post(&session, LearnCommand(command::SetLearning{true}));
  std::atomic<int> changes = 0;
  session.Start([&] { ++changes; });
  EXPECT_TRUE(Eventually([&] {
    const auto mind = session.mind();
    const auto learning = session.learning();
    return mind && mind->moments.size() == 100 && learning && learning->steps > 3;
  }));
  session.Stop();
  EXPECT_GT(changes, 100);
  EXPECT_FALSE(session.Post(StageCommand(command::Restart{})));
  // No frame was left out.
  const auto mind = session.mind();
  for (size_t i = 1; i < mind->moments.size(); ++i)
    EXPECT_EQ(mind->moments[i]->observation.moment, mind->moments[i - 1]->observation.moment + 1);
  EXPECT_TRUE(session.notices().After(0).size() == 1);  // "loaded"
}

// A slow disk and a slow trainer: the stage goes on, and nobody who looks waits.
TEST(Session, SlowLearningHoldsUpNothingElse) {
  SessionOptions options = Small();
  std::atomic<bool> release = false;
  std::atomic<int> waiting = 0;
  options.learn.delay = [&] {
    ++waiting;
    while (!release) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --waiting;
  };
  Session session(options);
  Post(&session, StageCommand(command::LoadScene{"voe/support/car", ""}));
  Post(&session, StageCommand(command::SetSpeed{0}));
  Post(&session, LearnCommand(command::LoadModel{ShippedModel()}));
  session.Start();
  EXPECT_TRUE(Eventually([&] { return waiting == 1; }));
  const auto moment = [&] {
    const auto stage = session.stage();
    return stage ? stage->moment : -1;
  };
  const int64_t before = moment();
  EXPECT_TRUE(Eventually([&] { return moment() > before + 50; }));
  Post(&session, StageCommand(command::SetPlaying{false}));
  EXPECT_TRUE(Eventually([&] { return !session.stage()->playing; }));
  EXPECT_EQ(waiting, 1);  // all of that while the file was being read
  release = true;
  EXPECT_TRUE(Eventually([&] { return session.mind() && session.mind()->version; }));
}

}  // namespace
}  // namespace peekaboo::agent
