#include "agent/mind/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "agent/mind/readout_fitter.h"
#include "agent/session/session.h"
#include "sim/render/gl_context.h"

namespace peekaboo::agent {
namespace {

std::string ShippedModel() {
  return std::string(PEEKABOO_SOURCE_DIR) + "/models/infant.safetensors";
}

class ReadingTest : public testing::Test {
 protected:
  ReadingTest() {
    options_.simulate.views = true;
    options_.learn.exam = {.films = 4, .decoder_steps = 2};
  }
  std::unique_ptr<Session> EpisodeSpec(const std::string& scene, int ticks,
                                       const std::string& model) {
    auto session = std::make_unique<Session>(options_);
    session->Post(LearnCommand(command::LoadModel{model}));
    session->Post(StageCommand(command::LoadScene{scene, ""}));
    for (int i = 0; i < ticks; ++i) session->Tick();
    return session;
  }
  SessionOptions options_;
};

// What only these weights give: which moments are alarms.
using ShippedModelReading = ReadingTest;

TEST_F(ReadingTest, AMomentIsReadWithTheReadoutOfItsModel) {
  const auto session = EpisodeSpec("voe/support/car", 20, ShippedModel());
  const auto mind = session->mind();
  ASSERT_NE(mind->version->readout, nullptr);
  EXPECT_EQ(mind->version->readout->probes.count(kHiddenProbe), 1);
  const TimelineEntry* moment = mind->Find(19);
  const Reading& reading = moment->reading;
  ASSERT_EQ(reading.here.size(), 1);
  EXPECT_EQ(reading.fan.size(), mind->version->model->config().horizons.size());
  for (const float x : reading.here[0]) EXPECT_TRUE(std::isfinite(x));
  ASSERT_NE(reading.understood, nullptr);
  ASSERT_NE(reading.predicted_frame, nullptr);
  EXPECT_EQ(reading.predicted_frame->size(), moment->observation.pixels->size());
  EXPECT_EQ(mind->Find(0)->reading.predicted_frame, nullptr)
      << "nothing was expected of a first frame";
  EXPECT_NE(mind->Find(0)->reading.understood, nullptr);
  EXPECT_EQ(reading.heat, nullptr);
}

TEST_F(ShippedModelReading, WhatIsPossibleIsNoAlarm) {
  const auto session = EpisodeSpec("voe/support/car", 20, ShippedModel());
  EXPECT_FALSE(session->mind()->Find(19)->alarm);
}

TEST_F(ShippedModelReading, AnAlarmNamesTheObject) {
  const auto session = EpisodeSpec("voe/support/car", 15, ShippedModel());
  session->Post(StageCommand(command::Wand{sim::Intervention::Kind::kVanish, "car", {}, ""}));
  session->Tick();
  const auto mind = session->mind();
  const TimelineEntry* moment = mind->Find(15);
  EXPECT_TRUE(moment->alarm) << moment->surprise;
  EXPECT_EQ(moment->concerned, "car");
  ASSERT_NE(moment->reading.heat, nullptr);
  EXPECT_EQ(moment->reading.heat->size() * 3, moment->observation.pixels->size());
}

TEST_F(ReadingTest, NobodyWatchesNothingIsDrawn) {
  options_.simulate.views = false;
  const auto session = EpisodeSpec("voe/support/car", 10, ShippedModel());
  const Reading& reading = session->mind()->Find(9)->reading;
  EXPECT_EQ(reading.predicted_frame, nullptr);
  EXPECT_FALSE(reading.here.empty());
}

TEST_F(ReadingTest, HeatIsAboutTheObjectInIt) {
  std::vector<float> heat(64 * 64);
  sim::ObjectTruth left, right;
  left.body.present = right.body.present = true;
  left.image_xy = {-0.5f, 0};
  right.image_xy = {0.5f, 0.25f};
  const std::vector<sim::ObjectTruth> both = {left, right};
  EXPECT_EQ(Concerned(heat, 64, 1, both, {}), -1) << "no heat at all";
  heat[24 * 64 + 48] = 1;  // right, above the middle
  EXPECT_EQ(Concerned(heat, 64, 1, both, {}), 1);
  std::vector<sim::ObjectTruth> gone = both;
  gone[1].body.present = false;
  EXPECT_EQ(Concerned(heat, 64, 1, gone, {}), -1);
  EXPECT_EQ(Concerned(heat, 64, 1, gone, both), 1) << "where it was";
  heat[60 * 64 + 2] = 9;
  EXPECT_EQ(Concerned(heat, 64, 1, both, {}), -1) << "most of it is elsewhere";
}

TEST_F(ReadingTest, WhatWasExpectedLongAgoMayHaveBeenExpectedFarOff) {
  std::vector<float> heat(64 * 64);
  heat[48 * 64 + 32] = 1;  // below the middle, where it ought to have fallen to
  sim::ObjectTruth hangs;
  hangs.body.present = true;
  hangs.image_xy = {0, 0.1f};
  EXPECT_EQ(Concerned(heat, 64, 1, {&hangs, 1}, {}), -1);
  EXPECT_EQ(Concerned(heat, 64, 8, {&hangs, 1}, {}), 0);
}

TEST_F(ShippedModelReading, AVanishedThingIsNamedAsLongAsItIsMissed) {
  options_.simulate.seed = 3;
  const auto session = EpisodeSpec("voe/support/car", 15, ShippedModel());
  session->Post(StageCommand(command::Wand{sim::Intervention::Kind::kVanish, "car", {}, ""}));
  for (int i = 0; i < 9; ++i) session->Tick();
  int alarms = 0;
  for (int64_t m = 15; m < 24; ++m) {
    const TimelineEntry* moment = session->mind()->Find(m);
    if (!moment->alarm) continue;
    ++alarms;
    EXPECT_EQ(moment->concerned, "car") << m;
  }
  EXPECT_GE(alarms, 2);
}

// The classic of the field: pushed off its platform, it goes on in the air, and that is worse the
// longer it lasts.
TEST_F(ShippedModelReading, ACarThatStaysInTheAirIsAnAlarm) {
  auto session = std::make_unique<Session>(options_);
  session->Post(LearnCommand(command::LoadModel{ShippedModel()}));
  const auto alarms = [&](const std::string& member) {
    session->Post(StageCommand(command::LoadScene{"voe/support/car", member}));
    int64_t count = 0;
    for (int i = 0; i < 10 * 32; ++i) {
      session->Tick();
      const auto& moment = session->mind()->moments.back();
      count += moment->alarm && moment->concerned == "car";
    }
    return count;
  };
  EXPECT_LE(alarms("edge, falls"), 2);
  EXPECT_GT(alarms("edge, goes on in the air"), 10);
}

TEST_F(ReadingTest, WhatIsRememberedLiesInThePlaneOfTheStage) {
  const auto session = EpisodeSpec("voe/permanence/roll", 3, ShippedModel());
  TimelineEntry moment = *session->mind()->Find(2);
  const auto& view = *session->stage()->views.back();
  const sim::ObjectTruth& ball = moment.observation.objects[0];
  moment.reading.hidden = 0.9;
  moment.reading.hidden_at = ball.image_xy;
  const auto place = WhereRemembered(moment, view);
  ASSERT_TRUE(place.has_value());
  EXPECT_NEAR((*place)[0], ball.body.x, 0.02);
  EXPECT_NEAR((*place)[1], 0, 1e-9);
  EXPECT_NEAR((*place)[2], ball.body.z, 0.02);
  moment.reading.hidden = 0.1;
  EXPECT_FALSE(WhereRemembered(moment, view).has_value());
}

class ExaminerTest : public testing::Test {
 protected:
  ExaminerTest() : gl_(sim::GlContext::Create()) {
    gl_->MakeCurrent();
    nursery_ = std::make_unique<Nursery>("nursery", 64, 0);
    model_ = std::make_shared<const worldmodel::WorldModel>(worldmodel::ModelConfig(), 1);
  }
  std::vector<std::shared_ptr<const worldmodel::Readout>> Examine(ReadoutFitter* readout_fitter) {
    std::vector<std::shared_ptr<const worldmodel::Readout>> readouts;
    while (readout_fitter->busy()) {
      if (auto readout = readout_fitter->Work()) readouts.push_back(std::move(readout));
    }
    return readouts;
  }
  std::unique_ptr<sim::GlContext> gl_;
  std::unique_ptr<Nursery> nursery_;
  std::shared_ptr<const worldmodel::WorldModel> model_;
};

TEST_F(ExaminerTest, FirstMeasuresThenTeaches) {
  ReadoutFitter readout_fitter({.films = 3, .decoder_steps = 2, .seed = 5}, nursery_.get());
  EXPECT_FALSE(readout_fitter.busy());
  EXPECT_EQ(readout_fitter.Work(), nullptr);
  readout_fitter.Begin(model_, nullptr);
  const auto readouts = Examine(&readout_fitter);
  ASSERT_EQ(readouts.size(), 2);
  EXPECT_EQ(readouts[0]->calibration.Threshold(), readouts[1]->calibration.Threshold());
  EXPECT_GT(readouts[0]->calibration.Threshold(), 1);
  EXPECT_TRUE(std::isfinite(readouts[0]->calibration.Threshold()));
  const std::vector<float> z(model_->config().LatentSize(), 0.5f);
  EXPECT_NE(readouts[0]->decoder.Draw(z, 1), readouts[1]->decoder.Draw(z, 1));
}

TEST_F(ExaminerTest, GoesOnFromAPredecessor) {
  ReadoutFitter readout_fitter({.films = 2, .decoder_steps = 0, .seed = 5}, nursery_.get());
  readout_fitter.Begin(model_, nullptr);
  const auto first = Examine(&readout_fitter).back();
  readout_fitter.Begin(model_, first);
  const auto second = Examine(&readout_fitter).back();
  const std::vector<float> z(model_->config().LatentSize(), 0.5f);
  EXPECT_EQ(first->decoder.Draw(z, 1), second->decoder.Draw(z, 1));
  for (int i = 0; i < 3; ++i) {
    double dot = 0;
    for (int d = 0; d < model_->config().LatentSize(); ++d)
      dot += first->projection.Axis(i)[d] * second->projection.Axis(i)[d];
    EXPECT_NEAR(dot, 1, 1e-6);
  }
  // A model of another shape has nothing in common with it.
  worldmodel::ModelConfig other;
  other.patch_channels = 16;
  readout_fitter.Begin(std::make_shared<const worldmodel::WorldModel>(other, 1), first);
  EXPECT_EQ(Examine(&readout_fitter).back()->projection.size(), other.LatentSize());
}

}  // namespace
}  // namespace peekaboo::agent
