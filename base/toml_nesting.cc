#include "base/toml_nesting.h"

#include <algorithm>
#include <cstddef>

namespace peekaboo {
namespace {

constexpr int kMaxBrackets = 32;
constexpr int kMaxDots = 63;

/// Index just past the string that opens at `i`. A string that never closes ends with its line, or
/// with the text for the triple-quoted kind; the parser will complain about it.
size_t SkipString(std::string_view text, size_t i) {
  const char quote = text[i];
  const char triple[] = {quote, quote, quote, '\0'};
  const bool multiline = text.substr(i).starts_with(triple);
  i += multiline ? 3 : 1;
  while (i < text.size()) {
    if (quote == '"' && text[i] == '\\') {
      i += 2;
    } else if (multiline ? text.substr(i).starts_with(triple) : text[i] == quote) {
      return i + (multiline ? 3 : 1);
    } else if (!multiline && text[i] == '\n') {
      return i;
    } else {
      ++i;
    }
  }
  return text.size();
}

}  // namespace

int FindAbsurdNesting(std::string_view text) {
  int brackets = 0;
  int dots = 0;
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = SkipString(text, i);
      continue;
    }
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (c == '[' || c == '{') ++brackets;
    if (c == ']' || c == '}') --brackets;
    if (c == '.') {
      ++dots;
    } else if (c == ',' || c == '=' || c == '\n' || c == '[' || c == '{') {
      dots = 0;
    }
    if (brackets > kMaxBrackets || dots > kMaxDots) {
      return 1 + static_cast<int>(std::count(text.begin(), text.begin() + i, '\n'));
    }
    ++i;
  }
  return 0;
}

}  // namespace peekaboo
