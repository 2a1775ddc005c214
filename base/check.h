#pragma once

#include <stdexcept>
#include <string>

/// For our own bugs, never for what a user gave us (that is UserError). Always on.
#define PEEKABOO_CHECK(condition)                                                        \
  do {                                                                                   \
    if (!(condition)) ::peekaboo::internal::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)

namespace peekaboo::internal {

[[noreturn]] inline void CheckFailed(const char* condition, const char* file, int line) {
  throw std::logic_error(std::string(file) + ":" + std::to_string(line) +
                         ": internal check failed: " + condition);
}

}  // namespace peekaboo::internal
