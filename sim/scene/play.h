#pragma once

#include <optional>
#include <string>
#include <vector>

namespace peekaboo::sim {

/// How a body with actuators moves while films of a scene are made: a scene's [play].
struct Play {
  enum class Kind {
    kRest,    ///< its controls stay 0, and films have no actions
    kSmooth,  ///< random actions, each like the one before
    kSeek,    ///< at times, those that bring it to one of the targets and move that
  };
  Kind kind = Kind::kRest;
  int repeat = 2;                    ///< frames that an action is held
  double smoothness = 0.7;           ///< correlation of an action with the one before
  double seeking = 0.6;              ///< seek: share of the time
  std::vector<std::string> targets;  ///< seek: bodies; empty: all objects but itself
  /// The factors that acting cannot change (walls, not what stands about), which are drawn anew
  /// only every `films` films. Films of one layout are ways through one world: what is learned of
  /// how long ways are compares their moments. Not set: each film is a world of its own.
  std::optional<std::vector<std::string>> layout;
  int films = 40;  ///< of each layout

  bool acts() const { return kind != Kind::kRest; }
  /// Films in a row that share a layout; 0: all of them.
  int FilmsOfLayout() const { return !layout ? 1 : layout->empty() ? 0 : films; }
};

const char* PlayName(Play::Kind kind);  ///< "rest", "smooth", "seek"
/// Throws UserError("play", ...) for a name that is none of these.
Play::Kind PlayFromName(const std::string& name);

}  // namespace peekaboo::sim
