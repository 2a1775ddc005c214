#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "sim/scene/expression.h"

namespace peekaboo::sim {

/// A drawn value: a number (truth values are 0 and 1) or a word (a shape, a colour).
using Value = std::variant<double, std::string>;

/// What one episode is made of: the value of every factor, by name ("car.x", "lamp.brightness").
using Draw = std::map<std::string, Value>;

/// Which ranges a factor is drawn from. `kDev` (to choose on) and `kSeen` (to report) have the
/// nursery's own ranges and different random streams; `kNovel` (to report) has the ranges declared
/// as `novel`, and `kDevNovel` (to choose on) those declared as `dev_novel`, which lie elsewhere.
enum class Split { kSeen, kDev, kNovel, kDevNovel };
inline constexpr Split kSplits[] = {Split::kSeen, Split::kNovel, Split::kDev, Split::kDevNovel};
/// Whether numbers on a split may be reported: nothing was chosen on it.
constexpr bool IsForReport(Split split) { return split == Split::kSeen || split == Split::kNovel; }
const char* SplitName(Split split);  ///< "seen", "novel", "dev", "dev_novel"
std::string SplitNames();            ///< all of them, for messages
/// Throws UserError("split", ...) for a name that is none of these.
Split SplitFromName(const std::string& name);

/// How a factor varies. Numbers may be expressions over other factors.
struct Distribution {
  enum class Kind { kConstant, kUniform, kNormal, kChance, kChoice };
  Kind kind = Kind::kConstant;
  std::vector<Expression>
      numbers;  ///< constant: {value}; uniform: {low, high}; normal: {mean, sd}; chance: {p}
  std::vector<Value> choices;   ///< choice, or a constant word
  std::vector<double> weights;  ///< of the choices; empty: equal
};

/// One line of a scene's [vary]: a name, how it varies, and how it varies on splits that have
/// ranges of their own.
struct Factor {
  std::string key;
  Distribution distribution;
  std::map<Split, Distribution> elsewhere;
  std::string unit;
  std::string where;  ///< file:line, for messages

  const Distribution& On(Split split) const {
    const auto own = elsewhere.find(split);
    return own == elsewhere.end() ? distribution : own->second;
  }
};

}  // namespace peekaboo::sim
