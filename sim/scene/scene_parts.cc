#include "sim/scene/scene_parts.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <set>

#include "base/error.h"
#include "base/suggest.h"

namespace peekaboo::sim {
namespace {

/// A word stands for itself when it cannot be an expression: the value of a shape or colour.
bool IsWordKey(const std::string& key) {
  const auto dot = key.rfind('.');
  const std::string attribute = dot == std::string::npos ? "" : key.substr(dot + 1);
  return attribute == "shape" || attribute == "colour" || attribute == "style";
}

Expression ReadNumber(const toml::node& node, const std::string& where) {
  if (const auto text = node.value<std::string>()) return Expression(*text, where);
  const ConfigValue plain = ToConfigValue(node, where);
  double number = 0;
  std::string error;
  if (std::holds_alternative<bool>(plain.value))
    return Expression(std::get<bool>(plain.value) ? 1.0 : 0.0);
  if (!Convert(plain, &number, &error))
    throw UserError(where, error + " or an expression in quotes");
  return Expression(number);
}

std::vector<Expression> ReadNumbers(const TomlTable& table, const std::string& key, size_t count) {
  const toml::array* array = table.raw()[key].as_array();
  if (!array || array->size() != count)
    table.Fail(key, fmt::format("expected a list of {} numbers", count));
  return ReadExpressions(table, key);
}

void ReadChoices(const TomlTable& table, Distribution* distribution) {
  const toml::array* array = table.raw()["choice"].as_array();
  if (!array || array->empty()) table.Fail("choice", "expected a list of at least one value");
  for (const toml::node& node : *array) {
    if (const auto word = node.value<std::string>()) {
      distribution->choices.emplace_back(*word);
    } else {
      distribution->choices.emplace_back(
          ReadNumber(node, table.Where("choice")).Evaluate([](auto&, auto*) { return false; }));
    }
  }
  distribution->weights = table.Get<std::vector<double>>("weights", {});
  if (!distribution->weights.empty()) {
    double sum = 0;
    for (const double weight : distribution->weights) {
      if (weight < 0) table.Fail("weights", "may not be negative");
      sum += weight;
    }
    if (distribution->weights.size() != distribution->choices.size() || !(sum > 0)) {
      table.Fail("weights", "must be as many as there are choices, and not all 0");
    }
  }
}

Distribution ReadDistribution(const TomlTable& table) {
  Distribution distribution;
  const std::array<std::pair<const char*, Distribution::Kind>, 4> kinds = {
      {{"uniform", Distribution::Kind::kUniform},
       {"normal", Distribution::Kind::kNormal},
       {"chance", Distribution::Kind::kChance},
       {"choice", Distribution::Kind::kChoice}}};
  int found = 0;
  for (const auto& [key, kind] : kinds) {
    if (!table.Has(key)) continue;
    ++found;
    distribution.kind = kind;
    if (kind == Distribution::Kind::kChoice) {
      ReadChoices(table, &distribution);
    } else if (kind == Distribution::Kind::kChance) {
      distribution.numbers.push_back(ReadNumber(*table.raw().get(key), table.Where(key)));
    } else {
      distribution.numbers = ReadNumbers(table, key, 2);
    }
  }
  if (found != 1) table.Fail("", "expected exactly one of uniform, normal, chance, choice");
  return distribution;
}

Distribution ReadConstant(const toml::node& node, const std::string& key,
                          const std::string& where) {
  Distribution distribution;
  if (const auto word = node.value<std::string>(); word && IsWordKey(key)) {
    distribution.choices.emplace_back(*word);
  } else {
    distribution.numbers.push_back(ReadNumber(node, where));
  }
  return distribution;
}

const std::vector<std::string> kDistributionKeys = {"uniform", "normal", "chance",    "choice",
                                                    "weights", "novel",  "dev_novel", "unit"};

/// What a split draws instead: `novel = ["violet"]` other choices, or another range; `{ ... }` a
/// distribution of its own; else a constant.
Distribution ReadElsewhere(const TomlTable& spec, const std::string& split, const Factor& factor) {
  const toml::node& node = *spec.raw().get(split);
  if (node.is_table()) {
    const TomlTable inner = spec.RequireTable(split);
    inner.RejectUnknown({"uniform", "normal", "chance", "choice", "weights"});
    return ReadDistribution(inner);
  }
  const toml::array* list = node.as_array();
  if (!list) return ReadConstant(node, factor.key, spec.Where(split));
  Distribution distribution;
  distribution.kind = factor.distribution.kind;
  if (distribution.kind != Distribution::Kind::kChoice) {
    distribution.numbers = ReadNumbers(spec, split, 2);
    return distribution;
  }
  for (const toml::node& item : *list) {
    if (const auto word = item.value<std::string>()) {
      distribution.choices.emplace_back(*word);
    } else {
      distribution.choices.emplace_back(
          ReadNumber(item, factor.where).Evaluate([](auto&, auto*) { return false; }));
    }
  }
  if (distribution.choices.empty()) spec.Fail(split, "expected at least one value");
  return distribution;
}

Factor ReadFactor(const TomlTable& table, const std::string& key) {
  Factor factor;
  factor.key = key;
  factor.where = table.Where(key);
  const toml::node& node = *table.raw().get(key);
  if (!node.is_table()) {
    factor.distribution = ReadConstant(node, key, factor.where);
    return factor;
  }
  const TomlTable spec = table.RequireTable(key);
  spec.RejectUnknown(kDistributionKeys);
  factor.distribution = ReadDistribution(spec);
  factor.unit = spec.Get<std::string>("unit", "");
  for (const Split split : {Split::kNovel, Split::kDevNovel}) {
    const std::string name = SplitName(split);
    if (spec.Has(name)) factor.elsewhere[split] = ReadElsewhere(spec, name, factor);
  }
  return factor;
}

std::optional<Expression> FindNumber(const TomlTable& table, const std::string& key) {
  const toml::node* node = table.raw().get(key);
  if (!node) return std::nullopt;
  return ReadNumber(*node, table.Where(key));
}

std::array<std::string, 2> ReadPair(const TomlTable& table, const std::string& key) {
  const auto pair = table.Require<std::vector<std::string>>(key);
  if (pair.size() != 2) table.Fail(key, "expected two bodies, [\"one\", \"other\"]");
  return {pair[0], pair[1]};
}

Condition ReadCondition(const TomlTable& table) {
  const int kinds =
      table.Has("time") + table.Has("contact") + table.Has("crosses") + table.Has("hidden");
  if (kinds != 1) {
    table.RejectUnknown({"time", "contact", "crosses", "hidden", "body", "axis", "after"});
    table.Fail("", "expected exactly one of time, contact, crosses, hidden");
  }
  Condition when;
  when.after = FindNumber(table, "after");
  if (table.Has("time")) {
    table.RejectUnknown({"time"});
    when.kind = Condition::Kind::kTime;
    when.value = FindNumber(table, "time");
  } else if (table.Has("contact")) {
    table.RejectUnknown({"contact", "after"});
    when.kind = Condition::Kind::kContact;
    when.bodies = ReadPair(table, "contact");
  } else if (table.Has("crosses")) {
    table.RejectUnknown({"crosses", "body", "axis", "after"});
    when.kind = Condition::Kind::kCrosses;
    when.value = FindNumber(table, "crosses");
    when.bodies[0] = table.Require<std::string>("body");
    const std::string axis = table.Get<std::string>("axis", "x");
    if (axis != "x" && axis != "z") table.Fail("axis", "must be \"x\" or \"z\"");
    when.axis = axis[0];
  } else {
    table.RejectUnknown({"hidden", "after"});
    when.kind = Condition::Kind::kHidden;
    when.bodies[0] = table.Require<std::string>("hidden");
  }
  return when;
}

Intervention ReadIntervention(const TomlTable& table) {
  std::vector<std::string> names;
  for (const InterventionType& type : InterventionTypes()) {
    names.emplace_back(type.name);
    if (!table.Has(type.name)) continue;
    Intervention intervention;
    intervention.kind = type.kind;
    intervention.where = table.Where(type.name);
    std::vector<std::string> known = type.numbers;
    known.emplace_back(type.name);
    if (type.word) {
      known.emplace_back(type.word);
      intervention.word = table.Require<std::string>(type.word);
    }
    table.RejectUnknown(known);
    if (type.bodies == 2) {
      const auto pair = ReadPair(table, type.name);
      intervention.bodies = {pair[0], pair[1]};
    } else {
      intervention.bodies = {table.Require<std::string>(type.name)};
    }
    for (const std::string& key : type.numbers) {
      if (auto number = FindNumber(table, key))
        intervention.numbers.emplace(key, *std::move(number));
    }
    return intervention;
  }
  const auto keys = table.Keys();
  table.Fail(keys.empty() ? "" : keys.front(),
             "is no intervention" + Suggest(keys.empty() ? "" : keys.front(), names));
}

Event ReadEvent(const TomlTable& table) {
  table.RejectUnknown({"when", "do", "delay"});
  Event event;
  event.where = table.Where("when");
  event.when = ReadCondition(table.RequireTable("when"));
  event.delay = table.Get("delay", 0);
  if (event.delay < 0 || event.delay > 4096) table.Fail("delay", "must be from 0 to 4096 [frames]");
  if (table.raw()["do"].is_array()) {
    for (const TomlTable& one : table.Tables("do"))
      event.interventions.push_back(ReadIntervention(one));
  } else if (table.Has("do")) {
    event.interventions.push_back(ReadIntervention(table.RequireTable("do")));
  }
  return event;
}

}  // namespace

std::vector<Factor> ReadFactors(const TomlTable& table) {
  std::vector<Factor> factors;
  for (const std::string& key : table.Keys()) factors.push_back(ReadFactor(table, key));
  return factors;
}

std::vector<Expression> ReadExpressions(const TomlTable& table, std::string_view key) {
  std::vector<Expression> numbers;
  if (!table.Has(key)) return numbers;
  const toml::array* array = table.raw()[key].as_array();
  if (!array) table.Fail(key, "expected a list of numbers, or of expressions in quotes");
  for (const toml::node& node : *array) numbers.push_back(ReadNumber(node, table.Where(key)));
  return numbers;
}

std::vector<Event> ReadEvents(const TomlTable& table) {
  std::vector<Event> events;
  if (table.raw()["event"].is_array()) {
    for (const TomlTable& one : table.Tables("event")) events.push_back(ReadEvent(one));
  } else if (table.Has("event")) {
    events.push_back(ReadEvent(table.RequireTable("event")));
  }
  return events;
}

void ReadPlay(const TomlTable& table, Play* play) {
  table.RejectUnknown({"kind", "repeat", "smoothness", "seeking", "targets", "layout", "films"});
  if (const auto kind = table.Find<std::string>("kind")) {
    try {
      play->kind = PlayFromName(*kind);
    } catch (const UserError& error) {
      table.Fail("kind", error.what());
    }
  }
  play->repeat = table.Get("repeat", play->repeat);
  if (play->repeat < 1 || play->repeat > 64) table.Fail("repeat", "must be from 1 to 64 frames");
  play->smoothness = table.Get("smoothness", play->smoothness);
  if (!(play->smoothness >= 0 && play->smoothness < 1))
    table.Fail("smoothness", "must be at least 0 and below 1");
  play->seeking = table.Get("seeking", play->seeking);
  if (!(play->seeking >= 0 && play->seeking <= 1)) table.Fail("seeking", "must be from 0 to 1");
  play->targets = table.Get("targets", play->targets);
  if (const auto layout = table.Find<std::vector<std::string>>("layout")) play->layout = layout;
  play->films = table.Get("films", play->films);
  if (play->films < 1 || play->films > 1000000) table.Fail("films", "must be from 1 to 1000000");
}

}  // namespace peekaboo::sim
