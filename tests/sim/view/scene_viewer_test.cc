// What people see of a world, before it is drawn.

#include "sim/view/scene_viewer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

using ::testing::HasSubstr;

/// The small stage with a theatre beside it.
std::string WithTheatre() {
  std::string mjcf = kSmallStage;
  mjcf.insert(mjcf.find("<worldbody>"),
              "<custom><text name='theatre' data='theatre.xml'/></custom>");
  return mjcf;
}

std::string Theatre(const std::string& worldbody) {
  return "<mujoco><worldbody>" + worldbody + "</worldbody></mujoco>";
}

std::shared_ptr<const Scenery> Load(const std::string& theatre) {
  TempFolder folder;
  folder.Write("theatre.xml", theatre);
  return LoadScenery(*Stage::Load(folder.Write("stage.xml", WithTheatre())));
}

const SceneView::Thing& Thing(const SceneView& view, const std::string& name) {
  const auto found = std::find_if(view.things.begin(), view.things.end(),
                                  [&](const auto& thing) { return thing.name == name; });
  EXPECT_NE(found, view.things.end()) << name;
  return *found;
}

TEST(SceneView, SaysWhereThingsAre) {
  SmallWorld w(SmallScene("ball block",
                          "\"ball.x\" = 0.7\n\"ball.y\" = 0.2\n\"ball.z\" = 2\n"
                          "\"block.x\" = -1\n\"block.height\" = 0.2\n\"block.z\" = 0.3"));
  SceneViewer viewer(*w.stage);
  const SceneView view = viewer.Capture(w.world);
  EXPECT_EQ(view.things.size(), 6u);
  const auto& ball = Thing(view, "ball");
  EXPECT_TRUE(ball.present);
  EXPECT_NEAR(ball.centre[0], 0.7, 1e-9);
  EXPECT_NEAR(ball.centre[1], 0.2, 1e-9);
  EXPECT_NEAR(ball.centre[2], 2, 1e-9);
  EXPECT_NEAR(Thing(view, "block").centre[2], 0.4, 1e-9);
  EXPECT_FALSE(Thing(view, "other").present);
  EXPECT_FALSE(Thing(view, "slope").present);
  w.Step(10);
  EXPECT_LT(Thing(viewer.Capture(w.world), "ball").centre[2], 1.9);
  EXPECT_NEAR(ball.centre[2], 2, 1e-9) << "a view stays as it was";
}

TEST(SceneView, ShowsWhatIsThereAndGroupsForPeople) {
  std::string mjcf = kSmallStage;
  mjcf.insert(mjcf.find("<body name=\"block\""),
              "<geom name='for eyes' type='sphere' size='.11' group='2'/>"
              "<geom name='for people' type='sphere' size='.12' group='3'/>"
              "<geom name='for nobody' type='sphere' size='.13' group='4'/>");
  SmallWorld w(SmallScene("ball", ""), {}, mjcf);
  const SceneView view = SceneViewer(*w.stage).Capture(w.world);
  const auto shown = [&](const char* name) {
    const int id = mj_name2id(w.world.model(), mjOBJ_GEOM, name);
    return std::any_of(view.geoms.begin(), view.geoms.end(),
                       [&](const mjvGeom& geom) { return geom.objid == id; });
  };
  EXPECT_TRUE(shown("floor"));
  EXPECT_TRUE(shown("for people"));
  EXPECT_FALSE(shown("for eyes"));
  EXPECT_FALSE(shown("for nobody"));
  EXPECT_EQ(view.geoms.size(), 3u) << "and the ball, but nothing that is absent";
  EXPECT_FALSE(view.scenery);
  EXPECT_GE(view.lights.size(), 1u) << "the stage's own, without a theatre";
}

