// Physics against closed-form solutions, through the door that scenes use.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/scene/mujoco_error.h"
#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

constexpr double kG = 9.81;      // m/s^2
constexpr double kStep = 0.001;  // s, of the small stage
constexpr double kRadius = 0.1;  // m

TEST(Physics, FreeFall) {
  SmallWorld w(SmallScene("ball", "\"ball.z\" = 6\n\"ball.vx\" = 0.7\n\"ball.vz\" = 1.5"));
  for (int frame = 1; frame <= 40; ++frame) {
    w.Step(1);
    const double t = w.world.time();
    const BodyReading ball = w.Read("ball");
    // Semi-implicit Euler is a straight sum of g t: it leads the parabola by half a step.
    EXPECT_NEAR(ball.z, 6 + 1.5 * t - kG * t * t / 2, kG * t * kStep / 2 + 1e-9);
    EXPECT_NEAR(ball.vz, 1.5 - kG * t, 1e-9);
    EXPECT_NEAR(ball.x, 0.7 * t, 1e-9);
    EXPECT_NEAR(ball.vx, 0.7, 1e-9);
  }
}

TEST(Physics, GravityOfTheScene) {
  SmallWorld w(SmallScene("ball", "\"stage.gravity\" = 2\n\"ball.z\" = 6"));
  w.Step(50);
  EXPECT_NEAR(w.Read("ball").vz, -2, 1e-9);
}

struct Bounce {
  double height = 0;  // of the first bounce, m above rest
  double most = 0;    // energy after the fall, in units of that before
};

Bounce Drop(const char* damping_ratio) {
  const double fall = 1.0;
  SmallWorld w(SmallScene(
      "ball", std::string("\"ball.z\" = 1.1\n\"stage.damping_ratio\" = ") + damping_ratio));
  Bounce bounce;
  bool landed = false;
  for (int frame = 0; frame < 100; ++frame) {
    w.Step(1);
    const BodyReading ball = w.Read("ball");
    landed = landed || ball.vz > 0.05;
    if (landed) bounce.height = std::max(bounce.height, ball.z - kRadius);
    const double energy = ball.vz * ball.vz / 2 + kG * (ball.z - kRadius);
    bounce.most = std::max(bounce.most, energy / (kG * fall));
  }
  return bounce;
}

TEST(Physics, BouncesLoseEnergyAndNeverGainIt) {
  const Bounce lively = Drop("0.2"), dull = Drop("0.5"), dead = Drop("1.0");
  for (const Bounce& bounce : {lively, dull, dead}) EXPECT_LT(bounce.most, 1.005);
  EXPECT_GT(lively.height, 0.1);
  EXPECT_LT(lively.height, 0.6);
  EXPECT_GT(dull.height, 0.005);
  EXPECT_LT(dull.height, 0.5 * lively.height);
  EXPECT_LT(dead.height, 0.03);
}

TEST(Physics, RestsWithoutSinkingOrCreeping) {
  SmallWorld w(SmallScene("ball box",
                          "\"ball.z\" = \"ball.rest\"\n\"box.z\" = \"box.rest\"\n\"box.x\" = 2"));
  w.Step(150);
  EXPECT_NEAR(w.Read("ball").z, kRadius, 2e-3);
  EXPECT_NEAR(w.Read("box").z, 0.1, 2e-3);
  EXPECT_NEAR(w.Read("box").x, 2, 1e-6);
  EXPECT_NEAR(w.Read("ball").vz, 0, 1e-4);
}

/// A ball on a slope of angle theta, its surface touching.
std::string OnSlope(double theta, double friction) {
  const auto number = [](double value) { return std::to_string(value); };
  return SmallScene("ball slope", "\"slope.z\" = 3\n\"slope.angle\" = " + number(theta) +
                                      "\n\"stage.friction\" = " + number(friction) +
                                      "\n\"ball.x\" = \"0.15 * sin(slope.angle)\"\n"
                                      "\"ball.z\" = \"3.05 + 0.15 * cos(slope.angle)\"");
}

