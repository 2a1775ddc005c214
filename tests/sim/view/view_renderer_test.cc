#include "sim/view/view_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "sim/render/gl_context.h"
#include "sim/view/ghost.h"
#include "sim/view/scene_viewer.h"
#include "tests/sim/small_world.h"

namespace peekaboo::sim {
namespace {

using Pixel = std::array<int, 3>;

constexpr int kWidth = 96, kHeight = 64;

/// A red ball of radius 0.1 m in the middle of the picture, lit from the front.
class ViewRendererTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { gl_ = GlContext::Create(); }
  static void TearDownTestSuite() { gl_.reset(); }

  ViewRendererTest()
      : w_(SmallScene("ball", "\"ball.z\" = 1\n\"ball.x\" = 0\n\"ball.colour\" = \"red\"")) {
    gl_->MakeCurrent();
    renderer_.emplace(w_.stage);
    view_ = SceneViewer(*w_.stage).Capture(w_.world);
    view_.lights = {Light(0, 1, 0, false)};
    camera_.look_at = {0, 0, 1};
    camera_.elevation = 0;
    camera_.distance = 1;
  }

  static mjvLight Light(float x, float y, float z, bool shadow) {
    mjvLight light = {};
    light.directional = 1;
    light.castshadow = shadow;
    light.attenuation[0] = 1;
    light.cutoff = 180;
    const float direction[3] = {x, y, z};
    for (int k = 0; k < 3; ++k) {
      light.dir[k] = direction[k];
      light.pos[k] = -3 * direction[k];
      light.ambient[k] = 0.3f;
      light.diffuse[k] = 0.7f;
    }
    return light;
  }

  void Draw(std::span<const mjvGeom> more = {}, int width = kWidth, int height = kHeight,
            bool shadows = false) {
    renderer_->Draw(view_, more, camera_, width, height, shadows);
    width_ = width;
    rgb_.resize(static_cast<size_t>(width) * height * 3);
    renderer_->Read(rgb_);
  }
  Pixel At(int x, int y) const {
    const uint8_t* pixel = &rgb_[3 * (static_cast<size_t>(y) * width_ + x)];
    return {pixel[0], pixel[1], pixel[2]};
  }
  Pixel Middle() const { return At(kWidth / 2, kHeight / 2); }

  /// Scenery that is one box in the plane across the view, `y` behind the ball.
  void Put(const std::string& geom) {
    std::string mjcf = kSmallStage;
    mjcf.insert(mjcf.find("<worldbody>"),
                "<custom><text name='theatre' data='theatre.xml'/></custom>");
    const TempFolder folder;
    folder.Write("theatre.xml",
                 "<mujoco><worldbody><light directional='true' dir='0 1 0' "
                 "diffuse='1 1 1'/>" +
                     geom + "</worldbody></mujoco>");
    view_.scenery = LoadScenery(*Stage::Load(folder.Write("stage.xml", mjcf)));
  }

