#include "base/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace peekaboo {
namespace {

/// Words longer than this are garbage, not typing errors; comparing them would cost time.
constexpr size_t kLongestWord = 100;

/// Levenshtein's edit distance, upper and lower case alike.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i])) ==
                        std::tolower(static_cast<unsigned char>(b[j]));
      const size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (same ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string Suggest(std::string_view word, std::span<const std::string> known) {
  const std::string* nearest = nullptr;
  size_t least = word.size() / 3 + 2;
  if (word.size() <= kLongestWord) {
    for (const std::string& candidate : known) {
      const size_t distance = EditDistance(word, candidate);
      if (distance < least && distance < candidate.size()) {
        least = distance;
        nearest = &candidate;
      }
    }
  }
  if (nearest != nullptr) return fmt::format("; did you mean \"{}\"?", *nearest);
  if (known.empty()) return "";
  return fmt::format("; known: {}", fmt::join(known, ", "));
}

}  // namespace peekaboo