TEST(Physics, RollsDownASlopeByTwoFifths) {
  const double theta = 0.3;
  SmallWorld w(OnSlope(theta, 1.0));
  w.Step(10);
  const double early = w.Read("ball").vx / std::cos(theta);
  w.Step(30);
  const BodyReading ball = w.Read("ball");
  const double speed = ball.vx / std::cos(theta);
  EXPECT_NEAR((speed - early) / 0.6, kG * std::sin(theta) / (1 + 2.0 / 5),
              0.02 * kG * std::sin(theta));
  EXPECT_NEAR(ball.spin * kRadius, speed, 0.01 * speed) << "rolls without slipping";
  EXPECT_GT(ball.spin, 0) << "clockwise for the audience when it rolls to the right";
}

TEST(Physics, SlidesDownASlopeWithoutFriction) {
  const double theta = 0.3;
  SmallWorld w(OnSlope(theta, 0.0));
  w.Step(40);
  const BodyReading ball = w.Read("ball");
  EXPECT_NEAR(ball.vx / std::cos(theta), kG * std::sin(theta) * 0.8,
              0.02 * kG * std::sin(theta) * 0.8);
  EXPECT_NEAR(ball.spin, 0, 0.01);
}

/// The small stage with stiff contacts of angular frequency 100 rad/s at that damping ratio
/// (MuJoCo: 1 / (timeconst zeta)), in steps that are short for them.
std::string StiffStage(double zeta) {
  std::string mjcf = kSmallStage;
  mjcf.replace(mjcf.find("0.001"), 5, "0.0002");
  mjcf.replace(mjcf.find("solref=\"0.01 1\""), 15,
               "solref=\"" + std::to_string(0.01 / zeta) + " 1\" solimp=\"0.999 0.999 0.001\"");
  return mjcf;
}

/// Share of the speed that a damped spring gives back if it can push but not pull: it lets go when
/// its force is 0, before it is as long as it was. Schwager & Poeschel 2007, "Coefficient of
/// restitution and linear-dashpot model revisited".
double ClosedRestitution(double zeta) {
  const double omega = std::sqrt(1 - zeta * zeta);
  const double contact =
      std::numbers::pi - std::atan2(2 * zeta * omega, omega * omega - zeta * zeta);
  return std::exp(-zeta / omega * contact);
}

/// Two balls of equal mass meet with 1.2 and -0.4 m/s.
struct Collision {
  double ball, other;  // m/s afterwards
};
Collision Collide(double zeta) {
  SmallWorld w(SmallScene("ball other", "\"stage.gravity\" = 0\n\"stage.damping_ratio\" = " +
                                            std::to_string(zeta) +
                                            "\n\"ball.z\" = 2\n\"other.z\" = 2\n\"ball.x\" = "
                                            "-0.6\n\"ball.vx\" = 1.2\n\"other.vx\" = -0.4"),
               {}, StiffStage(zeta));
  w.Step(50);
  return {w.Read("ball").vx, w.Read("other").vx};
}

TEST(Physics, ElasticCollisionExchangesVelocities) {
  const Collision after = Collide(0.002);
  EXPECT_NEAR(after.ball, -0.4, 0.02);
  EXPECT_NEAR(after.other, 1.2, 0.02);
}

TEST(Physics, RestitutionFollowsTheDampingRatio) {
  for (const double zeta : {0.05, 0.2, 0.4}) {
    const Collision after = Collide(zeta);
    EXPECT_NEAR((after.other - after.ball) / 1.6, ClosedRestitution(zeta), 0.01)
        << "damping ratio " << zeta;
    EXPECT_NEAR(after.ball + after.other, 0.8, 1e-6);
  }
}

TEST(Physics, BouncesToTheSquareOfRestitution) {
  for (const double zeta : {0.05, 0.2}) {
    SmallWorld w(
        SmallScene("ball", "\"ball.z\" = 1.1\n\"stage.damping_ratio\" = " + std::to_string(zeta)),
        {}, StiffStage(zeta));
    double top = 0;
    bool landed = false;
    for (int frame = 0; frame < 60; ++frame) {
      w.Step(1);
      const BodyReading ball = w.Read("ball");
      landed = landed || ball.vz > 0.05;
      if (landed && ball.vz > 0) top = ball.z + ball.vz * ball.vz / (2 * kG) - kRadius;
      if (landed && ball.vz < 0) break;
    }
    const double e = ClosedRestitution(zeta);
    EXPECT_NEAR(top, e * e, 0.03) << "damping ratio " << zeta;
  }
}

