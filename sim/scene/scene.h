#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/scene/expression.h"
#include "sim/scene/intervention.h"
#include "sim/scene/play.h"

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

/// When an event happens. It is tested for every frame; the event takes effect at the beginning of
/// the first frame in which the condition comes true (see World), or of the next one for `kHidden`.
struct Condition {
  enum class Kind { kTime, kContact, kCrosses, kHidden };
  Kind kind = Kind::kTime;
  std::optional<Expression> value;    ///< time [s], or the coordinate that is crossed [m]
  std::array<std::string, 2> bodies;  ///< contact: both; crosses, hidden: the first
  char axis = 'x';                    ///< crosses: 'x' or 'z'
  std::optional<Expression> after;    ///< not before this time [s]
};

/// Something that happens once. Without interventions it only marks the moment.
struct Event {
  Condition when;
  int delay = 0;  ///< frames between the condition and the effect
  std::vector<Intervention> interventions;
  std::string where;
};

/// A film of a matched set.
struct Member {
  std::string name;
  bool impossible = false;
  std::string like;         ///< the possible member that begins the same (impossible ones only)
  std::vector<Factor> set;  ///< factors that this member overrides
  std::vector<Event> events;
  std::vector<std::string> splice;  ///< instead of events: films whose frames this one is made of
  std::string where;
};

/// A scene file (TOML) as read and checked. Immutable once loaded; shared between threads.
struct Scene {
  std::string path;
  std::string name;  ///< path below scenes/, without ".toml"
  std::string title;
  std::string concept_name;  ///< "permanence", ...; empty outside voe/
  std::string source;        ///< the classical study
  std::vector<double> age;   ///< months at which infants look longer: {from, to} or empty
  std::string model;         ///< path of the MJCF
  std::string camera = "audience";
  double frame_hz = 12.5;
  int frames = 32;
  std::vector<std::string> objects;  ///< bodies whose presence, place and visibility are recorded
  Play play;
  std::vector<Factor> vary;
  std::vector<Event> events;        ///< happen in every film
  std::vector<Member> members;      ///< empty: not a matched set
  std::string hidden;               ///< the body whose hiding places the splices
  std::vector<Expression> require;  ///< a set is drawn again unless all hold
  std::map<std::string, std::array<double, 3>> colours;  ///< palette, RGB in [0, 1]
  std::vector<std::pair<std::string, double>>
      mixture;  ///< scene files and weights, instead of a world
  /// Of the bytes of this file, those that it includes, and the MJCF.
  uint64_t fingerprint = 0;

  const Member* FindMember(const std::string& member) const;
};

/// Reads a scene file and what it includes. Throws UserError naming file, line and key for
/// anything that is not as described in docs/scenes.md; the MJCF is not opened (Stage does that).
std::shared_ptr<const Scene> LoadScene(const std::string& path);

/// Every scene of a mixture file (or the file itself) with its weight, weights summing to 1.
std::vector<std::pair<std::shared_ptr<const Scene>, double>> LoadMixture(const std::string& path);

/// Path of a scene given by name ("nursery", "voe/support/car"), by path, or by path without
/// ".toml": looked for as given, then below $PEEKABOO_SCENES and the installed or source scenes/.
std::string FindScene(const std::string& name);

}  // namespace peekaboo::sim
