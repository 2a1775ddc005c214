#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace peekaboo {

/// A value as TOML, JSON and the command line all know it, before anyone asked for a type.
struct ConfigValue {
  std::variant<bool, int64_t, double, std::string, std::vector<ConfigValue>> value;
};

/// "an integer", "a list", ...: for messages.
std::string KindOf(const ConfigValue& value);

/// Converts without loss, or says in `*error` why not ("expected a number, found a string") and
/// leaves `*out` alone. Integers convert to double; never the reverse. NaN and infinity are never
/// accepted. A uint64_t holds at most 2^63-1, the largest integer that TOML can write.
/// T: bool, int, int64_t, uint64_t, double, std::string, or a vector of int, double, std::string.
template <typename T>
bool Convert(const ConfigValue& from, T* out, std::string* error);

}  // namespace peekaboo
