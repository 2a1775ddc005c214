#include <libdeflate.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "sim/check.h"
#include "sim/episode_columns.h"
#include "sim/episode_file.h"
#include "sim/error.h"
#include "sim/hdf5_handle.h"

namespace peekaboo::sim {
namespace {

constexpr hsize_t kMaxSide = 8192;        // pixels
constexpr int64_t kMaxFrames = 1 << 20;   // of one episode
constexpr hsize_t kMaxRow = 1 << 16;      // numbers in a row of a narrow column
constexpr uint64_t kHarmless = 64 << 20;  // bytes that may be allocated on a file's mere word
constexpr uint64_t kMostDeflated = 1100;  // deflate makes nothing smaller than by this factor

struct DecompressorDeleter {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

}  // namespace

struct EpisodeReader::Impl {
  std::string path;
  EpisodeSchema schema;
  EpisodeAttributes attributes;
  std::vector<int32_t> lengths;
  std::vector<int64_t> offsets;
  std::vector<uint64_t> indices;
  std::vector<int32_t> scenes;
  Hdf5Handle file, pixels;
  std::vector<EpisodeColumn> columns;
  std::vector<Hdf5Handle> narrow;
  bool growing = false;  // somebody writes it, or was stopped while writing
  bool raw_chunks =
      false;  // one chunk an episode, deflate alone: can be read without HDF5's filters
  hsize_t chunk_frames = 0;
  int64_t rows = 0;  // that all columns have

  [[noreturn]] void Fail(const std::string& what) const { throw UserError(path, what); }

  Hdf5Handle OpenSet(const char* name) const {
    Hdf5Handle set(H5Dopen2(file.get(), name, H5P_DEFAULT), H5Dclose);
    if (!set) Fail(std::string("has no dataset '") + name + "': not a file of episodes");
    return set;
  }

