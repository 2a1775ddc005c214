#include <cstdint>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/config.h"
#include "base/config_value.h"
#include "base/error.h"

namespace peekaboo {
namespace {

using Json = nlohmann::ordered_json;

ConfigValue FromJsonValue(const Json& json, const std::string& where) {
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_number_unsigned() && json.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
    throw UserError(where, json.dump() + " is too large");
  }
  if (json.is_number_integer()) return {json.get<int64_t>()};
  if (json.is_number_float()) return {json.get<double>()};
  if (json.is_string()) return {json.get<std::string>()};
  // One level: no field holds lists of lists, and a hostile file could nest them without end.
  if (json.is_array()) {
    std::vector<ConfigValue> list;
    for (const Json& element : json) {
      if (element.is_array()) throw UserError(where, "a list inside a list");
      list.push_back(FromJsonValue(element, where));
    }
    return {std::move(list)};
  }
  throw UserError(where, "expected a value, found " + std::string(json.type_name()));
}

}  // namespace

std::string ConfigFields::ToJsonErased(const void* config) const {
  Json json = Json::object();
  for (const ConfigField& field : fields()) {
    // Only read through; see ConfigFields::ValidateErased.
    std::visit([&](const auto* member) { json[field.key] = *member; },
               field.locate(const_cast<void*>(config)));
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void ConfigFields::FromJsonErased(std::string_view text, const std::string& where,
                                  void* config) const {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw UserError(where, "expected a JSON object");
  for (const auto& [key, value] : json.items()) {
    const std::string place = where + ": " + key;
    Assign(Find(key, place), FromJsonValue(value, place), place, config);
  }
}

}  // namespace peekaboo
