#include "agent/learning/joined_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/error.h"

namespace peekaboo::agent {

JoinedStore::JoinedStore(const std::vector<std::string>& paths, int image_size) {
  PEEKABOO_CHECK(!paths.empty());
  const std::string* acting = nullptr;
  for (const std::string& path : paths) {
    if (std::count(paths.begin(), paths.end(), path) > 1) throw UserError(path, "is given twice");
    const auto& store = stores_.emplace_back(std::make_unique<const FileStore>(path, image_size));
    if (store->frames() != frames()) {
      throw UserError(path, fmt::format("has films of {} frames, {} of {}", store->frames(),
                                        paths.front(), frames()));
    }
    size_ += store->size();
    const ActionFormat format = store->actions();
    if (format.size == 0) continue;
    if (!acting) {
      acting = &path;
      actions_ = format;
    } else if (format.size != actions_.size || format.repeat != actions_.repeat) {
      throw UserError(
          path, fmt::format("acts with {} numbers for {} frames each, {} with {} for {}",
                            format.size, format.repeat, *acting, actions_.size, actions_.repeat));
    } else if (format.mirror != actions_.mirror) {
      actions_.mirror.clear();  // what a mirror makes of an action is not known of all
    }
  }
}

std::pair<const FileStore*, int64_t> JoinedStore::Find(int64_t film) const {
  for (const auto& store : stores_) {
    if (film < store->size()) return {store.get(), film};
    film -= store->size();
  }
  PEEKABOO_CHECK(false && "no such film");
  return {};
}

void JoinedStore::Read(int64_t film, std::span<uint8_t> pixels) const {
  const auto [store, number] = Find(film);
  store->Read(number, pixels);
}

void JoinedStore::ReadActions(int64_t film, std::span<float> actions) const {
  const auto [store, number] = Find(film);
  if (store->actions().size > 0) {
    store->ReadActions(number, actions);
  } else {
    std::fill(actions.begin(), actions.end(), std::numeric_limits<float>::quiet_NaN());
  }
}

std::vector<FilmGroup> JoinedStore::groups() const {
  std::vector<FilmGroup> all;
  int64_t first = 0;
  for (const auto& store : stores_) {
    for (FilmGroup group : store->groups()) {
      group.first += first;
      all.push_back(group);
    }
    first += store->size();
  }
  return all;
}

}  // namespace peekaboo::agent
