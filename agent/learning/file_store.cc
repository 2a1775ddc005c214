#include "agent/learning/file_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/error.h"

namespace peekaboo::agent {
namespace {

int ParseNumber(const std::string& where, const std::string& text, int least, int most) {
  std::istringstream in(text);
  int number = 0;
  if (!(in >> number) || number < least || number > most)
    throw UserError(where, fmt::format("'{}' is not {} to {}", text, least, most));
  return number;
}

std::vector<int> ParseMirror(const std::string& path, const std::string& text, int size) {
  std::istringstream in(text);
  std::vector<int> mirror;
  for (int each = 0; in >> each;) mirror.push_back(each);
  const bool good = in.eof() && std::ssize(mirror) == size &&
                    std::all_of(mirror.begin(), mirror.end(), [](int m) { return m * m <= 1; });
  if (!good) {
    throw UserError(path + ": attribute action_mirror",
                    fmt::format("'{}' is not a -1, 0 or 1 for each of {} actions", text, size));
  }
  return mirror;
}

}  // namespace

FileStore::FileStore(const std::string& path, int image_size)
    : reader_(sim::EpisodeReader::Open(path)) {
  const auto& schema = reader_.schema();
  if (schema.height != image_size || schema.width != image_size) {
    throw UserError(path, fmt::format("holds pictures of {}x{}; the model sees {}x{}", schema.width,
                                      schema.height, image_size, image_size));
  }
  if (reader_.size() == 0) throw UserError(path, "holds no episodes");
  for (int64_t e = 1; e < reader_.size(); ++e) {
    if (reader_.frames(e) != reader_.frames(0))
      throw UserError(path, "holds episodes of different lengths");
  }
  actions_.size = schema.action_size;
  const auto& attributes = reader_.attributes();
  const auto number = [&](const char* name, int otherwise, int least, int most) {
    const auto found = attributes.find(name);
    return found == attributes.end()
               ? otherwise
               : ParseNumber(path + ": attribute " + name, found->second, least, most);
  };
  actions_.repeat = number("action_repeat", actions_.repeat, 1, 64);
  films_of_layout_ = number("films_of_layout", 1, 0, 1000000);
  if (const auto mirror = attributes.find("action_mirror"); mirror != attributes.end())
    actions_.mirror = ParseMirror(path, mirror->second, actions_.size);
}

}  // namespace peekaboo::agent
