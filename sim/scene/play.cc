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

void ReadPlay(const TomlTable& table, Play* play) {
  table.RejectUnknown({"kind", "repeat", "smoothness", "seeking", "targets"});
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
}

}  // namespace peekaboo::sim
