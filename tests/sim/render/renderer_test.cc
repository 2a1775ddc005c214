#include "sim/render/renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "sim/render/gl_context.h"
#include "sim/scene/mujoco_error.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

constexpr int kSide = 64;
using Pixel = std::array<int, 3>;

/// A model from MJCF and its data, positions computed.
class TestModel {
 public:
  explicit TestModel(const std::string& worldbody, const std::string& rest = "") {
    const TempFolder folder;
    const std::string path =
        folder.Write("model.xml", "<mujoco><statistic extent='1' center='0 0 0'/>" + rest +
                                      "<visual><headlight specular='0 0 0'/></visual><worldbody>" +
                                      worldbody + "</worldbody></mujoco>");
    char error[500] = "";
    model_.reset(mj_loadXML(path.c_str(), nullptr, error, sizeof(error)));
    if (!model_) throw UserError("test model", error);
    data_.reset(mj_makeData(model_.get()));
    mj_forward(model_.get(), data_.get());
  }

  mjModel* get() const { return model_.get(); }
  mjData* data() const { return data_.get(); }
  int Geom(const char* name) const { return mj_name2id(get(), mjOBJ_GEOM, name); }

 private:
  struct Deleter {
    void operator()(mjModel* model) const { mj_deleteModel(model); }
    void operator()(mjData* data) const { mj_deleteData(data); }
  };
  std::unique_ptr<mjModel, Deleter> model_;
  std::unique_ptr<mjData, Deleter> data_;
};

/// One metre from the origin, looking along +y; x to the right and z up. With 90 degrees of view
/// the picture's edges are at x, z = -1 and 1 in the plane y = 0.
constexpr char kEye[] = "<camera name='eye' pos='0 -1 0' xyaxes='1 0 0 0 0 1' fovy='90'/>";
constexpr char kLamp[] =
    "<light directional='true' dir='0 1 0' diffuse='.5 .5 .5' specular='0 0 0'/>";

class RendererTest : public ::testing::Test {
 protected:
  static std::vector<uint8_t> Picture(const TestModel& model, Renderer& renderer) {
    std::vector<uint8_t> rgb(static_cast<size_t>(renderer.height()) * renderer.width() * 3);
    renderer.Render(model.get(), model.data(), 0, rgb);
    return rgb;
  }
  static std::vector<uint8_t> Picture(const TestModel& model, const RenderOptions& options = {}) {
    Renderer renderer(model.get(), options);
    return Picture(model, renderer);
  }
  static std::vector<int32_t> Ids(const TestModel& model, Renderer& renderer) {
    std::vector<int32_t> ids(static_cast<size_t>(renderer.height()) * renderer.width());
    renderer.Segment(model.get(), model.data(), 0, ids);
    return ids;
  }
  static std::vector<int32_t> Ids(const TestModel& model) {
    Renderer renderer(model.get(), kSide, kSide);
    return Ids(model, renderer);
  }
  static Pixel At(const std::vector<uint8_t>& rgb, int x, int y, int width = kSide) {
    const size_t i = (static_cast<size_t>(y) * width + x) * 3;
    return {rgb[i], rgb[i + 1], rgb[i + 2]};
  }

  std::unique_ptr<GlContext> context_ = GlContext::Create();
};

TEST_F(RendererTest, SphereIsInTheMiddle) {
  const TestModel model(std::string(kEye) + kLamp +
                        "<geom name='ball' type='sphere' size='.3' rgba='0 1 0 1'/>");
  const auto rgb = Picture(model);
  const Pixel middle = At(rgb, 32, 32);
  EXPECT_GT(middle[1], 150);
  EXPECT_LT(middle[0], 60);
  EXPECT_EQ(At(rgb, 2, 2), (Pixel{0, 0, 0})) << "no skybox: a black background";
}

TEST_F(RendererTest, TopRowComesFirstAndRedIsRed) {
  const TestModel model(std::string(kEye) + kLamp +
                        "<geom type='box' pos='.5 0 .5' size='.3 .01 .3' rgba='1 0 0 1'/>"
                        "<geom type='box' pos='-.5 0 -.5' size='.3 .01 .3' rgba='0 0 1 1'/>");
  const auto rgb = Picture(model);
  EXPECT_GT(At(rgb, 48, 16)[0], 100) << "right and up: red";
  EXPECT_GT(At(rgb, 16, 48)[2], 100) << "left and down: blue";
  EXPECT_EQ(At(rgb, 16, 16), (Pixel{0, 0, 0}));
  EXPECT_EQ(At(rgb, 48, 48), (Pixel{0, 0, 0}));
}

