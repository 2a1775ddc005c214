#pragma once

#include <functional>
#include <span>

namespace CLI {
class App;
}

namespace peekaboo::app {

/// What a subcommand does once its flags are parsed. Returns the exit code (0 ok, 1 failed); throws
/// UserError for bad input (2).
using SubcommandFn = std::function<int()>;

/// A subcommand: `add` declares its flags and examples on `command` and returns its action.
struct Subcommand {
  const char* name;
  const char* help;  ///< one line
  SubcommandFn (*add)(CLI::App& command);
};

/// All of them, in the order in which `peekaboo --help` lists them.
std::span<const Subcommand> Subcommands();

// One file each.
SubcommandFn AddDemo(CLI::App& command);
SubcommandFn AddRecord(CLI::App& command);
SubcommandFn AddTrain(CLI::App& command);
SubcommandFn AddVoe(CLI::App& command);
SubcommandFn AddPlan(CLI::App& command);
SubcommandFn AddIntervene(CLI::App& command);
SubcommandFn AddReport(CLI::App& command);
SubcommandFn AddLive(CLI::App& command);
SubcommandFn AddReadout(CLI::App& command);
SubcommandFn AddGui(CLI::App& command);  // only in the program that has a window
SubcommandFn AddBench(CLI::App& command);
SubcommandFn AddInspect(CLI::App& command);

}  // namespace peekaboo::app
