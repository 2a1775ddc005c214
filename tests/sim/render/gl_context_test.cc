#include "sim/render/gl_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "sim/render/renderer.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

/// Sets PEEKABOO_GL while it lives.
class GlKind {
 public:
  explicit GlKind(const char* kind) {
    if (const char* old = std::getenv("PEEKABOO_GL")) old_ = old;
    ::setenv("PEEKABOO_GL", kind, 1);
  }
  ~GlKind() {
    if (old_.empty()) {
      ::unsetenv("PEEKABOO_GL");
    } else {
      ::setenv("PEEKABOO_GL", old_.c_str(), 1);
    }
  }

 private:
  std::string old_;
};

/// What a red box that fills the view looks like in the middle, as "r g b".
std::string MiddlePixel() {
  constexpr char kModel[] =
      "<mujoco><visual><headlight specular='0 0 0'/></visual><worldbody><light directional='true' "
      "dir='0 1 0' specular='0 0 0'/>"
      "<camera name='eye' pos='0 -1 0' xyaxes='1 0 0 0 0 1'/>"
      "<geom type='box' size='2 .1 2' rgba='1 0 0 1'/></worldbody></mujoco>";
  const TempFolder folder;
  const std::string path = folder.Write("box.xml", kModel);
  char error[256] = "";
  mjModel* model = mj_loadXML(path.c_str(), nullptr, error, sizeof(error));
  if (!model) return error;
  mjData* data = mj_makeData(model);
  mj_forward(model, data);
  std::vector<uint8_t> rgb(8 * 8 * 3);
  Renderer(model, 8, 8).Render(model, data, 0, rgb);
  mj_deleteData(data);
  mj_deleteModel(model);
  const uint8_t* middle = &rgb[(4 * 8 + 4) * 3];
  return middle[0] > 100 && middle[1] == 0 && middle[2] == 0 ? "red" : "another colour";
}

/// In a process of its own, because MuJoCo looks its GL functions up only once. A kind that this
/// machine lacks must say so.
[[noreturn]] void DrawWith(const char* kind) {
  const GlKind use(kind);
  std::string result;
  try {
    const auto context = GlContext::Create();
    result = std::string(context->name()) == kind ? MiddlePixel() : "another kind";
  } catch (const UserError& error) {
    result = error.what();
  }
  std::fprintf(stderr, "%s", result.c_str());
  ::_exit(0);
}

TEST(GlContextDeathTest, EachKindDrawsOrSaysThatItIsNotHere) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (const char* kind : {"surfaceless", "device", "osmesa"}) {
    EXPECT_EXIT(DrawWith(kind), ::testing::ExitedWithCode(0),
                AnyOf("red", HasSubstr(std::string("'") + kind + "' does not work here")))
        << kind;
  }
}

TEST(GlContext, DrawsOutOfTheBox) {
  const auto context = GlContext::Create();
  EXPECT_THAT(std::string(context->name()), AnyOf("surfaceless", "device", "osmesa"));
  EXPECT_EQ(MiddlePixel(), "red");
}

TEST(GlContext, MachineWithoutGlIsToldWhatToInstall) {
  const GlKind none("none");
  EXPECT_THAT(ErrorOf([] { GlContext::Create(); }),
              AllOf(HasSubstr("libegl-mesa0"), HasSubstr("libgl1-mesa-dri")));
}

TEST(GlContext, UnknownKindIsRefused) {
  const GlKind typo("surfacelss");
  EXPECT_THAT(ErrorOf([] { GlContext::Create(); }), HasSubstr("PEEKABOO_GL: 'surfacelss' is not"));
}

TEST(GlContext, OneContextAThreadDrawsTheSame) {
  std::string pixels[2];
  {
    std::jthread threads[2];
    for (int i = 0; i < 2; ++i) {
      threads[i] = std::jthread([&pixels, i] {
        const auto context = GlContext::Create();
        pixels[i] = MiddlePixel();
      });
    }
  }
  EXPECT_EQ(pixels[0], "red");
  EXPECT_EQ(pixels[1], "red");
}

TEST(GlContext, OneInUseOnAnotherThreadIsRefused) {
  const auto context = GlContext::Create();
  if (context->name() == "osmesa") GTEST_SKIP() << "OSMesa does not check";
  std::string error;
  std::jthread([&] { error = ErrorOf([&] { context->MakeCurrent(); }); }).join();
  EXPECT_THAT(error, HasSubstr("another thread"));
}

TEST(GlContext, OutlivesAnother) {
  auto first = GlContext::Create();
  const auto second = GlContext::Create();
  first.reset();
  second->MakeCurrent();
  EXPECT_EQ(MiddlePixel(), "red");
}

}  // namespace
}  // namespace peekaboo::sim
