#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/scene/expression.h"

namespace peekaboo::sim {

/// A change of the laws for one body. Arguments are expressions, evaluated when it takes effect.
struct Intervention {
  enum class Kind {
    kVanish,
    kAppear,
    kTeleport,
    kFreeze,
    kFloat,
    kGravity,
    kPassThrough,
    kSwapColour,
    kSwapShape,
    kReverse,
    kStop,
    kPush,
    kRelease,
  };
  Kind kind = Kind::kVanish;
  std::vector<std::string> bodies;  ///< whom it befalls; pass_through: both, or one: through all
  std::map<std::string, Expression> numbers;  ///< x, z, dx, dz [m], vx, vz [m/s], scale, ...
  std::string word;                           ///< the new colour or shape
  std::string where;                          ///< file:line, for messages
};

/// One row of the table of interventions, from which the parser of scene files, errors, the wands
/// of the window, their keys and `live --wand` are made. What each does to the physics is a row of
/// sim/world/apply_intervention.cc.
struct InterventionType {
  Intervention::Kind kind;
  const char* name;                  ///< as a scene file has it: "pass_through"
  int bodies;                        ///< that a scene file names: 1 or 2
  std::vector<std::string> numbers;  ///< arguments it may have
  const char* word;                  ///< the argument that is a word, which it needs; nullptr: none
  /// As a wand that people wield; nothing for one that scenes alone use.
  struct Wand {
    const char* key;     ///< letter that takes it up: "V"
    const char* label;   ///< on its button: "Fall up"
    const char* action;  ///< in the list of keys: "Freeze in mid-air"
    const char* help;    ///< what happens: "gravity is turned round for it"
  };
  std::optional<Wand> wand;
};

/// In the order of the window's buttons.
std::span<const InterventionType> InterventionTypes();
const InterventionType& TypeOf(Intervention::Kind kind);
/// The word that a scene file uses.
inline const char* InterventionName(Intervention::Kind kind) { return TypeOf(kind).name; }

}  // namespace peekaboo::sim