  std::vector<hsize_t> ShapeOf(const Hdf5Handle& set, const char* name) const {
    const Hdf5Handle space(H5Dget_space(set.get()), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 1 || rank > 5)
      Fail(std::string("dataset '") + name + "' has rank " + std::to_string(rank));
    std::vector<hsize_t> shape(static_cast<size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
    return shape;
  }

  /// Before memory is asked for: a file of a few bytes can claim any shape.
  void RequireStored(const Hdf5Handle& set, const std::string& name, uint64_t bytes) const {
    if (bytes > kHarmless && bytes / kMostDeflated > H5Dget_storage_size(set.get())) {
      Fail(name + " claims more data than the file holds");
    }
  }

  void RequireType(const Hdf5Handle& set, const char* name, H5T_class_t type, size_t bytes) const {
    const Hdf5Handle has(H5Dget_type(set.get()), H5Tclose);
    if (H5Tget_class(has.get()) != type || H5Tget_size(has.get()) != bytes) {
      Fail(std::string("dataset '") + name + "' is of another type than expected");
    }
  }

  template <typename T>
  std::vector<T> ReadAll(const char* name, hid_t memory, bool required, size_t expected) const {
    if (!required && H5Lexists(file.get(), name, H5P_DEFAULT) <= 0)
      return std::vector<T>(expected, T{});
    const Hdf5Handle set = OpenSet(name);
    const auto shape = ShapeOf(set, name);
    RequireType(set, name, H5T_INTEGER, sizeof(T));
    if (shape.size() != 1 || shape[0] > (hsize_t{1} << 31))
      Fail(std::string("dataset '") + name + "' has an absurd shape");
    if (!growing && expected > 0 && shape[0] != expected)
      Fail(std::string("dataset '") + name + "' and 'ep_len' differ in length");
    RequireStored(set, std::string("dataset '") + name + "'", shape[0] * sizeof(T));
    std::vector<T> values(shape[0]);
    if (!values.empty() &&
        H5Dread(set.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
      Fail(std::string("dataset '") + name + "' cannot be read: " + Hdf5Reason());
    }
    return values;
  }

  std::string ReadText(const Hdf5Handle& attribute) const {
    const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
    if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0) return "";
    const size_t size = H5Tget_size(type.get());
    if (size > (size_t{1} << 24)) Fail("an attribute is absurdly large");
    std::string text(size, '\0');
    if (H5Aread(attribute.get(), type.get(), text.data()) < 0)
      Fail("an attribute cannot be read: " + Hdf5Reason());
    return text.c_str();
  }

  void ReadAttributes() {
    const Hdf5Handle root(H5Oopen(file.get(), "/", H5P_DEFAULT), H5Oclose);
    H5O_info_t info;
    if (!root || H5Oget_info2(root.get(), &info, H5O_INFO_NUM_ATTRS) < 0)
      Fail("has no readable root");
    for (hsize_t i = 0; i < info.num_attrs; ++i) {
      const Hdf5Handle attribute(
          H5Aopen_by_idx(file.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
          H5Aclose);
      if (!attribute) Fail("an attribute cannot be opened");
      char name[256] = "";
      H5Aget_name(attribute.get(), sizeof(name), name);
      attributes[name] = ReadText(attribute);
    }
  }

  /// What the columns of the file say about the schema; then checks them against it.
  void ReadSchema() {
    std::istringstream names(attributes["objects"]);
    for (std::string name; std::getline(names, name);) schema.objects.push_back(name);
    const auto shape = ShapeOf(pixels, "pixels");
    RequireType(pixels, "pixels", H5T_INTEGER, 1);
    if (shape.size() != 4 || shape[3] != 3 || shape[1] == 0 || shape[2] == 0 ||
        shape[1] > kMaxSide || shape[2] > kMaxSide) {
      Fail("dataset 'pixels' is not u8 [N, H, W, 3]");
    }
    rows = static_cast<int64_t>(shape[0]);
    schema.height = static_cast<int>(shape[1]);
    schema.width = static_cast<int>(shape[2]);
    const auto width = [&](const char* name) {
      if (H5Lexists(file.get(), name, H5P_DEFAULT) <= 0) return 0;
      const auto row = ShapeOf(OpenSet(name), name);
      if (row.size() < 2 || row[1] > kMaxRow)
        Fail(std::string("dataset '") + name + "' has an absurd shape");
      return static_cast<int>(row[1]);
    };
    schema.action_size = width("action");
    schema.qpos_size = width("qpos");
    schema.qvel_size = width("qvel");
    schema.has_visible = !schema.objects.empty() && width("visible") > 0;
    columns = ColumnsOf(schema);
    for (const EpisodeColumn& column : columns) {
      narrow.push_back(OpenSet(column.name));
      const auto has = ShapeOf(narrow.back(), column.name);
      std::vector<hsize_t> expected = {growing ? has[0] : shape[0]};
      expected.insert(expected.end(), column.shape.begin(), column.shape.end());
      rows = std::min(rows, static_cast<int64_t>(has[0]));
      if (has != expected) {
        Fail(std::string("dataset '") + column.name +
             "' does not fit 'pixels' or 'objects' in shape");
      }
      RequireType(narrow.back(), column.name, H5Tget_class(column.type), column.bytes);
    }
  }

  void ReadEpisodes() {
    lengths = ReadAll<int32_t>("ep_len", H5T_NATIVE_INT32, true, 0);
    offsets = ReadAll<int64_t>("ep_offset", H5T_NATIVE_INT64, true, lengths.size());
    indices = ReadAll<uint64_t>("ep_index", H5T_NATIVE_UINT64, false, lengths.size());
    scenes = ReadAll<int32_t>("ep_scene", H5T_NATIVE_INT32, false, lengths.size());
    // Columns of a growing file reach the disk one by one: an episode is there when all of it is.
    const size_t complete =
        std::min({lengths.size(), offsets.size(), indices.size(), scenes.size()});
    for (auto* list : {&lengths, &scenes}) list->resize(complete);
    offsets.resize(complete);
    indices.resize(complete);
    for (size_t e = 0; e < lengths.size(); ++e) {
      if (growing && lengths[e] >= 0 && offsets[e] >= 0 && offsets[e] > rows - lengths[e]) {
        for (auto* list : {&lengths, &scenes}) list->resize(e);
        offsets.resize(e);
        indices.resize(e);
        break;
      }
      if (lengths[e] < 1 || lengths[e] > kMaxFrames || offsets[e] < 0 ||
          offsets[e] > rows - lengths[e]) {
        Fail("'ep_len' and 'ep_offset' of episode " + std::to_string(e) +
             " point outside 'pixels'");
      }
    }
    if (lengths.empty()) return;
    const auto longest = std::max_element(lengths.begin(), lengths.end());
    const std::string name = "episode " + std::to_string(longest - lengths.begin());
    const auto frames = static_cast<uint64_t>(*longest);
    RequireStored(
        pixels, name,
        frames * static_cast<uint64_t>(schema.height) * static_cast<uint64_t>(schema.width) * 3);
    for (size_t c = 0; c < columns.size(); ++c) {
      RequireStored(narrow[c], name + " of '" + columns[c].name + "'",
                    frames * columns[c].Width() * columns[c].bytes);
    }
  }

  void LookAtChunks() {
    const Hdf5Handle properties(H5Dget_create_plist(pixels.get()), H5Pclose);
    hsize_t chunk[4] = {0, 0, 0, 0};
    if (H5Pget_layout(properties.get()) != H5D_CHUNKED ||
        H5Pget_chunk(properties.get(), 4, chunk) != 4)
      return;
    unsigned flags = 0;
    size_t values = 0;
    const bool deflate = H5Pget_nfilters(properties.get()) == 1 &&
                         H5Pget_filter2(properties.get(), 0, &flags, &values, nullptr, 0, nullptr,
                                        nullptr) == H5Z_FILTER_DEFLATE;
    raw_chunks = deflate && chunk[1] == static_cast<hsize_t>(schema.height) &&
                 chunk[2] == static_cast<hsize_t>(schema.width) && chunk[3] == 3;
    chunk_frames = chunk[0];
  }
};

EpisodeReader::EpisodeReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EpisodeReader::EpisodeReader(EpisodeReader&&) noexcept = default;
EpisodeReader::~EpisodeReader() = default;

EpisodeReader EpisodeReader::Open(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw UserError(path, "no such file");
  if (!std::filesystem::is_regular_file(path, error))
    throw UserError(path, "is not a regular file");
  const Hdf5Lock lock;
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!impl->file) {
    impl->file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, H5P_DEFAULT),
                            H5Fclose);
    impl->growing = static_cast<bool>(impl->file);
  }
  if (!impl->file) impl->Fail("is not a readable HDF5 file (" + Hdf5Reason() + ")");
  impl->ReadAttributes();
  impl->pixels = impl->OpenSet("pixels");
  impl->ReadSchema();
  impl->ReadEpisodes();
  impl->LookAtChunks();
  return EpisodeReader(std::move(impl));
}

const std::string& EpisodeReader::path() const { return impl_->path; }
const EpisodeSchema& EpisodeReader::schema() const { return impl_->schema; }
const EpisodeAttributes& EpisodeReader::attributes() const { return impl_->attributes; }
int64_t EpisodeReader::size() const { return static_cast<int64_t>(impl_->lengths.size()); }
int EpisodeReader::frames(int64_t episode) const {
  return impl_->lengths.at(static_cast<size_t>(episode));
}

void EpisodeReader::ReadPixels(int64_t episode, std::span<uint8_t> pixels) const {
  const Impl& impl = *impl_;
  const auto e = static_cast<size_t>(episode);
  const auto frames = static_cast<hsize_t>(impl.lengths.at(e)),
             offset = static_cast<hsize_t>(impl.offsets[e]);
  const auto fail = [&](const std::string& why) {
    impl.Fail("episode " + std::to_string(episode) + " of 'pixels' is damaged: " + why);
  };
  PEEKABOO_CHECK(pixels.size() ==
                 frames * static_cast<size_t>(impl.schema.height * impl.schema.width) * 3);
  if (!impl.raw_chunks || frames != impl.chunk_frames || offset % frames != 0) {
    const Hdf5Lock lock;
    const Hdf5Handle space(H5Dget_space(impl.pixels.get()), H5Sclose);
    const hsize_t from[4] = {offset, 0, 0, 0};
    const hsize_t count[4] = {frames, static_cast<hsize_t>(impl.schema.height),
                              static_cast<hsize_t>(impl.schema.width), 3};
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from, nullptr, count, nullptr);
    const Hdf5Handle block(H5Screate_simple(4, count, nullptr), H5Sclose);
    if (H5Dread(impl.pixels.get(), H5T_NATIVE_UINT8, block.get(), space.get(), H5P_DEFAULT,
                pixels.data()) < 0)
      fail(Hdf5Reason());
    return;
  }
  std::vector<uint8_t> stored;
  uint32_t filters_off = 0;
  {
    const Hdf5Lock lock;
    const hsize_t at[4] = {offset, 0, 0, 0};
    hsize_t size = 0;
    if (H5Dget_chunk_storage_size(impl.pixels.get(), at, &size) < 0 || size == 0 ||
        size > pixels.size() + pixels.size() / 8 + 65536) {
      fail("it is missing or of an absurd size");
    }
    stored.resize(size);
    if (H5Dread_chunk(impl.pixels.get(), H5P_DEFAULT, at, &filters_off, stored.data()) < 0)
      fail(Hdf5Reason());
  }
  if (filters_off != 0) {
    if (stored.size() != pixels.size()) fail("its size is wrong");
    std::copy(stored.begin(), stored.end(), pixels.begin());
    return;
  }
  thread_local std::unique_ptr<libdeflate_decompressor, DecompressorDeleter> inflate(
      libdeflate_alloc_decompressor());
  PEEKABOO_CHECK(inflate);
  if (libdeflate_zlib_decompress(inflate.get(), stored.data(), stored.size(), pixels.data(),
                                 pixels.size(), nullptr) != LIBDEFLATE_SUCCESS) {
    fail("it does not decompress");
  }
}