TEST_F(RendererTest, SegmentationCountsTheDisc) {
  const TestModel model(std::string(kEye) +
                        "<geom type='box' pos='0 -5 0' size='.1 .1 .1'/>"
                        "<geom name='ball' type='sphere' size='.5'/>");
  const auto ids = Ids(model);
  EXPECT_EQ(ids[32 * kSide + 32], model.Geom("ball"));
  EXPECT_EQ(ids[0], -1);
  const auto count = std::count(ids.begin(), ids.end(), model.Geom("ball"));
  // A sphere of radius r seen from distance 1 is a disc of radius r / sqrt(1 - r^2) in the plane
  // that is 2 wide and 64 pixels across.
  const double radius = 0.5 / std::sqrt(0.75) * 32;
  EXPECT_NEAR(static_cast<double>(count), M_PI * radius * radius, 0.03 * M_PI * radius * radius);
  EXPECT_EQ(count + std::count(ids.begin(), ids.end(), -1), kSide * kSide);
}

TEST_F(RendererTest, SegmentationShowsTheFrontOne) {
  const TestModel model(
      std::string(kEye) +
      "<geom name='ball' type='sphere' size='.3'/>"
      "<geom name='screen' type='box' pos='0 -.5 0' size='.5 .01 .5'/>"
      "<geom name='glass' type='box' pos='0 -.6 0' size='1 .01 1' rgba='1 1 1 0'/>");
  const auto ids = Ids(model);
  EXPECT_EQ(ids[32 * kSide + 32], model.Geom("screen")) << "the ball is hidden, the glass unseen";
  EXPECT_EQ(std::count(ids.begin(), ids.end(), model.Geom("ball")), 0);
}

TEST_F(RendererTest, SegmentationHasManyIds) {
  std::string boxes;
  for (int i = 0; i < 400; ++i) {
    const int row = i / 20;
    boxes += "<geom type='box' size='.03 .03 .03' pos='" + std::to_string(-0.95 + 0.1 * (i % 20)) +
             " 0 " + std::to_string(-0.95 + 0.1 * row) + "'/>";
  }
  const auto ids = Ids(TestModel(kEye + boxes));
  const std::set<int32_t> seen(ids.begin(), ids.end());
  EXPECT_EQ(seen.size(), 401u) << "more than one byte of ids, and the background";
}

TEST_F(RendererTest, PictureIsTheSameBeforeAndAfterSegmentation) {
  const TestModel model(std::string(kEye) + kLamp + "<geom type='sphere' size='.3'/>");
  Renderer renderer(model.get(), kSide, kSide);
  const auto before = Picture(model, renderer);
  Ids(model, renderer);
  EXPECT_EQ(Picture(model, renderer), before);
}

TEST_F(RendererTest, ModelMayChangeBetweenPictures) {
  const std::string still = kLamp + std::string(
                                        "<geom name='floor' type='plane' pos='0 0 -.5' "
                                        "size='3 3 .1' rgba='.4 .4 .4 1'/>");
  const TestModel model(kEye + still + "<geom type='sphere' size='.2' rgba='1 0 0 1'/>");
  Renderer renderer(model.get(), kSide, kSide);
  Picture(model, renderer);
  mjModel* m = model.get();
  m->geom_size[3] = 0.4;
  m->geom_rgba[4] = 0;
  m->geom_rgba[6] = 1;
  m->light_diffuse[0] = 0.9f;
  m->cam_pos[1] = -1.5;
  mj_forward(m, model.data());
  const TestModel fresh(
      "<camera name='eye' pos='0 -1.5 0' xyaxes='1 0 0 0 0 1' fovy='90'/>"
      "<light directional='true' dir='0 1 0' diffuse='.9 .5 .5' specular='0 0 0'/>"
      "<geom name='floor' type='plane' pos='0 0 -.5' size='3 3 .1' rgba='.4 .4 .4 1'/>"
      "<geom type='sphere' size='.4' rgba='0 0 1 1'/>");
  EXPECT_EQ(Picture(model, renderer), Picture(fresh));
}

TEST_F(RendererTest, SeveralShareAContext) {
  const TestModel red(std::string(kEye) + kLamp + "<geom type='sphere' size='.3' rgba='1 0 0 1'/>");
  const TestModel blue(std::string(kEye) + kLamp +
                       "<geom type='box' size='.3 .3 .3' rgba='0 0 1 1'/>");
  const auto red_alone = Picture(red), blue_alone = Picture(blue, {.height = 32, .width = 32});
  Renderer small(blue.get(), 32, 32);
  Renderer eye(red.get(), kSide, kSide);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Picture(red, eye), red_alone);
    EXPECT_EQ(Picture(blue, small), blue_alone);
    { const Renderer brief(red.get(), 16, 16); }
    EXPECT_EQ(Picture(red, eye), red_alone) << "after another one is gone";
  }
}

TEST_F(RendererTest, SameWorldSameBytesOnEveryThread) {
  const TestModel model(std::string(kEye) + kLamp + "<geom type='ellipsoid' size='.3 .2 .4'/>");
  const auto here = Picture(model);
  std::vector<uint8_t> there;
  std::jthread([&] {
    const auto context = GlContext::Create();
    there = Picture(model);
  }).join();
  EXPECT_EQ(here, there);
}

