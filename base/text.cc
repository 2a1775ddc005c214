#include "base/text.h"

#include <fmt/format.h>

namespace peekaboo {
namespace {

constexpr size_t kLongest = 2000;

}  // namespace

std::string FormatBytes(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1000;
  int unit = 0;
  while (value >= 999.95) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string Printable(std::string_view text) {
  std::string printable(text.substr(0, kLongest));
  for (char& c : printable) {
    // Escape sequences could rewrite what the reader sees.
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (text.size() > kLongest) printable += "...";
  return printable;
}

}  // namespace peekaboo
