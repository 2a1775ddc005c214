#include "agent/session/curves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/temp_folder.h"

namespace peekaboo::agent {
namespace {

/// Moments first to last of a session whose history goes back no further.
MindSnapshot Mind(int64_t first, int64_t last) {
  MindSnapshot mind;
  for (int64_t m = first; m <= last; ++m) {
    auto moment = std::make_shared<TimelineEntry>();
    moment->observation.moment = m;
    moment->observation.time = 0.08 * static_cast<double>(m);
    moment->surprise = m == 0 ? std::numeric_limits<double>::quiet_NaN() : 1.5;
    moment->concerned = m == 3 ? "the \"red\" car" : "";
    if (m == 2) moment->observation.marks = {{Mark::Kind::kViolation, "vanish car"}, {{}, "two"}};
    mind.moments.push_back(std::move(moment));
  }
  return mind;
}

constexpr char kTable[] =
    "moment,episode,frame,time_s,surprise,alarm,concerned,model,marks\n"
    "0,0,0,0,,0,\"\",0,\"\"\n"
    "1,0,0,0.08,1.5,0,\"\",0,\"\"\n"
    "2,0,0,0.16,1.5,0,\"\",0,\"vanish car; two\"\n"
    "3,0,0,0.24,1.5,0,\"the \"\"red\"\" car\",0,\"\"\n";

TEST(Curves, ALineAMoment) {
  const TempFolder folder;
  WriteSurprise(Mind(0, 3), folder / "surprise.csv");
  EXPECT_EQ(ReadBytes(folder / "surprise.csv"), kTable);
}

TEST(Curves, ATableOutlivesTheHistory) {
  const TempFolder folder;
  SurpriseTable table(folder / "surprise.csv");
  table.Add(Mind(0, 1));
  table.Add(Mind(0, 1));
  table.Add(Mind(1, 3));
  table.Commit();
  EXPECT_EQ(ReadBytes(folder / "surprise.csv"), kTable);
}

TEST(Curves, NothingLivedIsATableWithoutLines) {
  const TempFolder folder;
  SurpriseTable(folder / "surprise.csv").Commit();
  const std::string text = ReadBytes(folder / "surprise.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

}  // namespace
}  // namespace peekaboo::agent
