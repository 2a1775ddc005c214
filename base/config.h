#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace peekaboo {

class TomlTable;
struct ConfigValue;

/// What a field of a configuration struct may hold.
using ConfigPointer =
    std::variant<bool*, int*, int64_t*, uint64_t*, double*, std::string*, std::vector<int>*,
                 std::vector<double>*, std::vector<std::string>*>;

/// Unit and allowed values of a field; for lists they hold for each element.
struct ConfigLimits {
  std::string unit = {};  ///< "m/s", "frames"; empty: a plain number
  double min = -std::numeric_limits<double>::infinity();  ///< smallest allowed number
  double max = std::numeric_limits<double>::infinity();   ///< largest allowed number
  std::vector<std::string> choices = {};                  ///< allowed strings; empty: any
  size_t min_size = 0;                                    ///< fewest elements of a list
  size_t max_size = 1024;                                 ///< most elements of a list
};

/// One field of a configuration struct, the struct's type erased.
struct ConfigField {
  std::string key;  ///< dotted below the struct's own table: "optimizer.rate"
  std::string doc;  ///< one sentence
  ConfigLimits limits;
  std::function<ConfigPointer(void*)> locate;  ///< the field inside a given struct
};

/// The fields of a struct and all that follows from them, the struct's type erased: parser, errors,
/// --help, resolved file, JSON metadata. Use ConfigDescription<T>. Immutable once built; any
/// thread.
class ConfigFields {
 public:
  explicit ConfigFields(std::string doc) : doc_(std::move(doc)) {}

  const std::string& doc() const { return doc_; }
  std::span<const ConfigField> fields() const { return fields_; }

 protected:
  void Add(ConfigField field);
  void Rename(std::string before, std::string now);
  void ReadErased(const TomlTable& table, void* config) const;
  void SetErased(std::string_view assignment, const std::string& where, void* config) const;
  void ValidateErased(const std::string& where, const void* config) const;
  std::string HelpErased(const std::string& prefix, const void* config) const;
  std::string ToTomlErased(const void* config) const;
  std::string ToJsonErased(const void* config) const;
  std::string DifferenceErased(const void* before, const void* now) const;
  void FromJsonErased(std::string_view json, const std::string& where, void* config) const;

 private:
  const ConfigField& Find(std::string_view key, const std::string& where) const;
  void Assign(const ConfigField& field, const ConfigValue& value, const std::string& where,
              void* config) const;
  void ReadTable(const TomlTable& table, const std::string& prefix, void* config) const;

  std::string doc_;
  std::vector<ConfigField> fields_;
  std::vector<std::pair<std::string, std::string>> former_;  // keys: before, now
};

/// The one description of a plain configuration struct T, from which parser, error messages,
/// --help, sliders, the resolved file and a checkpoint's metadata all come. T's defaults are those
/// of a default-constructed T. A struct declares `static const ConfigDescription<T>& Describe();`
/// and defines it in its .cc file:
///
///     const ConfigDescription<TrainConfig>& TrainConfig::Describe() {
///       static const auto description =
///           ConfigDescription<TrainConfig>("How the world model is trained.")
///               .Field("batch", &TrainConfig::batch, "Clips in a step",
///                      {.unit = "clips", .min = 1, .max = 4096})
///               .Nested("optimizer", &TrainConfig::optimizer);  // has a Describe() of its own
///       return description;
///     }
template <typename T>
class ConfigDescription : public ConfigFields {
 public:
  explicit ConfigDescription(std::string doc) : ConfigFields(std::move(doc)) {}

  /// M: a type in ConfigPointer. A key used twice, or an empty one, is a bug (PEEKABOO_CHECK).
  template <typename M>
  ConfigDescription& Field(std::string key, M T::*member, std::string doc,
                           ConfigLimits limits = {}) {
    Add({std::move(key), std::move(doc), std::move(limits),
         [member](void* config) { return ConfigPointer(&(static_cast<T*>(config)->*member)); }});
    return *this;
  }

  /// All fields of a struct inside T; their keys begin with `key` and a dot, or are as they are
  /// there if `key` is empty.
  template <typename M>
  ConfigDescription& Nested(const std::string& key, M T::*member) {
    for (const ConfigField& field : M::Describe().fields()) {
      Add({key.empty() ? field.key : key + "." + field.key, field.doc, field.limits,
           [member, locate = field.locate](void* config) {
             return locate(&(static_cast<T*>(config)->*member));
           }});
    }
    return *this;
  }

  /// What is read under the key `before`, in files of older versions, is the field `now`.
  ConfigDescription& Formerly(std::string before, std::string now) {
    Rename(std::move(before), std::move(now));
    return *this;
  }

  /// Overwrites the fields that the table names. Throws UserError("file:line: key", ...) on an
  /// unknown key, a wrong type, NaN or infinity, or a value out of range; `*config` is then
  /// partly overwritten.
  void Read(const TomlTable& table, T* config) const { ReadErased(table, config); }

  /// Takes "key=value", the value as in TOML; quotes around strings and brackets around lists may
  /// be left out. Throws UserError(where + ": " + key, ...).
  void Set(std::string_view assignment, T* config, const std::string& where = "--set") const {
    SetErased(assignment, where, config);
  }

  /// Throws UserError(where + ": " + key, ...) on the first field outside its limits: for structs
  /// filled by code.
  void Validate(const T& config, const std::string& where) const { ValidateErased(where, &config); }

  /// One line a field, aligned: prefix + key = default, documentation, unit and allowed values.
  std::string Help(const std::string& prefix = "") const {
    const T defaults{};
    return HelpErased(prefix, &defaults);
  }

  /// Every field as "key = value  # documentation", to be read back by Read. Doubles round-trip.
  std::string ToToml(const T& config) const { return ToTomlErased(&config); }

  /// The first field in which the two differ, with both values: "clips = 4, now 8"; empty if they
  /// are the same.
  std::string Difference(const T& before, const T& now) const {
    return DifferenceErased(&before, &now);
  }

  /// One flat JSON object, dotted keys: what goes into a checkpoint's metadata.
  std::string ToJson(const T& config) const { return ToJsonErased(&config); }
  /// Fields that the object lacks keep their value. Throws UserError(where + ": " + key, ...).
  void FromJson(std::string_view json, const std::string& where, T* config) const {
    FromJsonErased(json, where, config);
  }
};

}  // namespace peekaboo
