#include "sim/episode/episode_datasets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace peekaboo::sim {
namespace {

constexpr char kFormat[] = "peekaboo-episodes-1";
constexpr unsigned kDeflateLevel = 1;
constexpr int kLongestNarrowChunk = 1 << 16;     // rows, unless a single episode is longer
constexpr hsize_t kEpisodeChunk = 1024;          // rows of ep_len and ep_offset
constexpr size_t kChunkCache = size_t{1} << 20;  // bytes; HDF5's default
constexpr size_t kChunkCacheSlots = 521;

Hdf5Handle Space(const std::vector<hsize_t>& now, const std::vector<hsize_t>& most) {
  return {H5Screate_simple(static_cast<int>(now.size()), now.data(), most.data()), H5Sclose};
}

std::vector<hsize_t> WithRows(hsize_t rows, const std::vector<hsize_t>& row) {
  std::vector<hsize_t> shape = {rows};
  shape.insert(shape.end(), row.begin(), row.end());
  return shape;
}

Hdf5Handle NewSet(const Hdf5Handle& file, const std::string& name, hid_t type,
                  const std::vector<hsize_t>& row, hsize_t chunk_rows, bool deflate) {
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const auto chunk = WithRows(chunk_rows, row);
  H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
  H5Pset_obj_track_times(creation.get(), false);
  if (deflate) H5Pset_deflate(creation.get(), kDeflateLevel);
  // A chunk must fit into the cache, or each row written to it would deflate it anew.
  const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  size_t bytes = H5Tget_size(type);
  for (const hsize_t n : chunk) bytes *= n;
  H5Pset_chunk_cache(access.get(), kChunkCacheSlots, std::max(kChunkCache, 2 * bytes), 1);
  const Hdf5Handle space = Space(WithRows(0, row), WithRows(H5S_UNLIMITED, row));
  return {H5Dcreate2(file.get(), name.c_str(), type, space.get(), H5P_DEFAULT, creation.get(),
                     access.get()),
          H5Dclose};
}

}  // namespace

void EpisodeDatasets::Fail(const Set& set, const char* what) const {
  throw UserError(path_, fmt::format("dataset '{}' {}: {}", set.name, what, Hdf5Reason()));
}

void EpisodeDatasets::Describe(const std::string& path, const EpisodeSchema& schema) {
  path_ = path;
  pixels_ = {"pixels",
             H5T_NATIVE_UINT8,
             {static_cast<hsize_t>(schema.height), static_cast<hsize_t>(schema.width), 3},
             {}};
  columns_ = ColumnsOf(schema);
  for (const EpisodeColumn& column : columns_) {
    narrow_.push_back({column.name, column.memory, column.shape, {}});
  }
  seed_ = {"seed", H5T_NATIVE_INT64, {}, {}};
  index_ = {"index", H5T_NATIVE_INT64, {}, {}};
  scene_ = {"scene", H5T_NATIVE_INT32, {}, {}};
  offset_ = {"ep_offset", H5T_NATIVE_INT64, {}, {}};
  length_ = {"ep_len", H5T_NATIVE_INT32, {}, {}};
}

std::vector<EpisodeDatasets::Set*> EpisodeDatasets::All() {
  std::vector<Set*> all = {&pixels_, &seed_, &index_, &scene_, &offset_, &length_};
  for (Set& set : narrow_) all.push_back(&set);
  return all;
}

EpisodeDatasets EpisodeDatasets::Create(const std::string& path, const Hdf5Handle& file,
                                        const EpisodeSchema& schema, int frames,
                                        int chunk_episodes) {
  EpisodeDatasets sets;
  sets.Describe(path, schema);
  const auto narrow_rows = static_cast<hsize_t>(std::max<int64_t>(
      frames, std::min<int64_t>(int64_t{frames} * chunk_episodes, kLongestNarrowChunk)));
  const auto make = [&](Set& set, hid_t type, hsize_t chunk_rows, bool deflate) {
    set.handle = NewSet(file, set.name, type, set.row, chunk_rows, deflate);
    if (!set.handle) sets.Fail(set, "cannot be created");
  };
  make(sets.pixels_, H5T_STD_U8LE, static_cast<hsize_t>(frames), true);
  for (size_t c = 0; c < sets.columns_.size(); ++c) {
    make(sets.narrow_[c], sets.columns_[c].type, narrow_rows, true);
  }
  make(sets.seed_, H5T_STD_I64LE, narrow_rows, true);
  make(sets.index_, H5T_STD_I64LE, narrow_rows, true);
  make(sets.scene_, H5T_STD_I32LE, narrow_rows, true);
  make(sets.offset_, H5T_STD_I64LE, kEpisodeChunk, false);
  make(sets.length_, H5T_STD_I32LE, kEpisodeChunk, false);
  return sets;
}

