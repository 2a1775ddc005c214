#include "lab/experiment/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace peekaboo::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A host whose time the test sets and whose output it reads.
struct FakeHost {
  double time = 1000;
  std::vector<std::string> written;

  Progress::Host Host(bool terminal, int width = 80) {
    return {[this](std::string_view text) { written.emplace_back(text); }, [this] { return time; },
            terminal, width};
  }
};

TEST(Progress, ATerminalLineRewritesItself) {
  FakeHost fake;
  {
    Progress progress("train", 200, fake.Host(true));
    progress.Update(0);
    fake.time += 10;
    progress.Update(50, "loss 0.31");
    EXPECT_THAT(fake.written, ElementsAre("\rtrain 0/200 0%\x1b[K",
                                          "\rtrain 50/200 25% 30 s left, loss 0.31\x1b[K"));
  }
  EXPECT_EQ(fake.written.back(), "\n");
}

TEST(Progress, ATerminalIsWrittenAtMostTenTimesASecond) {
  FakeHost fake;
  Progress progress("train", 1000, fake.Host(true));
  for (int i = 0; i < 1000; ++i) {
    fake.time += 0.001;
    progress.Update(i);
  }
  EXPECT_LE(fake.written.size(), 11u);
  EXPECT_GE(fake.written.size(), 9u);
}

TEST(Progress, ALogGetsOneLineAMinute) {
  FakeHost fake;
  Progress progress("train", 600, fake.Host(false));
  for (int i = 0; i < 59; ++i) {
    fake.time += 1;
    progress.Update(i);
  }
  EXPECT_THAT(fake.written, IsEmpty());
  for (int i = 59; i < 180; ++i) {
    fake.time += 1;
    progress.Update(i + 1);
  }
  EXPECT_THAT(fake.written, ElementsAre("train 60/600 10% 9 min 00 s left\n",
                                        "train 120/600 20% 8 min 00 s left\n",
                                        "train 180/600 30% 7 min 00 s left\n"));
}

TEST(Progress, AResumedRunJudgesSpeedByNewSteps) {
  FakeHost fake;
  Progress progress("train", 200, fake.Host(true), /*done=*/100);
  progress.Update(100);
  fake.time += 10;
  progress.Update(150);
  EXPECT_THAT(fake.written,
              ElementsAre("\rtrain 100/200 50%\x1b[K", "\rtrain 150/200 75% 10 s left\x1b[K"));
}

TEST(Progress, SaysWhatIsCounted) {
  FakeHost fake;
  Progress steps("train", 200, fake.Host(true), 0, {"steps"});
  steps.Update(50);
  EXPECT_EQ(fake.written.back(), "\rtrain 50/200 steps 25%\x1b[K");
  Progress minutes("train", 600, fake.Host(true), 0, {"min", 60});
  minutes.Update(90);
  EXPECT_EQ(fake.written.back(), "\rtrain 1.5/10.0 min 15%\x1b[K");
}

TEST(Progress, FinishSaysHowLongItTook) {
  FakeHost fake;
  Progress progress("voe", 10, fake.Host(false));
  fake.time += 3;
  progress.Update(10);
  progress.Finish("done");
  EXPECT_THAT(fake.written, ElementsAre("voe 10/10 100% took 3 s, done\n"));
}

TEST(Progress, LongLinesAreCutToTheTerminal) {
  FakeHost fake;
  Progress progress("train", 10, fake.Host(true, 20));
  progress.Update(1, std::string(100, 'x'));
  ASSERT_THAT(fake.written, SizeIs(1));
  EXPECT_EQ(fake.written[0].size(), 1 + 19 + 3u);
}

TEST(FormatDuration, UsesTwoUnits) {
  EXPECT_EQ(FormatDuration(-1), "0 s");
  EXPECT_EQ(FormatDuration(59.4), "59 s");
  EXPECT_EQ(FormatDuration(200), "3 min 20 s");
  EXPECT_EQ(FormatDuration(7500), "2 h 05 min");
}

}  // namespace
}  // namespace peekaboo::lab
