#pragma once

namespace peekaboo::app {

/// The whole program: parses, runs the subcommand, turns every exception into one line on stderr.
/// Returns the exit code: 0 ok, 1 failed, 2 bad input.
int Run(int argc, const char* const* argv);

}  // namespace peekaboo::app
