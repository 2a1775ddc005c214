#include "ui/panels/latent_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ui/panel_fixture.h"

namespace peekaboo::ui {
namespace {

namespace command = agent::command;
using testing::Contains;
using testing::Not;
using testing::StartsWith;

class LatentPanelTest : public PanelTest {
 protected:
  LatentPanelTest() { Settle(); }
  /// What it shows follows what there is: until it stands still.
  void Settle() {
    for (int i = 0; i < 600; ++i) Draw(&panel_);
  }
  /// Shapes within the picture.
  std::vector<Drawn::Shape> InTheCloud(std::vector<Drawn::Shape> shapes) const {
    const auto cloud = backend_.Find("cloud");
    std::erase_if(shapes, [&](const Drawn::Shape& shape) {
      return shape.min.x < cloud.min.x || shape.max.x > cloud.max.x || shape.min.y < cloud.min.y ||
             shape.max.y > cloud.max.y;
    });
    return shapes;
  }
  LatentPanel panel_;
};

TEST_F(LatentPanelTest, ThePathHasAPointForEachMomentAndTheFanForEachHorizon) {
  const Theme& theme = DarkTheme();
  const Drawn drawn = Draw(&panel_);
  const agent::TimelineEntry& now = *view_.moment();
  size_t lived = 0;
  for (const auto& moment : view_.mind->moments)
    lived +=
        moment->observation.episode == now.observation.episode && !moment->reading.here.empty();
  ASSERT_GE(lived, 6);
  auto shapes = InTheCloud(drawn.shapes());
  std::erase_if(shapes, [&](const Drawn::Shape& shape) {
    return shape.colour == theme.grid || shape.colour == theme.text ||
           shape.colour == theme.Series(1);
  });
  EXPECT_EQ(shapes.size(), lived + lived - 1) << "points, and lines between them";
  const size_t horizons = view_.mind->version->model->config().horizons.size();
  ASSERT_EQ(now.reading.fan.size(), horizons);
  EXPECT_EQ(InTheCloud(drawn.Shapes(theme.Series(1))).size(), horizons + 1 + 3 * horizons)
      << "points, and three dashes between two";
  EXPECT_EQ(InTheCloud(drawn.Shapes(theme.text)).size(), 1) << "the moment shown";
}

TEST_F(LatentPanelTest, AxesAreChosen) {
  const auto first = Draw(&panel_).texts();
  EXPECT_THAT(first, Contains(StartsWith("axis 1 (")));
  EXPECT_THAT(first, Contains(StartsWith("axis 2 (")));
  EXPECT_THAT(first, Not(Contains(StartsWith("axis 3 ("))));
  Click(&panel_, "axes");
  Click(&panel_, "axes/2 and 3");
  const auto second = Draw(&panel_).texts();
  EXPECT_THAT(second, Not(Contains(StartsWith("axis 1 ("))));
  EXPECT_THAT(second, Contains(StartsWith("axis 3 (")));
  Click(&panel_, "axes");
  Click(&panel_, "axes/all three");
  Settle();
  const auto all = Draw(&panel_).texts();
  for (const char* axis : {"axis 1 (", "axis 2 (", "axis 3 ("})
    EXPECT_THAT(all, Contains(StartsWith(axis)));
}

TEST_F(LatentPanelTest, AClickOnAPointOfThePathGoesToItsMoment) {
  // Where it is shows when the mouse is on that moment elsewhere.
  const int64_t moment = view_.cursor() - 4;
  view_.hovered = moment;
  const auto hovered = InTheCloud(Draw(&panel_).Shapes(Faded(DarkTheme().text, 0.6f)));
  ASSERT_EQ(hovered.size(), 1);
  view_.hovered = std::nullopt;
  std::optional<int64_t> told;
  view_.hover = [&](int64_t here) { told = here; };
  Click(&panel_, hovered[0].Middle());
  EXPECT_EQ(TakePosted<command::Seek>().moment, moment);
  EXPECT_EQ(told, moment);
}

}  // namespace
}  // namespace peekaboo::ui
