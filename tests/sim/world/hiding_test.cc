#include "sim/world/hiding.h"

#include <gtest/gtest.h>

namespace peekaboo::sim {
namespace {

// A body that was seen in two frames.
Hiding Seen() {
  Hiding hiding;
  for (int frame = 0; frame < Hiding::kSeenFrames; ++frame)
    EXPECT_FALSE(hiding.Note({.pixels = 30}));
  return hiding;
}

TEST(Hiding, OnlyWhatWasSeenIsHidden) {
  Hiding hiding;
  EXPECT_FALSE(hiding.Note({.pixels = 0}));
  EXPECT_FALSE(hiding.Note({.pixels = 1}));
  EXPECT_FALSE(hiding.Note({.pixels = 0})) << "seen in one frame";
  EXPECT_FALSE(hiding.Note({.pixels = 1})) << "it is seen now";
  EXPECT_TRUE(hiding.Note({.pixels = 0}));
}

TEST(Hiding, WhatIsOutOfTheWorldIsNotHidden) {
  EXPECT_TRUE(Seen().Note({.pixels = 0, .present = true}));
  EXPECT_FALSE(Seen().Note({.pixels = 0, .present = false}));
}

TEST(Hiding, WhatHasLeftThePictureIsNotHidden) {
  EXPECT_TRUE(Seen().Note({.image_xy = {0.85f, -0.85f}}));
  EXPECT_FALSE(Seen().Note({.image_xy = {0.86f, 0}}));
  EXPECT_FALSE(Seen().Note({.image_xy = {0, -0.86f}}));
}

}  // namespace
}  // namespace peekaboo::sim
