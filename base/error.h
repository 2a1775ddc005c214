#pragma once

#include <stdexcept>
#include <string>

namespace peekaboo {

/// Something a user gave us (a file, a key, a flag, a machine without GL, a full disk) cannot be
/// used. `where` names the file, and the key or byte offset inside it; `what` says in one line what
/// is wrong and, where it helps, what to do. Caught once, in main(): one line, exit code 2.
class UserError : public std::runtime_error {
 public:
  UserError(const std::string& where, const std::string& what)
      : std::runtime_error(where.empty() ? what : where + ": " + what) {}
};

}  // namespace peekaboo
