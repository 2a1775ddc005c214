#pragma once

#include <string_view>

namespace peekaboo {

/// Where TOML text nests so deeply that a recursive parser (or the destructor of what it built)
/// would run out of stack: more than 32 open brackets, or a dotted key of more than 64 parts.
/// Returns the line, from 1, or 0 when there is no such place. Does not otherwise judge the text.
int FindAbsurdNesting(std::string_view text);

}  // namespace peekaboo
