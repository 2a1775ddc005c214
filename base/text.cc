#include "base/text.h"

#include <cstdio>

namespace peekaboo {
namespace {

constexpr size_t kLongest = 2000;

}  // namespace

std::string FormatBytes(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1000;
  int unit = 0;
  while (value >= 999.95) {
    value /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %s", value, kUnits[unit]);
  return text;
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