TEST(SceneView, TheTheatreHasItsOwnLightAndCameras) {
  TempFolder folder;
  folder.Write("theatre.xml", Theatre("<light pos='0 0 3' diffuse='.1 .2 .3'/>"
                                      "<camera name='balcony' pos='1 2 3'/>"
                                      "<geom type='box' size='1 1 .1' group='0' pos='0 0 -1'/>"
                                      "<geom type='sphere' size='1' group='1'/>"));
  const auto stage = Stage::Load(folder.Write("small.xml", WithTheatre()));
  const auto scene =
      LoadScene(folder.Write("scene.toml", SmallScene("ball", "\"lamp.brightness\" = 0.9")));
  World world(stage);
  world.Reset(*scene, DrawFactors(*stage, *scene, {}), {});
  const SceneView view = SceneViewer(*stage).Capture(world);
  ASSERT_EQ(view.lights.size(), 1u);
  EXPECT_FLOAT_EQ(view.lights[0].diffuse[2], 0.3f) << "not the lamp of the scene";
  ASSERT_EQ(view.cameras.size(), 2u);
  EXPECT_EQ(view.cameras[0].name, "audience");
  EXPECT_EQ(view.cameras[1].name, "balcony");
  EXPECT_NEAR(view.cameras[1].position[2], 3, 1e-9);
  ASSERT_TRUE(view.scenery);
  EXPECT_EQ(view.scenery->geoms.size(), 1u);
  EXPECT_EQ(view.geoms.size(), 3u) << "floor, ball, and what takes shadows";
}

// A point light straight above a box: half its colour on top, ambient alone below.
TEST(Scenery, LightIsPaintedOn) {
  const auto scenery =
      Load(Theatre("<light directional='true' dir='0 0 -1' diffuse='.5 .5 .5' ambient='.2 .2 .2'/>"
                   "<geom type='box' size='1 1 1' rgba='1 0.5 0 1' group='1'/>"
                   "<geom type='box' size='1 1 1' rgba='0.6 0.6 0.6 1' group='2'/>"));
  ASSERT_GT(scenery->stains, 0u);
  ASSERT_LT(scenery->stains, scenery->indices.size());
  const uint32_t first_stain = scenery->indices[scenery->stains];
  int above = 0, below = 0;
  for (uint32_t v = 0; v < first_stain; ++v) {
    const PaintedVertex& vertex = scenery->vertices[v];
    const int red = vertex.rgba[0];
    EXPECT_TRUE(red == std::lround(255 * 0.7) || red == std::lround(255 * 0.2)) << red;
    EXPECT_NEAR(vertex.rgba[1], red / 2.0, 1);
    if (vertex.position[2] > 0 && red == std::lround(255 * 0.7)) ++above;
    if (vertex.position[2] < 0) {
      EXPECT_EQ(red, std::lround(255 * 0.2));
      ++below;
    }
  }
  EXPECT_GT(above, 0);
  EXPECT_GT(below, 0);
  for (size_t v = first_stain; v < scenery->vertices.size(); ++v)
    EXPECT_EQ(scenery->vertices[v].rgba[0], std::lround(255 * 0.6)) << "a stain is not lit";
}

TEST(Scenery, WhatCannotBeUsedIsNamed) {
  EXPECT_THAT(ErrorOf([] { Load("<mujoco><nonsense/></mujoco>"); }),
              testing::AllOf(HasSubstr("theatre.xml"), HasSubstr("MuJoCo cannot load it")));
  EXPECT_THAT(ErrorOf([] { Load(Theatre("<geom type='plane' size='1 1 1'/>")); }),
              testing::AllOf(HasSubstr("theatre.xml"), HasSubstr("boxes")));
  TempFolder folder;
  const auto stage = Stage::Load(folder.Write("stage.xml", WithTheatre()));
  EXPECT_THAT(ErrorOf([&] { LoadScenery(*stage); }), HasSubstr("theatre.xml"));
}

// Of the one that we ship: in front of it the toys are seen, and nothing of it is in the physics.
TEST(Scenery, OfTheSharedStageIsOutsideThePhysics) {
  const auto stage = Stage::Load(std::string(PEEKABOO_SOURCE_DIR) + "/scenes/stage/stage.xml");
  const auto scenery = LoadScenery(*stage);
  ASSERT_TRUE(scenery);
  EXPECT_GT(scenery->indices.size(), 1000u);
  EXPECT_FALSE(stage->Find("balcony"));
  EXPECT_EQ(mj_name2id(scenery->model.get(), mjOBJ_CAMERA, "balcony"), 0);
  for (const PaintedVertex& vertex : scenery->vertices) {
    const float* at = vertex.position;
    const bool in_the_way =
        std::abs(at[0]) < 2.0 && std::abs(at[1]) < 0.7 && at[2] > 0.01 && at[2] < 2;
    EXPECT_FALSE(in_the_way) << at[0] << " " << at[1] << " " << at[2];
  }
}

}  // namespace
}  // namespace peekaboo::sim