TEST_F(RendererTest, PictureNeedNotBeSquareNorOfTheModelsSize) {
  const TestModel model(std::string(kEye) + kLamp + "<geom type='sphere' size='.5'/>",
                        "<visual><global offwidth='32' offheight='32'/></visual>");
  const auto rgb = Picture(model, {.height = 50, .width = 131});
  EXPECT_GT(At(rgb, 65, 25, 131)[0], 50);
  EXPECT_EQ(At(rgb, 2, 25, 131), (Pixel{0, 0, 0}));
}

TEST_F(RendererTest, ShadowsAreDrawnOnlyWhenAskedFor) {
  const TestModel model(
      "<camera pos='0 -1 1' xyaxes='1 0 0 0 1 1'/>"
      "<light directional='true' dir='0 0 -1' pos='0 0 3' diffuse='.8 .8 .8'/>"
      "<geom type='plane' size='3 3 .5' rgba='.8 .8 .8 1'/>"
      "<geom name='lid' type='box' pos='0 0 .6' size='.2 .2 .01'/>");
  const auto total = [&](bool shadows) {
    const auto rgb = Picture(model, {.shadows = shadows});
    int64_t sum = 0;
    for (const uint8_t value : rgb) sum += value;
    return sum;
  };
  EXPECT_LT(total(true), total(false) * 0.99);
}

TEST_F(RendererTest, SitesAreNotSeen) {
  const TestModel model(std::string(kEye) + "<site type='sphere' size='.5' rgba='1 1 1 1'/>");
  EXPECT_THAT(Picture(model), Each(0));
}

TEST_F(RendererTest, FreeCameraLooksFromAnywhere) {
  const TestModel model(std::string(kEye) + kLamp + "<geom type='sphere' size='.3'/>");
  Renderer renderer(model.get(), kSide, kSide);
  mjvCamera above;
  mjv_defaultCamera(&above);
  above.distance = 2;
  above.elevation = -90;
  std::vector<int32_t> ids(kSide * kSide);
  renderer.Segment(model.get(), model.data(), above, ids);
  EXPECT_EQ(ids[32 * kSide + 32], 0);
}

TEST_F(RendererTest, DataIsNotChanged) {
  const TestModel model(std::string(kEye) +
                        "<body><freejoint/><geom type='sphere' size='.3'/></body>");
  const mjModel* m = model.get();
  const std::vector<mjtNum> before(model.data()->qpos, model.data()->qpos + m->nq);
  Picture(model);
  EXPECT_EQ(std::vector<mjtNum>(model.data()->qpos, model.data()->qpos + m->nq), before);
  EXPECT_EQ(m->vis.global.offwidth, 640) << "the model's own settings stay";
}

TEST_F(RendererTest, AbsurdSizesAreRefused) {
  const TestModel model(kEye);
  EXPECT_THAT(ErrorOf([&] { Renderer(model.get(), 0, 64); }), HasSubstr("image size 0x64"));
  EXPECT_THAT(ErrorOf([&] { Renderer(model.get(), 64, 100000); }), HasSubstr("1..8192"));
}

TEST_F(RendererTest, WrongCallsAreBugs) {
  const TestModel model(std::string(kEye) + "<geom type='sphere' size='.3'/>");
  Renderer renderer(model.get(), kSide, kSide);
  std::vector<uint8_t> rgb(kSide * kSide * 3), small(10);
  EXPECT_THROW(renderer.Render(model.get(), model.data(), 1, rgb), std::logic_error);
  EXPECT_THROW(renderer.Render(model.get(), model.data(), -2, rgb), std::logic_error);
  EXPECT_THROW(renderer.Render(model.get(), model.data(), 0, small), std::logic_error);
}

TEST(MujocoErrorTest, ErrorsAreThrownAndWarningsCounted) {
  InstallMujocoErrorHandlers();
  InstallMujocoErrorHandlers();
  ClearMujocoWarnings();
  EXPECT_THAT(ErrorOf([] { mju_error("nothing works"); }), HasSubstr("MuJoCo: nothing works"));
  EXPECT_EQ(ReadMujocoWarnings().count, 0);
  mju_warning("odd");
  EXPECT_EQ(ReadMujocoWarnings().count, 1);
  EXPECT_THAT(ReadMujocoWarnings().last, HasSubstr("odd"));
  ClearMujocoWarnings();
  EXPECT_EQ(ReadMujocoWarnings().count, 0);
}

TEST(MujocoErrorTest, WorldThatExplodesWarns) {
  InstallMujocoErrorHandlers();
  ClearMujocoWarnings();
  const TestModel model("<body><freejoint/><geom type='sphere' size='.3'/></body>");
  model.data()->qvel[0] = 1e300;
  mj_step(model.get(), model.data());
  EXPECT_GT(ReadMujocoWarnings().count, 0);
  ClearMujocoWarnings();
}

}  // namespace
}  // namespace peekaboo::sim
