#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace peekaboo::app {

/// Flags that mean the same in every subcommand that has them. A subcommand declares those that it
/// heeds, with the functions below, and no others.
struct CommonOptions {
  uint64_t seed = 0;   ///< of every random draw
  std::string out;     ///< folder or file that is written
  bool json = false;   ///< stdout is for machines
  int threads = 0;     ///< resolved by Threads()
  bool quiet = false;  ///< no progress line

  /// `threads`, or what the machine has when it was left at 0; at least 1.
  int Threads() const;
};

void AddSeed(CLI::App& command, CommonOptions* options);
/// `what` says what is written ("the run's folder"); `fallback` is where without the flag, empty
/// when the flag is required.
void AddOut(CLI::App& command, CommonOptions* options, const std::string& what,
            const std::string& fallback = "");
void AddJson(CLI::App& command, CommonOptions* options);
void AddThreads(CLI::App& command, CommonOptions* options);
void AddQuiet(CLI::App& command, CommonOptions* options);
/// Of the networks' matrix products, as ModelConfig::precision.
void AddPrecision(CLI::App& command, std::string* precision);

/// Lines under "Examples:" at the end of the subcommand's --help.
void AddExamples(CLI::App& command, const std::string& lines);

}  // namespace peekaboo::app
