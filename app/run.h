#pragma once

#include <span>

#include "app/commands.h"

namespace peekaboo::app {

/// The whole program: parses, runs the subcommand, turns every exception into one line on stderr.
/// `more`: subcommands that only this program has. Returns the exit code: 0 ok, 1 failed, 2 bad
/// input.
int Run(int argc, const char* const* argv, std::span<const Subcommand> more = {});

}  // namespace peekaboo::app
