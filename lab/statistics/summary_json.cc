#include <cmath>
#include <nlohmann/json.hpp>

#include "lab/statistics/summary.h"

namespace peekaboo::lab {
namespace {

using Json = nlohmann::ordered_json;

Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json ToJson(const Measured& measured) {
  return {{"value", Number(measured.value)},
          {"interval", {Number(measured.interval.low), Number(measured.interval.high)}},
          {"n", measured.n}};
}

Json ToJson(const Cell& cell, const SummaryRow& row) {
  Json json = {{"set_accuracy", ToJson(cell.set_accuracy)},
               {"strict_accuracy", ToJson(cell.strict_accuracy)},
               {"auroc", ToJson(cell.auroc)},
               {"auprc", ToJson(cell.auprc)},
               {"hit_rate", ToJson(cell.hit_rate)},
               {"hedges_g", Number(cell.hedges_g)},
               {"possible", ToJson(cell.possible)},
               {"impossible", ToJson(cell.impossible)}};
  for (size_t i = 0; i < cell.members.size(); ++i) {
    json["members"][row.impossible_members[i]] = ToJson(cell.members[i]);
  }
  return json;
}

Json ToJson(const SummaryRow& row, const Summary& summary) {
  Json json = {{"name", row.name},
               {"concept", row.concept_name},
               {"split", SplitName(row.split)},
               {"sets", row.sets},
               {"variants", Json::object()}};
  for (size_t variant = 0; variant < summary.variants.size(); ++variant) {
    Json& entry = json["variants"][summary.variants[variant]];
    for (size_t column = 0; column < summary.columns.size(); ++column) {
      entry[ModelKindName(summary.columns[column].kind)] =
          ToJson(row.columns[column][variant], row);
    }
    for (const Comparison& comparison : row.comparisons[variant]) {
      entry["trained_above"][ModelKindName(comparison.null)] = {
          {"networks", comparison.networks},
          {"p_set", Number(comparison.p_set)},
          {"p_strict", Number(comparison.p_strict)}};
    }
  }
  return json;
}

}  // namespace

std::string SummaryJson(const Summary& summary) {
  Json json = {{"primary_variant", summary.variants[summary.primary_variant]},
               {"concepts", Json::array()},
               {"scenes", Json::array()}};
  for (const SummaryRow& row : summary.concepts) json["concepts"].push_back(ToJson(row, summary));
  for (const SummaryRow& row : summary.scenes) json["scenes"].push_back(ToJson(row, summary));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace peekaboo::lab
