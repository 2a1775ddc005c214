#include "base/config_value.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace peekaboo {
namespace {

template <typename T>
const char* Expected() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, double>) return "a number";
  if constexpr (std::is_same_v<T, std::string>) return "a string";
  return "an integer";
}

template <typename T>
bool ConvertScalar(const ConfigValue& from, T* out, std::string* error) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
    if (const T* exact = std::get_if<T>(&from.value)) {
      *out = *exact;
      return true;
    }
  } else if constexpr (std::is_same_v<T, double>) {
    if (const auto* integer = std::get_if<int64_t>(&from.value)) {
      *out = static_cast<double>(*integer);
      return true;
    }
    if (const auto* number = std::get_if<double>(&from.value)) {
      if (!std::isfinite(*number)) {
        *error = "expected a finite number";
        return false;
      }
      *out = *number;
      return true;
    }
  } else if (const auto* integer = std::get_if<int64_t>(&from.value)) {
    if (!std::in_range<T>(*integer)) {
      *error = fmt::format("{} is too {}", *integer, *integer < 0 ? "small" : "large");
      return false;
    }
    *out = static_cast<T>(*integer);
    return true;
  }
  *error = fmt::format("expected {}, found {}", Expected<T>(), KindOf(from));
  return false;
}

template <typename T>
bool ConvertList(const ConfigValue& from, std::vector<T>* out, std::string* error) {
  const auto* list = std::get_if<std::vector<ConfigValue>>(&from.value);
  if (list == nullptr) {
    *error = "expected a list, found " + KindOf(from);
    return false;
  }
  std::vector<T> result(list->size());
  for (size_t i = 0; i < list->size(); ++i) {
    if (!ConvertScalar((*list)[i], &result[i], error)) {
      *error = fmt::format("element {}: {}", i, *error);
      return false;
    }
  }
  *out = std::move(result);
  return true;
}

}  // namespace

std::string KindOf(const ConfigValue& value) {
  static constexpr const char* kKinds[] = {"true or false", "an integer", "a number", "a string",
                                           "a list"};
  return kKinds[value.value.index()];
}

template <typename T>
bool Convert(const ConfigValue& from, T* out, std::string* error) {
  return ConvertScalar(from, out, error);
}

template <>
bool Convert(const ConfigValue& from, std::vector<int>* out, std::string* error) {
  return ConvertList(from, out, error);
}

template <>
bool Convert(const ConfigValue& from, std::vector<double>* out, std::string* error) {
  return ConvertList(from, out, error);
}

template <>
bool Convert(const ConfigValue& from, std::vector<std::string>* out, std::string* error) {
  return ConvertList(from, out, error);
}

template bool Convert(const ConfigValue&, bool*, std::string*);
template bool Convert(const ConfigValue&, int*, std::string*);
template bool Convert(const ConfigValue&, int64_t*, std::string*);
template bool Convert(const ConfigValue&, uint64_t*, std::string*);
template bool Convert(const ConfigValue&, double*, std::string*);
template bool Convert(const ConfigValue&, std::string*, std::string*);

}  // namespace peekaboo
