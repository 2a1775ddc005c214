// `peekaboo readout` and what `live` makes of it, through the program itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/run_program.h"

namespace peekaboo::app {
namespace {

using testing::HasSubstr;

const std::string kShipped = std::string(PEEKABOO_SOURCE_DIR) + "/models/infant.safetensors";

TEST(ReadoutProgram, WritesAReadoutBesideTheModel) {
  const TempFolder folder;
  const std::string model = folder / "copy.safetensors";
  std::filesystem::copy_file(kShipped, model);
  const Outcome done = RunProgram({"readout", "--model", model, "--films", "3", "--decoder-steps",
                                   "2", "--threads", "1", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("\"threshold\""));
  EXPECT_TRUE(std::filesystem::exists(folder / "copy.readout.safetensors"));

  const Outcome live = RunProgram({"live", "--headless", "--model", model, "--frames", "8", "--out",
                                   folder / "live", "--json", "--quiet"});
  EXPECT_EQ(live.exit_code, 0) << live.err;
  EXPECT_THAT(live.out, HasSubstr("\"threshold\""));
  EXPECT_THAT(live.err, Not(HasSubstr("anew")));
  EXPECT_THAT(ReadBytes(folder / "live/surprise.csv"), HasSubstr("expected_k1"));
}

TEST(ReadoutProgram, OneOfOtherWeightsIsNotUsed) {
  const TempFolder folder;
  const std::string model = folder / "other.safetensors";
  ASSERT_EQ(RunProgram({"live", "--headless", "--newborn", "--learn", "--frames", "60", "--out",
                        folder / "newborn", "--quiet"})
                .exit_code,
            0);
  std::filesystem::copy_file(folder / "newborn/model.safetensors", model);
  std::filesystem::copy_file(
      std::string(PEEKABOO_SOURCE_DIR) + "/models/infant.readout.safetensors",
      folder / "other.readout.safetensors");
  const Outcome live = RunProgram({"live", "--headless", "--model", model, "--frames", "4", "--out",
                                   folder / "live", "--quiet"});
  EXPECT_EQ(live.exit_code, 0) << live.err;
  EXPECT_THAT(live.err, HasSubstr("belongs to another model: it is read anew"));
}

TEST(ReadoutProgram, WhatCannotBeIsSaid) {
  const Outcome missing = RunProgram({"readout", "--model", "/nowhere.safetensors"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("/nowhere.safetensors"));
  const TempFolder folder;
  const Outcome nowhere = RunProgram({"readout", "--model", kShipped, "--films", "1",
                                      "--decoder-steps", "0", "--out", folder / "no/such/folder"});
  EXPECT_EQ(nowhere.exit_code, 2);
}

}  // namespace
}  // namespace peekaboo::app
