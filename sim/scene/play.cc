#include "sim/scene/play.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggest.h"

namespace peekaboo::sim {
namespace {

struct Row {
  Play::Kind kind;
  const char* name;
};
constexpr Row kKinds[] = {
    {Play::Kind::kRest, "rest"}, {Play::Kind::kSmooth, "smooth"}, {Play::Kind::kSeek, "seek"}};

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const Row& row : kKinds) names.emplace_back(row.name);
  return names;
}

}  // namespace

const char* PlayName(Play::Kind kind) {
  for (const Row& row : kKinds) {
    if (row.kind == kind) return row.name;
  }
  return "";
}

Play::Kind PlayFromName(const std::string& name) {
  for (const Row& row : kKinds) {
    if (name == row.name) return row.kind;
  }
  throw UserError("play",
                  fmt::format("'{}' is not rest, smooth or seek{}", name, Suggest(name, Names())));
}

}  // namespace peekaboo::sim
