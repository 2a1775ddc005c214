#pragma once

#include <functional>
#include <span>

namespace CLI {
class App;
}

namespace peekaboo::app {

/// What a subcommand does once its flags are parsed. Returns the exit code (0 ok, 1 failed); throws
/// UserError for bad input (2).
using Action = std::function<int()>;

/// A subcommand: `add` declares its flags and examples on `command` and returns its action.
struct Command {
  const char* name;
  const char* help;  ///< one line
  Action (*add)(CLI::App& command);
};

/// All of them, in the order in which `peekaboo --help` lists them.
std::span<const Command> Commands();

// One file each.
Action AddDemo(CLI::App& command);
Action AddRecord(CLI::App& command);
Action AddTrain(CLI::App& command);
Action AddVoe(CLI::App& command);
Action AddReport(CLI::App& command);
Action AddLive(CLI::App& command);
Action AddReadout(CLI::App& command);
Action AddGui(CLI::App& command);  // only in the program that has a window
Action AddBench(CLI::App& command);
Action AddInspect(CLI::App& command);

}  // namespace peekaboo::app
