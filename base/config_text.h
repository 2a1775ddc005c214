#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"

namespace peekaboo {

/// A value as TOML writes it; doubles are the shortest text that reads back to the same bits and
/// always look like numbers with a fraction or an exponent.
std::string FormatValue(bool value);
std::string FormatValue(int value);
std::string FormatValue(int64_t value);
std::string FormatValue(uint64_t value);
std::string FormatValue(double value);
std::string FormatValue(const std::string& value);
template <typename T>
std::string FormatValue(const std::vector<T>& values) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + FormatValue(values[i]);
  return text + "]";
}

/// "0.1 to 10 m/s", "at least 1", "at most 3": the numbers that the limits allow; empty when all.
std::string FormatRange(const ConfigLimits& limits);

/// Without white space at both ends.
std::string Trim(std::string_view text);
/// The trimmed parts between commas; none of an empty text.
std::vector<std::string> SplitAtCommas(std::string_view text);

}  // namespace peekaboo
