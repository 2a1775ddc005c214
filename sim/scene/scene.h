#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scene/expression.h"
#include "sim/scene/factor.h"
#include "sim/scene/intervention.h"
#include "sim/scene/play.h"
#include "sim/scene/task.h"

namespace peekaboo::sim {

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
  Task task;
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
