#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/commands.h"
#include "tests/app/run_program.h"

namespace peekaboo::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

void ExpectBadInput(const Outcome& outcome, const std::string& part) {
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, StartsWith("peekaboo: "));
  EXPECT_THAT(outcome.err, HasSubstr(part));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST(Program, HelpListsEverySubcommand) {
  const Outcome outcome = RunProgram({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  for (const Subcommand& command : Subcommands()) {
    EXPECT_THAT(outcome.out, HasSubstr(command.name));
    EXPECT_THAT(outcome.out, HasSubstr(command.help));
  }
}

TEST(Program, EverySubcommandHasHelpWithExamples) {
  for (const Subcommand& command : Subcommands()) {
    const Outcome outcome = RunProgram({command.name, "--help"});
    EXPECT_EQ(outcome.exit_code, 0) << command.name;
    EXPECT_THAT(outcome.out, HasSubstr(std::string("peekaboo ") + command.name)) << command.name;
    EXPECT_THAT(outcome.out, HasSubstr("Examples:")) << command.name;
    EXPECT_THAT(outcome.err, IsEmpty()) << command.name;
  }
}

TEST(Program, SaysItsVersion) {
  const Outcome outcome = RunProgram({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, MatchesRegex("peekaboo [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Program, BadCommandLinesAreOneLineAndExitCode2) {
  ExpectBadInput(RunProgram({}), "--help");
  ExpectBadInput(RunProgram({"inspct"}), "did you mean \"inspect\"?");
  ExpectBadInput(RunProgram({"inspect"}), "peekaboo inspect --help");
  ExpectBadInput(RunProgram({"inspect", "--nonsense", "x"}), "--nonsense");
  ExpectBadInput(RunProgram({"--nonsense"}), "");
}

TEST(Program, AFullDiskBehindStandardOutputIsAnError) {
  const TempFolder folder;
  const std::string model = folder.Write("m.safetensors", std::string("\2\0\0\0\0\0\0\0{}", 10));
  const Outcome outcome = RunProgram({"inspect", model}, "> /dev/full");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("standard output: "));
}

}  // namespace
}  // namespace peekaboo::app
