#include "agent/session/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "sim/render/gl_context.h"

namespace peekaboo::agent {
namespace {

using command::OnEpisodeEnd;
using sim::Intervention;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SimulatorTest : public testing::Test {
 protected:
  SimulatorTest() : gl_(sim::GlContext::Create()) {
    gl_->MakeCurrent();
    simulator_ = std::make_unique<Simulator>(Simulator::Options{});
  }

  void Load(const std::string& scene, const std::string& member = "") {
    simulator_->Handle(command::LoadScene{scene, member});
    for (Observation& observation : simulator_->TakeObservations())
      observations_.push_back(std::move(observation));
  }
  Observation Advance() {
    auto observation = simulator_->Advance();
    EXPECT_TRUE(observation);
    return *observation;
  }
  std::shared_ptr<StageSnapshot> Now() const { return simulator_->Snapshot(); }
  sim::BodyReading Body(const std::string& name) const {
    const auto now = Now();
    const auto& objects = now->spec->scene->objects;
    const size_t at = std::find(objects.begin(), objects.end(), name) - objects.begin();
    return now->objects.at(at).body;
  }

  std::unique_ptr<sim::GlContext> gl_;
  std::unique_ptr<Simulator> simulator_;
  std::vector<Observation> observations_;
};

TEST_F(SimulatorTest, HasNothingToShowWithoutAScene) {
  EXPECT_FALSE(simulator_->Advance());
  EXPECT_EQ(Now()->spec, nullptr);
  EXPECT_THROW(simulator_->Handle(command::Step{1}), UserError);
}

TEST_F(SimulatorTest, WhatIsSelectedIsPlacedAndTurnedWhileTimeStandsStill) {
  Load("voe/support/car");
  EXPECT_THROW(simulator_->Handle(command::Twist{1}), UserError) << "nothing is selected";
  simulator_->Handle(command::Select{"car"});
  simulator_->Handle(command::SetPlaying{false});
  const double angle = Body("car").angle;
  simulator_->Handle(command::Pull{{0.2, 0, 1.5}});
  simulator_->Handle(command::Twist{0.5});
  simulator_->Handle(command::Step{1});
  EXPECT_NEAR(Body("car").x, 0.2, 0.02);
  EXPECT_GT(Body("car").z, 1.3);
  EXPECT_NEAR(Body("car").angle, angle + 0.5, 0.02);
  // Gone back to, it is still as people left it.
  simulator_->Handle(command::Step{-1});
  simulator_->Handle(command::Step{1});
  simulator_->Handle(command::Seek{0});
  simulator_->Handle(command::SetPlaying{true});
  Advance();
  EXPECT_NEAR(Body("car").angle, angle + 0.5, 0.02);
}

TEST_F(SimulatorTest, AFactorTakesItsOwnKindOfValue) {
  Load("voe/support/car");
  EXPECT_THROW(simulator_->Handle(command::SetFactor{"car.vx", std::string("fast")}), UserError);
  EXPECT_THROW(simulator_->Handle(command::SetFactor{"car.shape", 1.0}), UserError);
  EXPECT_THROW(simulator_->Handle(command::SetFactor{"car.colour", 1.0}), UserError);
  EXPECT_THROW(simulator_->Handle(command::SetFactor{"stage.gravity", std::nan("")}), UserError);
  EXPECT_THROW(simulator_->Handle(command::SetFactor{"speed", std::string("fast")}), UserError);
  simulator_->Handle(command::SetFactor{"car.colour", std::string("red")});
}

// What is gone back to goes on as what it was, whatever was loaded since.
TEST_F(SimulatorTest, GoingBackAcrossScenesGoesOnWithTheFirst) {
  simulator_->Handle(command::LoadScene{"voe/support/car", "edge, goes on in the air"});
  Advance();
  Advance();
  simulator_->Handle(command::LoadScene{"voe/permanence/roll", ""});
  Advance();
  simulator_->Handle(command::Seek{1});
  EXPECT_EQ(simulator_->Snapshot()->spec->requested, "voe/support/car");
  simulator_->Handle(command::SetFactor{"stage.gravity", 3.0});
  EXPECT_EQ(simulator_->Snapshot()->spec->member, "edge, goes on in the air");
  bool floated = false;
  for (int i = 0; i < 40; ++i) {
    const auto observation = simulator_->Advance();
    ASSERT_TRUE(observation);
    for (const Mark& mark : observation->marks) floated = floated || mark.text == "float car";
  }
  EXPECT_TRUE(floated);
  EXPECT_EQ(simulator_->Snapshot()->spec->requested, "voe/support/car") << "also the next film";
  simulator_->Handle(command::Reseed{});
  EXPECT_EQ(simulator_->Snapshot()->spec->member, "edge, goes on in the air");
}

TEST_F(SimulatorTest, PhysicsThatDivergesLeavesAMomentToGoBackTo) {
  Load("voe/support/car");
  simulator_->Handle(command::SetPlaying{false});
  const double x = Body("car").x;
  simulator_->Handle(command::SetFactor{"car.vx", 1e12});
  EXPECT_THROW(simulator_->Handle(command::Step{1}), UserError);
  EXPECT_THROW(simulator_->Handle(command::Step{1}), UserError);
  simulator_->Handle(command::ResetFactors{});
  simulator_->Handle(command::Step{1});
  EXPECT_LT(std::abs(Body("car").x - x), 1);
  // If it always does, the stage stops.
  simulator_->Handle(command::SetFactor{"car.vx", 1e12});
  simulator_->Handle(command::SetPlaying{true});
  for (int i = 0; i < 100 && simulator_->playing(); ++i) {
    try {
      simulator_->Advance();
    } catch (const UserError&) {
    }
  }
  EXPECT_FALSE(simulator_->playing());
}

TEST_F(SimulatorTest, AHandIsMarkedOnceForEachGrip) {
  Load("voe/support/car");
  simulator_->Handle(command::SetPlaying{false});
  simulator_->Handle(command::Select{"car"});
  for (const double z : {1.1, 1.2, 1.3}) simulator_->Handle(command::Pull{{0.2, 0, z}});
  simulator_->Handle(command::LetGo{});
  simulator_->TakeObservations();
  simulator_->Handle(command::Step{1});
  const auto observations = simulator_->TakeObservations();
  ASSERT_EQ(observations.size(), 1);
  ASSERT_EQ(observations[0].marks.size(), 1);
  EXPECT_EQ(observations[0].marks[0].text, "hand car");
  EXPECT_EQ(observations[0].marks[0].kind, Mark::Kind::kViolation);
}

TEST_F(SimulatorTest, FilmsThatOnlyASetCanMakeAreRefused) {
  Load("voe/inertia/reverse");
  const auto error = [&](const std::string& scene, const std::string& member) {
    try {
      simulator_->Handle(command::LoadScene{scene, member});
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(error("voe/inertia/reverse", "goes the other way"),
              testing::HasSubstr("begins from where another film was"));
  EXPECT_THAT(error("voe/permanence/roll", "vanishes behind it"), testing::HasSubstr("spliced"));
  EXPECT_EQ(error("voe/inertia/reverse", "goes one way, turns back"), "no error");
}

TEST_F(SimulatorTest, BeginsAtTheFirstFrame) {
  Load("voe/support/car");
  ASSERT_EQ(observations_.size(), 1);
  EXPECT_EQ(observations_[0].moment, 0);
  EXPECT_EQ(observations_[0].frame, 0);
  EXPECT_EQ(observations_[0].pixels->size(), 64 * 64 * 3);
  ASSERT_EQ(observations_[0].marks.size(), 1);
  EXPECT_EQ(observations_[0].marks[0].kind, Mark::Kind::kBeginning);
  const Observation next = Advance();
  EXPECT_EQ(next.moment, 1);
  EXPECT_EQ(next.frame, 1);
  EXPECT_NEAR(next.time, 0.08, 1e-12);
}

TEST_F(SimulatorTest, AnUnknownSceneLeavesTheOldOne) {
  Load("voe/support/car");
  EXPECT_THROW(simulator_->Handle(command::LoadScene{"voe/support/cat", ""}), UserError);
  EXPECT_THAT(
      [&] {
        simulator_->Handle(command::LoadScene{"voe/support/car", "edge, fals"});
      },
      ThrowsMessage<UserError>(HasSubstr("edge, falls")));
  EXPECT_EQ(Now()->spec->scene->name, "voe/support/car");
  EXPECT_EQ(Advance().moment, 1);
}

TEST_F(SimulatorTest, AnEpisodeIsFollowedByTheNextDraw) {
  Load("voe/support/car");
  const int frames = Now()->spec->scene->frames;
  for (int i = 1; i < frames; ++i) EXPECT_EQ(Advance().frame, i);
  const Observation next = Advance();
  EXPECT_EQ(next.frame, 0);
  EXPECT_EQ(next.moment, frames);
  EXPECT_EQ(Now()->spec->index, 1);

  simulator_->Handle(command::SetOnEpisodeEnd{OnEpisodeEnd::kAgain});
  for (int i = 0; i < frames; ++i) Advance();
  EXPECT_EQ(Now()->spec->index, 1);
  EXPECT_EQ(Now()->frame, 0);

  simulator_->Handle(command::SetOnEpisodeEnd{OnEpisodeEnd::kGoOn});
  for (int i = 0; i < 2 * frames; ++i) Advance();
  EXPECT_EQ(Now()->frame, 2 * frames);
}

TEST_F(SimulatorTest, GoesBackAndComesToTheSameFuture) {
  Load("voe/support/car");
  std::vector<Observation> first;
  for (int i = 0; i < 40; ++i) first.push_back(Advance());  // into the second episode
  simulator_->Handle(command::Seek{10});
  EXPECT_FALSE(Now()->playing);
  EXPECT_EQ(Now()->moment, 10);
  EXPECT_EQ(Now()->frame, 10);
  EXPECT_EQ(Now()->newest, 40);
  EXPECT_EQ(Now()->spec->index, 0);
  for (int i = 10; i < 40; ++i) {
    const Observation again = Advance();
    EXPECT_EQ(again.moment, i + 1);
    EXPECT_EQ(*again.pixels, *first[i].pixels) << i;
  }
}

TEST_F(SimulatorTest, StepsForwardThroughTheHistoryAndBeyond) {
  Load("voe/support/car");
  for (int i = 0; i < 5; ++i) Advance();
  simulator_->Handle(command::Step{-2});
  EXPECT_EQ(Now()->moment, 3);
  simulator_->Handle(command::Step{1});
  EXPECT_EQ(Now()->moment, 4);
  EXPECT_TRUE(simulator_->TakeObservations().empty());  // the infant has seen this one
  simulator_->Handle(command::Step{3});
  EXPECT_EQ(Now()->moment, 7);
  EXPECT_EQ(simulator_->TakeObservations().size(), 2);
  simulator_->Handle(command::Step{-100});
  EXPECT_EQ(Now()->moment, 0);
}

TEST_F(SimulatorTest, TheHistoryIsBounded) {
  simulator_ = std::make_unique<Simulator>(Simulator::Options{.history = 8});
  Load("voe/support/car");
  for (int i = 0; i < 100; ++i) Advance();
  EXPECT_EQ(Now()->newest, 100);
  EXPECT_EQ(Now()->oldest, 93);
  simulator_->Handle(command::Seek{0});
  EXPECT_EQ(Now()->moment, 93);
}

TEST_F(SimulatorTest, AWandBreaksALawFromTheNextFrameOn) {
  Load("voe/support/car");
  Advance();
  ASSERT_TRUE(Body("car").present);
  simulator_->Handle(command::Wand{Intervention::Kind::kVanish, "car", {}, ""});
  const Observation observation = Advance();
  ASSERT_EQ(observation.marks.size(), 1);
  EXPECT_EQ(observation.marks[0].kind, Mark::Kind::kViolation);
  EXPECT_EQ(observation.marks[0].text, "vanish car");
  EXPECT_FALSE(Body("car").present);
  EXPECT_TRUE(Advance().marks.empty());

  simulator_->Handle(command::Wand{Intervention::Kind::kAppear, "car", {{0.2, 1.5}}, ""});
  Advance();
  EXPECT_TRUE(Body("car").present);
  EXPECT_NEAR(Body("car").x, 0.2, 0.05);
}

TEST_F(SimulatorTest, TimeBeforeTheWandIsAsItWas) {
  Load("voe/support/car");
  for (int i = 0; i < 6; ++i) Advance();
  simulator_->Handle(command::Wand{Intervention::Kind::kVanish, "car", {}, ""});
  Advance();
  simulator_->Handle(command::Seek{5});
  const Observation observation = Advance();
  EXPECT_TRUE(observation.marks.empty());
  EXPECT_TRUE(Body("car").present);
}

TEST_F(SimulatorTest, AWandNeedsAThing) {
  Load("voe/support/car");
  using Kind = Intervention::Kind;
  EXPECT_THROW(simulator_->Handle(command::Wand{Kind::kVanish, "cat", {}, ""}), UserError);
  EXPECT_THROW(simulator_->Handle(command::Wand{Kind::kVanish, "floor", {}, ""}), UserError);
  EXPECT_THROW(simulator_->Handle(command::Wand{Kind::kSwapShape, "car", {}, ""}), UserError);
  EXPECT_THROW(simulator_->Handle(command::Wand{Kind::kSwapColour, "car", {}, "octarine"}),
               UserError);
  EXPECT_TRUE(Advance().marks.empty());
}

TEST_F(SimulatorTest, TheEventOfAnImpossibleFilmIsAViolation) {
  Load("voe/support/car", "edge, goes on in the air");
  int violations = 0;
  for (int i = 1; i < 32; ++i) {
    for (const Mark& mark : Advance().marks) {
      EXPECT_EQ(mark.kind, Mark::Kind::kViolation);
      EXPECT_EQ(mark.text, "float car");
      ++violations;
    }
  }
  EXPECT_EQ(violations, 1);
}

TEST_F(SimulatorTest, AFactorThatBeginsAnEpisodeBeginsItAnew) {
  Load("voe/support/car");
  for (int i = 0; i < 3; ++i) Advance();
  simulator_->Handle(command::SetFactor{"speed", 0.5});
  EXPECT_EQ(Now()->frame, 0);
  EXPECT_NEAR(Body("car").vx, 0.5, 1e-9);
  EXPECT_EQ(std::get<double>(Now()->factors.at("speed")), 0.5);
  simulator_->Handle(command::ResetFactors{""});
  EXPECT_NE(std::get<double>(Now()->factors.at("speed")), 0.5);
  EXPECT_THROW(simulator_->Handle(command::SetFactor{"car.scale", -1.0}), UserError);
  EXPECT_GT(std::get<double>(Now()->factors.at("car.scale")), 0);
}

TEST_F(SimulatorTest, GravityChangesWhileTheWorldRuns) {
  Load("voe/support/car");
  for (int i = 0; i < 3; ++i) Advance();
  simulator_->Handle(command::SetFactor{"stage.gravity", -2.0});
  EXPECT_EQ(Now()->frame, 3);
  const double before = Body("car").z;
  for (int i = 0; i < 8; ++i) Advance();
  EXPECT_GT(Body("car").z, before + 0.1);
}

TEST_F(SimulatorTest, RefusesANonsensicalSpeed) {
  EXPECT_THROW(simulator_->Handle(command::SetSpeed{-1}), UserError);
  EXPECT_THROW(simulator_->Handle(command::SetSpeed{std::numeric_limits<double>::quiet_NaN()}),
               UserError);
  simulator_->Handle(command::SetSpeed{4});
  EXPECT_EQ(simulator_->speed(), 4);
}

TEST_F(SimulatorTest, PlayGoesOnInAWorldThatWasLeftAndComeBackTo) {
  Load("play/table");
  EXPECT_EQ(Now()->mode, Mode::kPlay);
  for (int i = 0; i < 3; ++i) Advance();
  EXPECT_EQ(Now()->action.size(), 2);
  simulator_->Handle(command::SetPlaying{false});
  Load("play/rooms");
  simulator_->Handle(command::Seek{3});
  EXPECT_EQ(Now()->spec->scene->name, "play/table");
  const double before = Body("hand").x;
  for (int i = 0; i < 8; ++i) Advance();
  EXPECT_NE(Body("hand").x, before);
}

TEST_F(SimulatorTest, WhatSuitsASceneMovesItsBodyUntilPeopleChoose) {
  Load("voe/support/car");
  EXPECT_EQ(Now()->mode, Mode::kWatch);
  Load("tasks/push");
  EXPECT_EQ(Now()->mode, Mode::kGoal);
  EXPECT_TRUE(Now()->goal);
  Load("play/table");
  EXPECT_EQ(Now()->mode, Mode::kPlay);
  EXPECT_FALSE(Now()->goal);
  simulator_->Handle(command::SetMode{Mode::kWatch});
  Load("tasks/push");
  EXPECT_EQ(Now()->mode, Mode::kWatch);
}

}  // namespace
}  // namespace peekaboo::agent