  static std::unique_ptr<GlContext> gl_;
  SmallWorld w_;
  std::optional<ViewRenderer> renderer_;
  SceneView view_;
  ViewCamera camera_;
  std::vector<uint8_t> rgb_;
  int width_ = 0;
};
std::unique_ptr<GlContext> ViewRendererTest::gl_;

TEST_F(ViewRendererTest, DrawsTheTopRowFirst) {
  Draw();
  EXPECT_GT(Middle()[0], 200);
  EXPECT_EQ(Middle()[2], 0);
  camera_.look_at[2] = 0.9;
  Draw();
  EXPECT_GT(At(kWidth / 2, kHeight / 4)[0], 100) << "higher up";
  EXPECT_EQ(At(kWidth / 2, 3 * kHeight / 4)[0], At(kWidth / 2, 3 * kHeight / 4)[2]);
}

TEST_F(ViewRendererTest, TakesAnySize) {
  Draw();
  const std::vector<uint8_t> before = rgb_;
  for (const auto& [width, height] : {std::pair{1, 1}, {301, 57}, {40, 200}}) {
    Draw({}, width, height);
    EXPECT_GT(At(width / 2, height / 2)[0], 100) << width << "x" << height;
    EXPECT_NE(renderer_->texture(), 0u);
  }
  Draw();
  EXPECT_EQ(rgb_, before);
  EXPECT_THROW(Draw({}, 0, 10), std::logic_error);
}

TEST_F(ViewRendererTest, SceneryHidesAndIsHidden) {
  Put("<geom type='box' size='2 .1 2' pos='0 1 1' rgba='0 1 0 1' group='1'/>");
  Draw();
  EXPECT_GT(Middle()[0], 200) << "the ball is before it";
  EXPECT_EQ(At(2, 2), (Pixel{0, 255, 0}));
  Put("<geom type='box' size='2 .1 2' pos='0 -.5 1' rgba='0 0 1 1' group='1'/>");
  Draw();
  EXPECT_EQ(Middle(), (Pixel{0, 0, 255})) << "the ball is behind it";
  view_.scenery = nullptr;
  Draw();
  EXPECT_GT(Middle()[0], 200);
}

TEST_F(ViewRendererTest, StainsTintWhatLiesBelow) {
  Put("<geom type='box' size='2 .1 2' pos='0 1 1' rgba='1 1 1 1' group='1'/>"
      "<geom type='box' size='2 .001 2' pos='0 .89 1' rgba='.4 .8 1 1' group='2'/>");
  Draw();
  EXPECT_NEAR(At(2, 2)[0], 102, 1);
  EXPECT_NEAR(At(2, 2)[1], 204, 1);
  EXPECT_NEAR(At(2, 2)[2], 255, 1);
  EXPECT_GT(Middle()[0], 200) << "and not what stands before it";
}

TEST_F(ViewRendererTest, GhostsAreSeenThrough) {
  Put("<geom type='box' size='2 .1 2' pos='0 1 1' rgba='0 1 0 1' group='1'/>");
  Draw();
  const Pixel red = Middle(), green = At(2, kHeight / 2);
  const mjvGeom before_ball = GhostBall({0, -0.4, 1}, 0.05, {0, 0, 1, 0.5});
  Draw(std::span(&before_ball, 1));
  EXPECT_GT(Middle()[2], 30);
  EXPECT_LT(Middle()[2], 200);
  EXPECT_GT(Middle()[0], 40);
  EXPECT_LT(Middle()[0], red[0]);
  const mjvGeom before_scenery = GhostBall({-0.4, 0, 1}, 0.1, {0, 0, 1, 0.5});
  std::array<double, 2> uv;
  ASSERT_TRUE(ToView(camera_, view_, static_cast<double>(kWidth) / kHeight, {-0.4, 0, 1}, &uv));
  const int x = static_cast<int>((uv[0] + 1) / 2 * kWidth);
  Draw(std::span(&before_scenery, 1));
  EXPECT_GT(At(x, kHeight / 2)[2], 30);
  EXPECT_LT(At(x, kHeight / 2)[1], green[1]);
  EXPECT_GT(At(x, kHeight / 2)[1], 40);
  const mjvGeom behind_ball = GhostBall({0, 0.4, 1}, 0.05, {0, 0, 1, 0.5});
  Draw(std::span(&behind_ball, 1));
  EXPECT_GT(Middle()[2], 30) << "nothing hides a ghost";
  view_.geoms.push_back(behind_ball);
  Draw();
  EXPECT_EQ(Middle(), red) << "but it does a thing of glass";
  view_.geoms.back() = before_ball;
  Draw();
  EXPECT_GT(Middle()[2], 30);
  view_.geoms.pop_back();
  Draw();
  EXPECT_EQ(Middle(), red) << "nothing stays behind in OpenGL's state";
}

TEST_F(ViewRendererTest, ShadowsFallOnTheFloor) {
  view_.lights = {Light(0, 0, -1, true)};
  camera_.elevation = -45;
  camera_.look_at = {0, 0, 0};
  camera_.distance = 2;
  Draw({}, kWidth, kHeight, /*shadows=*/false);
  const Pixel lit = Middle();
  Draw({}, kWidth, kHeight, /*shadows=*/true);
  EXPECT_LT(Middle()[1], lit[1] - 20) << "below the ball";
  const Pixel beside = At(8, kHeight / 2);
  Draw({}, kWidth, kHeight, /*shadows=*/false);
  EXPECT_NEAR(At(8, kHeight / 2)[1], beside[1], 3);
}

TEST_F(ViewRendererTest, SamplesSmoothEdges) {
  Draw();
  std::vector<uint8_t> sharp = rgb_;
  renderer_.emplace(w_.stage, 4);
  Draw();
  EXPECT_NE(rgb_, sharp);
  EXPECT_GT(Middle()[0], 200);
}

}  // namespace
}  // namespace peekaboo::sim
