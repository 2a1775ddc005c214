#include "base/config_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/check.h"
#include "base/config_value.h"
#include "base/error.h"

namespace peekaboo {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

template <typename T>
std::string ShortestText(T value) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, result.ptr);
}

std::string ValueText(const ConfigField& field, const void* config) {
  // Only read through; see ConfigFields::ValidateErased.
  return std::visit([](const auto* member) { return FormatValue(*member); },
                    field.locate(const_cast<void*>(config)));
}

/// Unit and allowed values, "" when there is nothing to say.
std::string LimitsText(const ConfigLimits& limits) {
  const std::string text = fmt::format("{}", fmt::join(limits.choices, " | "));
  const std::string range = FormatRange(limits);
  if (!range.empty()) return (text.empty() ? "" : text + "; ") + range;
  if (text.empty()) return limits.unit;
  return limits.unit.empty() ? text : text + " " + limits.unit;
}

std::string Comment(const ConfigField& field) {
  const std::string limits = LimitsText(field.limits);
  return limits.empty() ? field.doc : fmt::format("{} ({})", field.doc, limits);
}

}  // namespace

std::string FormatValue(bool value) { return value ? "true" : "false"; }
std::string FormatValue(int value) { return std::to_string(value); }
std::string FormatValue(int64_t value) { return std::to_string(value); }
std::string FormatValue(uint64_t value) { return std::to_string(value); }

std::string FormatValue(double value) {
  std::string text = ShortestText(value);
  // inf and nan are no values of ours, but messages may have to print them.
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string FormatValue(const std::string& value) {
  // JSON's escapes are a subset of TOML's, except that TOML forbids a bare DEL.
  std::string text =
      nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (size_t i = text.find('\x7f'); i != std::string::npos; i = text.find('\x7f', i)) {
    text.replace(i, 1, "\\u007F");
  }
  return text;
}

std::string FormatRange(const ConfigLimits& limits) {
  std::string text;
  if (std::isfinite(limits.min) && std::isfinite(limits.max)) {
    text = ShortestText(limits.min) + " to " + ShortestText(limits.max);
  } else if (std::isfinite(limits.min)) {
    text = "at least " + ShortestText(limits.min);
  } else if (std::isfinite(limits.max)) {
    text = "at most " + ShortestText(limits.max);
  } else {
    return "";
  }
  return limits.unit.empty() ? text : text + " " + limits.unit;
}

std::string Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return "";
  const size_t end = text.find_last_not_of(kWhiteSpace);
  return std::string(text.substr(begin, end - begin + 1));
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  if (Trim(text).empty()) return parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(Trim(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

std::string ConfigFields::HelpErased(const std::string& prefix, const void* config) const {
  std::vector<std::string> left;
  size_t width = 0;
  for (const ConfigField& field : fields()) {
    left.push_back(fmt::format("  {}{}={}", prefix, field.key, ValueText(field, config)));
    width = std::max(width, std::min<size_t>(left.back().size(), 36));
  }
  std::string help;
  for (size_t i = 0; i < left.size(); ++i) {
    help += left[i];
    // A long default gets a line of its own rather than pushing every text to the right.
    if (left[i].size() > width)
      help += "\n" + std::string(width, ' ');
    else
      help += std::string(width - left[i].size(), ' ');
    help += fmt::format("  {}\n", Comment(fields()[i]));
  }
  return help;
}

std::string ConfigFields::ToTomlErased(const void* config) const {
  std::string text;
  for (const ConfigField& field : fields()) {
    text += fmt::format("{} = {}  # {}\n", field.key, ValueText(field, config), Comment(field));
  }
  return text;
}

std::string ConfigFields::DifferenceErased(const void* before, const void* now) const {
  for (const ConfigField& field : fields()) {
    const std::string was = ValueText(field, before), is = ValueText(field, now);
    if (was != is) return fmt::format("{} = {}, now {}", field.key, was, is);
  }
  return "";
}

}  // namespace peekaboo
