#include "agent/learning/file_store.h"

#include <fmt/format.h>

#include "base/error.h"

namespace peekaboo::agent {

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
}

}  // namespace peekaboo::agent
