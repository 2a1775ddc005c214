#include "sim/episode/deflated_chunk.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/check.h"

namespace peekaboo::sim {
namespace {

struct DecompressorDeleter {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

}  // namespace

std::string ReadDeflatedChunk(const Hdf5Handle& set, hsize_t offset, std::span<uint8_t> pixels) {
  std::vector<uint8_t> stored;
  uint32_t filters_off = 0;
  {
    const Hdf5Lock lock;
    const hsize_t at[4] = {offset, 0, 0, 0};
    hsize_t size = 0;
    if (H5Dget_chunk_storage_size(set.get(), at, &size) < 0 || size == 0 ||
        size > pixels.size() + pixels.size() / 8 + 65536) {
      return "it is missing or of an absurd size";
    }
    stored.resize(size);
    if (H5Dread_chunk(set.get(), H5P_DEFAULT, at, &filters_off, stored.data()) < 0)
      return Hdf5Reason();
  }
  if (filters_off != 0) {
    if (stored.size() != pixels.size()) return "its size is wrong";
    std::copy(stored.begin(), stored.end(), pixels.begin());
    return "";
  }
  thread_local std::unique_ptr<libdeflate_decompressor, DecompressorDeleter> inflate(
      libdeflate_alloc_decompressor());
  PEEKABOO_CHECK(inflate);
  const auto result = libdeflate_zlib_decompress(inflate.get(), stored.data(), stored.size(),
                                                 pixels.data(), pixels.size(), nullptr);
  return result == LIBDEFLATE_SUCCESS ? "" : "it does not decompress";
}

}  // namespace peekaboo::sim
