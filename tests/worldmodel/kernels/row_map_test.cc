#include "worldmodel/kernels/row_map.h"

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>

namespace peekaboo::worldmodel {
namespace {

// Three pictures of 4 x 4 positions of a byte: a thing that moves one to the right, then stays.
const std::string kPictures =
    "...."
    "o..."
    "...."
    "...."

    "...."
    ".o.."
    "...."
    "...."

    "...."
    ".o.."
    "...."
    "....";

RowMap Map(const std::string& pictures, bool shared = true) {
  return MapImages(std::as_bytes(std::span(pictures)).data(),
                   static_cast<int64_t>(pictures.size()) / 16, 4, 1, shared);
}

TEST(RowMap, APositionThatStaysSharesItsRow) {
  const RowMap map = Map(kPictures);
  ASSERT_EQ(map.row.size(), 48u);
  for (int i = 0; i < 16; ++i) {
    const bool moved = i == 4 || i == 5;
    EXPECT_EQ(map.row[i], i);
    EXPECT_EQ(map.row[16 + i], moved ? 16 + i : i);
    EXPECT_EQ(map.row[32 + i], map.row[16 + i]);
  }
}

TEST(RowMap, WhatComesBackIsNotWhatItWas) {  // only the picture before is looked at
  const RowMap map = Map(kPictures.substr(0, 32) + kPictures.substr(0, 16));
  EXPECT_EQ(map.row[32 + 4], 32 + 4);
  EXPECT_EQ(map.row[32 + 6], 6);
}

TEST(RowMap, NothingIsSharedWhereItMustNotBe) {
  const RowMap map = Map(kPictures, /*shared=*/false);
  for (int i = 0; i < 48; ++i) EXPECT_EQ(map.row[i], i);
}

TEST(RowMap, AWindowIsNewWhereAnythingInItMoved) {
  const WindowRows windows = MapWindows(Map(kPictures), {3, 1, 1});
  ASSERT_EQ(windows.out.side, 4);
  // The two positions are seen by the windows of rows 0 to 2 and columns 0 to 2.
  EXPECT_EQ(windows.out.rows, 16 + 9);
  ASSERT_EQ(windows.sources.size(), 25u * 9);
  EXPECT_EQ(windows.out.row[16 + 3], 3);
  EXPECT_EQ(windows.out.row[16 + 12], 12);
  EXPECT_EQ(windows.out.row[16], 16);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(windows.out.row[32 + i], windows.out.row[16 + i]);
  EXPECT_EQ(windows.sources[0], -1);                                // outside
  EXPECT_EQ(windows.sources[4], 0);                                 // the middle of the first
  EXPECT_EQ(windows.sources[9 * windows.out.row[16] + 7], 4 + 16);  // below it, now empty
}

TEST(RowMap, StridesLeaveNothingOut) {
  const WindowRows windows = MapWindows(Map(kPictures), {4, 2, 1});
  EXPECT_EQ(windows.out.side, 2);
  // Each window of 4 x 4 that begins at -1 or 1 holds position 5; so all four are new once.
  const std::set<int32_t> second(windows.out.row.begin() + 4, windows.out.row.begin() + 8);
  EXPECT_EQ(second, (std::set<int32_t>{4, 5, 6, 7}));
  EXPECT_EQ(windows.out.rows, 8);
}

}  // namespace
}  // namespace peekaboo::worldmodel
