#include "base/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>

#include "base/check.h"
#include "base/config_text.h"
#include "base/config_value.h"
#include "base/error.h"
#include "base/suggest.h"
#include "base/toml_file.h"

namespace peekaboo {
namespace {

// TOML's integers are signed.
constexpr uint64_t kLargestInteger = std::numeric_limits<int64_t>::max();

/// What is wrong with one element; empty when nothing is.
template <typename E>
std::string ElementFault(const E& element, const ConfigLimits& limits) {
  if constexpr (std::is_same_v<E, std::string>) {
    if (limits.choices.empty() || std::count(limits.choices.begin(), limits.choices.end(), element))
      return "";
    return fmt::format("\"{}\" is not one of its values{}", element,
                       Suggest(element, limits.choices));
  } else if constexpr (!std::is_same_v<E, bool>) {
    const auto number = static_cast<double>(element);
    if (!std::isfinite(number)) return "expected a finite number";
    if (number < limits.min || number > limits.max) {
      return fmt::format("{} is outside {}", FormatValue(element), FormatRange(limits));
    }
    if constexpr (std::is_same_v<E, uint64_t>) {
      if (element > kLargestInteger) return FormatValue(element) + " is too large";
    }
  }
  return "";
}

template <typename M>
std::string Fault(const M& value, const ConfigLimits& limits) {
  if constexpr (requires { typename M::value_type; } && !std::is_same_v<M, std::string>) {
    if (value.size() < limits.min_size || value.size() > limits.max_size) {
      return fmt::format("has {} elements, allowed are {} to {}", value.size(), limits.min_size,
                         limits.max_size);
    }
    for (const auto& element : value) {
      if (std::string fault = ElementFault(element, limits); !fault.empty()) return fault;
    }
    return "";
  } else {
    return ElementFault(value, limits);
  }
}

template <typename... Types>
bool HoldsAnyOf(const ConfigField& field, void* config) {
  return std::visit([](auto* member) { return (std::is_same_v<decltype(member), Types*> || ...); },
                    field.locate(config));
}

/// The right-hand side of key=value, when it reads as TOML.
std::optional<ConfigValue> ParseToml(const std::string& text) {
  // One value only: a newline would let the text bring keys of its own.
  if (text.find('\n') != std::string::npos) return std::nullopt;
  try {
    const TomlFile file = TomlFile::Parse("v = " + text, "");
    return ToConfigValue(*file.root().raw().get("v"), "");
  } catch (const UserError&) {
    return std::nullopt;
  }
}

}  // namespace

void ConfigFields::Add(ConfigField field) {
  PEEKABOO_CHECK(!field.key.empty());
  // It becomes a comment at the end of a line.
  PEEKABOO_CHECK(field.doc.find('\n') == std::string::npos);
  for (const ConfigField& other : fields_) PEEKABOO_CHECK(other.key != field.key);
  fields_.push_back(std::move(field));
}

void ConfigFields::Rename(std::string before, std::string now) {
  for (const ConfigField& field : fields_) PEEKABOO_CHECK(field.key != before);
  PEEKABOO_CHECK(std::ranges::count(fields_, now, &ConfigField::key) == 1);
  former_.emplace_back(std::move(before), std::move(now));
}

const ConfigField& ConfigFields::Find(std::string_view key, const std::string& where) const {
  for (const auto& [before, now] : former_) {
    if (before == key) key = now;
  }
  for (const ConfigField& field : fields_) {
    if (field.key == key) return field;
  }
  std::vector<std::string> known;
  known.reserve(fields_.size());
  for (const ConfigField& field : fields_) known.push_back(field.key);
  throw UserError(where, "unknown key" + Suggest(key, known));
}

void ConfigFields::Assign(const ConfigField& field, const ConfigValue& value,
                          const std::string& where, void* config) const {
  std::visit(
      [&](auto* member) {
        std::remove_pointer_t<decltype(member)> converted{};
        std::string error;
        if (!Convert(value, &converted, &error)) throw UserError(where, error);
        error = Fault(converted, field.limits);
        if (!error.empty()) throw UserError(where, error);
        *member = std::move(converted);
      },
      field.locate(config));
}

void ConfigFields::ReadErased(const TomlTable& table, void* config) const {
  ReadTable(table, "", config);
}

void ConfigFields::ReadTable(const TomlTable& table, const std::string& prefix,
                             void* config) const {
  for (const std::string& name : table.Keys()) {
    const std::string key = prefix + name;
    const auto* node = table.raw().get(name);
    const std::string where =
        fmt::format("{}:{}: {}", table.file(), node->source().begin.line, table.PathOf(name));
    const bool is_group = std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) {
      return field.key.starts_with(key + ".");
    });
    if (is_group) {
      ReadTable(table.RequireTable(name), key + ".", config);
      continue;
    }
    Assign(Find(key, where), ToConfigValue(*node, where), where, config);
  }
}

void ConfigFields::SetErased(std::string_view assignment, const std::string& where,
                             void* config) const {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw UserError(where, fmt::format("expected key=value, found \"{}\"", assignment));
  }
  const std::string key = Trim(assignment.substr(0, equals));
  const std::string text = Trim(assignment.substr(equals + 1));
  const std::string place = where + ": " + key;
  const ConfigField& field = Find(key, place);

  const bool is_string = HoldsAnyOf<std::string>(field, config);
  const bool is_list =
      HoldsAnyOf<std::vector<int>, std::vector<double>, std::vector<std::string>>(field, config);
  const bool is_bare_list = is_list && !text.starts_with('[');
  std::optional<ConfigValue> value = ParseToml(is_bare_list ? "[" + text + "]" : text);
  if (is_list && !value) {
    // objects=car,ball: words that nobody quoted.
    std::vector<ConfigValue> words;
    for (std::string& word : SplitAtCommas(text)) words.push_back({std::move(word)});
    value = ConfigValue{std::move(words)};
  }
  const bool is_text = value && std::holds_alternative<std::string>(value->value);
  if (!value || (is_string && !is_text)) value = ConfigValue{text};
  Assign(field, *value, place, config);
}

void ConfigFields::ValidateErased(const std::string& where, const void* config) const {
  for (const ConfigField& field : fields_) {
    // Only read through: locate() serves writers too, so it takes a pointer to mutable.
    const std::string error =
        std::visit([&](const auto* member) { return Fault(*member, field.limits); },
                   field.locate(const_cast<void*>(config)));
    if (!error.empty()) throw UserError(where + ": " + field.key, error);
  }
}

}  // namespace peekaboo