Episode EpisodeReader::Read(int64_t episode) const {
  const Impl& impl = *impl_;
  const auto e = static_cast<size_t>(episode);
  Episode out;
  out.frames = impl.lengths.at(e);
  out.index = impl.indices[e];
  out.scene = impl.scenes[e];
  out.pixels.resize(static_cast<size_t>(out.frames) * impl.schema.height * impl.schema.width * 3);
  ReadPixels(episode, out.pixels);
  const Hdf5Lock lock;
  for (size_t c = 0; c < impl.columns.size(); ++c) {
    const EpisodeColumn& column = impl.columns[c];
    std::vector<hsize_t> from = {static_cast<hsize_t>(impl.offsets[e])},
                         count = {static_cast<hsize_t>(out.frames)};
    from.insert(from.end(), column.shape.size(), 0);
    count.insert(count.end(), column.shape.begin(), column.shape.end());
    const Hdf5Handle space(H5Dget_space(impl.narrow[c].get()), H5Sclose);
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr);
    const Hdf5Handle block(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                           H5Sclose);
    if (H5Dread(impl.narrow[c].get(), column.memory, block.get(), space.get(), H5P_DEFAULT,
                column.data(&out, out.frames)) < 0) {
      impl.Fail(std::string("dataset '") + column.name + "' cannot be read: " + Hdf5Reason());
    }
  }
  if (H5Lexists(impl.file.get(), "seed", H5P_DEFAULT) > 0) {
    const Hdf5Handle set = impl.OpenSet("seed");
    const Hdf5Handle space(H5Dget_space(set.get()), H5Sclose);
    const auto from = static_cast<hsize_t>(impl.offsets[e]);
    const hsize_t one = 1;
    if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &from, nullptr, &one, nullptr) >= 0) {
      const Hdf5Handle block(H5Screate_simple(1, &one, nullptr), H5Sclose);
      H5Dread(set.get(), H5T_NATIVE_UINT64, block.get(), space.get(), H5P_DEFAULT, &out.seed);
    }
  }
  return out;
}

}  // namespace peekaboo::sim
