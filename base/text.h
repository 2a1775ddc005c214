#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace peekaboo {

/// "812 B", "1.4 MB": powers of 1000.
std::string FormatBytes(uint64_t bytes);

/// Text from a file, safe to print on a terminal: control characters become '?', very long text is
/// cut.
std::string Printable(std::string_view text);

}  // namespace peekaboo
