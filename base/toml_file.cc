#include "base/toml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"
#include "base/toml_nesting.h"

namespace peekaboo {
namespace {

std::string ReadWhole(const std::filesystem::path& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) throw UserError(path.string(), "no such file");
  // A directory, a pipe or a device could block or never end.
  if (!std::filesystem::is_regular_file(status)) {
    throw UserError(path.string(), "not a regular file");
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) throw UserError(path.string(), "cannot be opened for reading");
  std::string text(TomlFile::kMaxBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) throw UserError(path.string(), "cannot be read");
  return text;
}

std::string Line(const std::string& file, const toml::node& node) {
  const auto line = node.source().begin.line;
  return line == 0 ? file : fmt::format("{}:{}", file, line);
}

}  // namespace

ConfigValue ToConfigValue(const toml::node& node, const std::string& where) {
  if (const auto* v = node.as_boolean()) return {v->get()};
  if (const auto* v = node.as_integer()) return {v->get()};
  if (const auto* v = node.as_floating_point()) return {v->get()};
  if (const auto* v = node.as_string()) return {v->get()};
  if (const auto* array = node.as_array()) {
    std::vector<ConfigValue> list;
    for (const toml::node& element : *array) list.push_back(ToConfigValue(element, where));
    return {std::move(list)};
  }
  throw UserError(where, node.is_table() ? "expected a value, found a table"
                                         : "dates and times are not used here");
}

std::string TomlTable::PathOf(std::string_view key) const {
  if (key.empty()) return path_;
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::vector<std::string> TomlTable::Keys() const {
  // toml++ keeps keys sorted by name; their positions in the file bring the author's order back.
  std::vector<std::pair<toml::source_position, std::string>> order;
  for (const auto& [key, node] : *table_) order.emplace_back(key.source().begin, key.str());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> keys;
  keys.reserve(order.size());
  for (auto& [position, key] : order) keys.push_back(std::move(key));
  return keys;
}

std::string TomlTable::Where(std::string_view key) const {
  const toml::node* node = key.empty() ? table_ : table_->get(key);
  const std::string line = Line(file_, node != nullptr ? *node : *table_);
  const std::string path = PathOf(key);
  return path.empty() ? line : line + ": " + path;
}

void TomlTable::Fail(std::string_view key, const std::string& what) const {
  throw UserError(Where(key), what);
}

template <typename T>
std::optional<T> TomlTable::Find(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  const ConfigValue value = ToConfigValue(*node, Where(key));
  T result;
  std::string error;
  if (!Convert(value, &result, &error)) Fail(key, error);
  return result;
}

template <typename T>
T TomlTable::Require(std::string_view key) const {
  std::optional<T> found = Find<T>(key);
  if (!found) Fail(key, "missing");
  return *std::move(found);
}

#define PEEKABOO_INSTANTIATE(T)                                         \
  template std::optional<T> TomlTable::Find<T>(std::string_view) const; \
  template T TomlTable::Require<T>(std::string_view) const;
PEEKABOO_INSTANTIATE(bool)
PEEKABOO_INSTANTIATE(int)
PEEKABOO_INSTANTIATE(int64_t)
PEEKABOO_INSTANTIATE(uint64_t)
PEEKABOO_INSTANTIATE(double)
PEEKABOO_INSTANTIATE(std::string)
PEEKABOO_INSTANTIATE(std::vector<int>)
PEEKABOO_INSTANTIATE(std::vector<double>)
PEEKABOO_INSTANTIATE(std::vector<std::string>)
#undef PEEKABOO_INSTANTIATE

std::optional<TomlTable> TomlTable::FindTable(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) Fail(key, "expected a table");
  return TomlTable(*node->as_table(), file_, PathOf(key));
}

TomlTable TomlTable::RequireTable(std::string_view key) const {
  std::optional<TomlTable> found = FindTable(key);
  if (!found) Fail(key, "missing table");
  return *std::move(found);
}

std::vector<TomlTable> TomlTable::Tables(std::string_view key) const {
  std::vector<TomlTable> tables;
  const toml::node* node = table_->get(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr) Fail(key, fmt::format("expected a list of tables, [[{}]]", PathOf(key)));
  for (size_t i = 0; i < array->size(); ++i) {
    const toml::table* element = (*array)[i].as_table();
    if (element == nullptr)
      Fail(key, fmt::format("expected a list of tables, [[{}]]", PathOf(key)));
    tables.emplace_back(*element, file_, fmt::format("{}[{}]", PathOf(key), i));
  }
  return tables;
}

void TomlTable::RejectUnknown(const std::vector<std::string>& known) const {
  for (const std::string& key : Keys()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      Fail(key, "unknown key" + Suggest(key, known));
    }
  }
}

TomlFile TomlFile::Load(const std::filesystem::path& path) {
  return Parse(ReadWhole(path), path.string());
}

TomlFile TomlFile::Parse(std::string_view text, const std::string& name) {
  if (text.size() > kMaxBytes) {
    throw UserError(name, fmt::format("larger than {} bytes", kMaxBytes));
  }
  if (const int line = FindAbsurdNesting(text); line > 0) {
    throw UserError(fmt::format("{}:{}", name, line), "nested too deeply");
  }
  try {
    auto table = std::make_shared<toml::table>(toml::parse(text, name));
    return TomlFile(std::move(table), name);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw UserError(fmt::format("{}:{}:{}", name, at.line, at.column),
                    std::string(error.description()));
  }
}

}  // namespace peekaboo