EpisodeDatasets EpisodeDatasets::Open(const std::string& path, const Hdf5Handle& file,
                                      const EpisodeSchema& schema, int frames) {
  EpisodeDatasets sets;
  sets.Describe(path, schema);
  for (Set* set : sets.All()) {
    set->handle = {H5Dopen2(file.get(), set->name.c_str(), H5P_DEFAULT), H5Dclose};
    if (!set->handle)
      throw UserError(path, fmt::format("has no dataset '{}' to add to", set->name));
  }
  const Hdf5Handle creation(H5Dget_create_plist(sets.pixels_.handle.get()), H5Pclose);
  hsize_t chunk[4] = {};
  const bool chunked =
      H5Pget_layout(creation.get()) == H5D_CHUNKED && H5Pget_chunk(creation.get(), 4, chunk) == 4;
  const hsize_t ours[4] = {static_cast<hsize_t>(frames), static_cast<hsize_t>(schema.height),
                           static_cast<hsize_t>(schema.width), 3};
  if (!chunked || !std::equal(chunk, chunk + 4, ours) || H5Pget_nfilters(creation.get()) != 1) {
    throw UserError(path,
                    "holds episodes of another length, or is from another program, and cannot "
                    "be added to");
  }
  return sets;
}

void EpisodeDatasets::Resize(const Set& set, int64_t rows) const {
  const auto shape = WithRows(static_cast<hsize_t>(rows), set.row);
  if (H5Dset_extent(set.handle.get(), shape.data()) < 0) Fail(set, "cannot change its length");
}

void EpisodeDatasets::AppendRows(const Set& set, int64_t start, int64_t rows,
                                 const void* data) const {
  Resize(set, start + rows);
  std::vector<hsize_t> from(set.row.size() + 1, 0);
  from[0] = static_cast<hsize_t>(start);
  const auto count = WithRows(static_cast<hsize_t>(rows), set.row);
  const Hdf5Handle space(H5Dget_space(set.handle.get()), H5Sclose);
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr);
  const Hdf5Handle block = Space(count, count);
  if (H5Dwrite(set.handle.get(), set.memory, block.get(), space.get(), H5P_DEFAULT, data) < 0) {
    Fail(set, "cannot be written");
  }
}

void EpisodeDatasets::Truncate(int64_t episodes, int frames) {
  for (Set* set : All()) {
    Resize(*set, set == &length_ || set == &offset_ ? episodes : episodes * frames);
  }
}

void EpisodeDatasets::AppendFrames(int64_t episode, const CompressedEpisode& compressed) {
  const Episode& source = compressed.episode;
  const int64_t frames = source.frames, start = episode * frames;
  for (const EpisodeColumn& column : columns_) {
    size_t count = 0;
    column.data(source, &count);
    PEEKABOO_CHECK(count == column.Width() * static_cast<size_t>(frames));
  }
  Resize(pixels_, start + frames);
  const hsize_t at[4] = {static_cast<hsize_t>(start), 0, 0, 0};
  if (H5Dwrite_chunk(pixels_.handle.get(), H5P_DEFAULT, 0, at, compressed.deflated.size(),
                     compressed.deflated.data()) < 0) {
    Fail(pixels_, "cannot be written");
  }
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t count = 0;
    AppendRows(narrow_[c], start, frames, columns_[c].data(source, &count));
  }
  const auto rows = static_cast<size_t>(frames);
  const std::vector<int64_t> seeds(rows, static_cast<int64_t>(source.seed));
  const std::vector<int64_t> indices(rows, static_cast<int64_t>(source.index));
  const std::vector<int32_t> scenes(rows, source.scene);
  AppendRows(seed_, start, frames, seeds.data());
  AppendRows(index_, start, frames, indices.data());
  AppendRows(scene_, start, frames, scenes.data());
}

void EpisodeDatasets::AppendEpisodes(int64_t first, int64_t count, int frames) {
  std::vector<int64_t> offsets(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) offsets[static_cast<size_t>(i)] = (first + i) * frames;
  const std::vector<int32_t> lengths(static_cast<size_t>(count), frames);
  AppendRows(offset_, first, count, offsets.data());
  if (H5Dflush(offset_.handle.get()) < 0) Fail(offset_, "cannot be written");
  AppendRows(length_, first, count, lengths.data());
}

int64_t EpisodeDatasets::NarrowBytes() const {
  size_t bytes = 2 * sizeof(int64_t) + sizeof(int32_t);
  for (const EpisodeColumn& column : columns_) bytes += column.bytes * column.Width();
  return static_cast<int64_t>(bytes);
}

void WriteTexts(const std::string& path, const Hdf5Handle& file, const EpisodeSchema& schema,
                const EpisodeAttributes& attributes) {
  EpisodeAttributes all = attributes;
  all["format"] = kFormat;
  std::string& objects = all["objects"];
  objects.clear();
  for (const std::string& object : schema.objects)
    objects += (objects.empty() ? "" : "\n") + object;
  for (const auto& [name, text] : all) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), std::max<size_t>(1, text.size()));
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle attribute(
        H5Acreate2(file.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    if (!attribute || H5Awrite(attribute.get(), type.get(), text.c_str()) < 0) {
      throw UserError(path,
                      fmt::format("attribute '{}' cannot be written: {}", name, Hdf5Reason()));
    }
  }
}

}  // namespace peekaboo::sim
