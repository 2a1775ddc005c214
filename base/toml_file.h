#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config_value.h"

namespace peekaboo {

/// A table of a TOML file, with what an error message needs: the file's name and the table's key
/// path. A borrowed view: the TomlFile outlives it. Every member that throws throws
/// UserError("file:line: path.of.key", what). Immutable; any thread.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string file, std::string path)
      : table_(&table), file_(std::move(file)), path_(std::move(path)) {}

  const toml::table& raw() const { return *table_; }
  const std::string& file() const { return file_; }
  /// Dotted path of this table inside the file; empty for the root. Elements of an array of tables
  /// are `member[0]`.
  const std::string& path() const { return path_; }
  std::string PathOf(std::string_view key) const;
  /// "file:line: path.of.key", as errors name it; for messages about a value that are thrown later.
  std::string Where(std::string_view key) const;

  bool Has(std::string_view key) const { return table_->contains(key); }
  /// In the order in which the file has them.
  std::vector<std::string> Keys() const;

  /// T: what base/config_value.h converts to. Require throws when the key is missing.
  template <typename T>
  T Require(std::string_view key) const;
  template <typename T>
  std::optional<T> Find(std::string_view key) const;
  template <typename T>
  T Get(std::string_view key, T fallback) const {
    std::optional<T> found = Find<T>(key);
    return found ? *std::move(found) : std::move(fallback);
  }

  TomlTable RequireTable(std::string_view key) const;
  std::optional<TomlTable> FindTable(std::string_view key) const;
  /// The elements of `[[key]]` or `key = [{...}]`; none when the key is missing.
  std::vector<TomlTable> Tables(std::string_view key) const;

  /// Throws on the first key that is not one of `known`, with the nearest known one.
  void RejectUnknown(const std::vector<std::string>& known) const;
  /// Throws UserError about `key` (which may be missing, or empty for the table itself).
  [[noreturn]] void Fail(std::string_view key, const std::string& what) const;

 private:
  const toml::table* table_;
  std::string file_;
  std::string path_;
};

/// A parsed TOML file. Copies share the parsed tree.
class TomlFile {
 public:
  static constexpr size_t kMaxBytes = size_t{4} << 20;

  /// Throws UserError when the file is missing, not a regular file, over kMaxBytes, nested absurdly
  /// deep, or not TOML ("file:line:column: ...").
  static TomlFile Load(const std::filesystem::path& path);
  /// The same checks on text in memory; `name` stands for the file in messages.
  static TomlFile Parse(std::string_view text, const std::string& name);

  TomlTable root() const { return TomlTable(*table_, name_, ""); }

 private:
  TomlFile(std::shared_ptr<const toml::table> table, std::string name)
      : table_(std::move(table)), name_(std::move(name)) {}

  std::shared_ptr<const toml::table> table_;
  std::string name_;
};

/// A scalar or list as a plain value. Throws UserError(where, ...) on dates, times and tables.
ConfigValue ToConfigValue(const toml::node& node, const std::string& where);

}  // namespace peekaboo