TEST(Physics, DullCollisionKeepsMomentum) {
  SmallWorld w(SmallScene("ball other",
                          "\"stage.gravity\" = 0\n\"ball.z\" = 2\n\"other.z\" = 2\n\"ball.x\" = "
                          "-0.6\n\"ball.vx\" = 1.2"));
  w.Step(100);
  EXPECT_NEAR(w.Read("ball").vx + w.Read("other").vx, 1.2, 1e-6);
  EXPECT_GT(w.Read("other").vx, 0.55);
  EXPECT_LT(w.Read("other").vx, 0.9);
}

TEST(Physics, SlidingFrictionSlowsByMuG) {
  const double mu = 0.25;
  SmallWorld w(
      SmallScene("box", "\"stage.friction\" = 0.25\n\"box.z\" = \"box.rest\"\n\"box.vx\" = 3"));
  w.Step(10);
  const double early = w.Read("box").vx;
  w.Step(25);
  EXPECT_NEAR((early - w.Read("box").vx) / 0.5, mu * kG, 0.03 * mu * kG);
  w.Step(100);
  EXPECT_NEAR(w.Read("box").vx, 0, 1e-3);
  EXPECT_NEAR(w.Read("box").x, 3 * 3 / (2 * mu * kG), 0.05 * 3 * 3 / (2 * mu * kG));
}

TEST(Physics, DragIsExponential) {
  SmallWorld w(SmallScene(
      "ball", "\"stage.gravity\" = 0\n\"ball.z\" = 2\n\"ball.vx\" = 1\n\"ball.drag\" = 1.5"));
  w.Step(50);
  EXPECT_NEAR(w.Read("ball").vx, std::exp(-1.5), 0.005);
}

TEST(Physics, ScaleChangesSizeAndWhereItRests) {
  SmallWorld w(SmallScene("ball", "\"ball.scale\" = 2\n\"ball.z\" = 0.5"));
  w.Step(100);
  EXPECT_NEAR(w.Read("ball").z, 2 * kRadius, 4e-3);
}

TEST(Physics, NothingPresentTouchesNothingAbsent) {
  SmallWorld w(SmallScene(
      "ball", "\"ball.x\" = -1\n\"ball.vx\" = 2\n\"ball.z\" = \"ball.rest\"\n\"other.z\" = 0.1"));
  const double other = w.Read("other").x;
  w.Step(50);
  EXPECT_NEAR(w.Read("ball").x, 1, 1e-3);
  EXPECT_EQ(w.Read("other").x, other);
  EXPECT_NEAR(w.Read("other").z, 0.1, 1e-9) << "what is absent does not fall";
  EXPECT_FALSE(w.Read("other").present);
}

TEST(Physics, DivergenceIsSaid) {
  SmallWorld w(SmallScene("ball", "\"ball.vx\" = 1e11\n\"ball.z\" = 1"));
  EXPECT_THAT(ErrorOf([&] { w.Step(50); }),
              ::testing::HasSubstr("small.xml: the physics diverged at"));
}

TEST(Physics, NurseryRunsWithoutMujocoWarnings) {
  InstallMujocoErrorHandlers();
  ClearMujocoWarnings();
  const auto scenes = LoadMixture(FindScene("nursery"));
  const auto stage = Stage::Load(scenes.front().first->model);
  World world(stage);
  for (const auto& [scene, weight] : scenes) {
    stage->Check(*scene);
    for (uint64_t index = 0; index < 12; ++index) {
      world.Reset(*scene, DrawFactors(*stage, *scene, {Split::kSeen, 1, index, 0}), {});
      for (int t = 1; t < scene->frames; ++t) world.StepFrame();
      for (int i = 0; i < mjNWARNING; ++i) {
        EXPECT_EQ(world.data()->warning[i].number, 0)
            << scene->name << " " << index << ": " << mju_warningText(i, 0);
      }
    }
  }
  const MujocoWarnings warnings = ReadMujocoWarnings();
  EXPECT_EQ(warnings.count, 0) << warnings.last;
}

}  // namespace
}  // namespace peekaboo::sim
