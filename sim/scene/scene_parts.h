#pragma once

#include <string_view>
#include <vector>

#include "base/toml_file.h"
#include "sim/scene/scene.h"

namespace peekaboo::sim {

/// A table of factors (`[vary]`, or a member's `set`): every key a factor, every value a constant,
/// an expression in quotes, or a distribution. Throws UserError naming file, line and key.
std::vector<Factor> ReadFactors(const TomlTable& table);

/// The array `key` of numbers or expressions in quotes; empty if it is missing. Throws UserError
/// naming file, line and key.
std::vector<Expression> ReadExpressions(const TomlTable& table, std::string_view key);

/// The `event` of a table: one, a list, or none. Throws UserError naming file, line and key.
std::vector<Event> ReadEvents(const TomlTable& table);

/// What the table [play] says, into `play`. Throws UserError naming file, line and key.
void ReadPlay(const TomlTable& table, Play* play);

}  // namespace peekaboo::sim
