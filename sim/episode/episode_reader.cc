#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "sim/episode/deflated_chunk.h"
#include "sim/episode/episode_columns.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/hdf5_handle.h"

namespace peekaboo::sim {
namespace {

constexpr hsize_t kMaxSide = 8192;        // pixels
constexpr int64_t kMaxFrames = 1 << 20;   // of one episode
constexpr uint64_t kHarmless = 64 << 20;  // bytes that may be allocated on a file's mere word
constexpr uint64_t kMostDeflated = 1100;  // deflate makes nothing smaller than by this factor
constexpr hsize_t kMaxEpisodes = hsize_t{1} << 31;
constexpr hsize_t kMaxRow = 1 << 16;          // numbers in a row of a narrow column
constexpr size_t kMaxText = size_t{1} << 24;  // bytes of an attribute
/// How often HDF5 looks again at a part of a growing file that seems damaged, waiting twice as long
/// each time, from 1 ns on. Its own choice, 100 times, never ends on a file that is damaged.
constexpr unsigned kReadAttempts = 25;

}  // namespace

struct EpisodeReader::Impl {
  std::string path;
  EpisodeSchema schema;
  EpisodeAttributes attributes;
  std::vector<int32_t> lengths;
  std::vector<int64_t> offsets;
  hsize_t rows = 0;  // the longest that a column must at least be
  Hdf5Handle file, pixels, seed, index, scene;
  std::vector<EpisodeColumn> columns;
  std::vector<Hdf5Handle> narrow;
  bool growing = false;     // somebody writes it, or was stopped while writing
  bool raw_chunks = false;  // whole frames, deflate alone: can be read without HDF5's filters
  hsize_t chunk_frames = 0;

  [[noreturn]] void Fail(const std::string& what) const { throw UserError(path, what); }

  [[noreturn]] void FailSet(const std::string& name, const std::string& what) const {
    Fail(fmt::format("dataset '{}' {}", name, what));
  }

  void OpenFile() {
    file = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
    if (file) return;
    const std::string reason = Hdf5Reason();
    // Perhaps it is being written, or was when its writer was killed.
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_metadata_read_attempts(access.get(), kReadAttempts);
    file = {H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.get()), H5Fclose};
    growing = true;
    if (!file) Fail(fmt::format("is not a readable HDF5 file ({})", reason));
  }

  bool Has(const char* name) const { return H5Lexists(file.get(), name, H5P_DEFAULT) > 0; }

  Hdf5Handle OpenSet(const char* name) const {
    Hdf5Handle set(H5Dopen2(file.get(), name, H5P_DEFAULT), H5Dclose);
    if (!set) Fail(fmt::format("has no dataset '{}': not a file of episodes", name));
    return set;
  }

  std::vector<hsize_t> ShapeOf(const Hdf5Handle& set, const char* name) const {
    const Hdf5Handle space(H5Dget_space(set.get()), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 1 || rank > 5) FailSet(name, fmt::format("has rank {}", rank));
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

  /// The same for the longest episode of a set with rows of `row_bytes`.
  void RequireLongest(const Hdf5Handle& set, const std::string& of, uint64_t row_bytes) const {
    if (lengths.empty()) return;
    const auto longest = std::max_element(lengths.begin(), lengths.end());
    RequireStored(set, fmt::format("episode {}{}", longest - lengths.begin(), of),
                  static_cast<uint64_t>(*longest) * row_bytes);
  }

  void RequireType(const Hdf5Handle& set, const char* name, H5T_class_t type, size_t bytes) const {
    const Hdf5Handle has(H5Dget_type(set.get()), H5Tclose);
    if (H5Tget_class(has.get()) != type || H5Tget_size(has.get()) != bytes) {
      FailSet(name, "is of another type than expected");
    }
  }

  /// Column `c` of an episode into `values`, and whether its numbers are finite; under an Hdf5Lock.
  void ReadColumn(size_t c, int64_t episode, void* values) const;

  /// Rows start, start + 1, ... of a set into `out`. False if HDF5 cannot.
  bool ReadRows(const Hdf5Handle& set, hid_t memory, const std::vector<hsize_t>& row, hsize_t start,
                hsize_t count, void* out) const {
    std::vector<hsize_t> from(row.size() + 1, 0), shape = {count};
    from[0] = start;
    shape.insert(shape.end(), row.begin(), row.end());
    const Hdf5Handle space(H5Dget_space(set.get()), H5Sclose);
    const Hdf5Handle block(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                           H5Sclose);
    return H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, shape.data(),
                               nullptr) >= 0 &&
           H5Dread(set.get(), memory, block.get(), space.get(), H5P_DEFAULT, out) >= 0;
  }

  /// The first `count` numbers of a set of rank 1, or all (count < 0).
  template <typename T>
  std::vector<T> ReadNumbers(const char* name, hid_t memory, int64_t count) const {
    const Hdf5Handle set = OpenSet(name);
    const auto shape = ShapeOf(set, name);
    RequireType(set, name, H5T_INTEGER, sizeof(T));
    if (shape.size() != 1 || shape[0] > kMaxEpisodes) FailSet(name, "has an absurd shape");
    // In a growing file it may be longer already than the list that was read before.
    const auto least = static_cast<hsize_t>(std::max<int64_t>(count, 0));
    if (shape[0] < least || (count >= 0 && !growing && shape[0] > least)) {
      Fail(fmt::format("'{}' and 'ep_len' differ in length", name));
    }
    RequireStored(set, fmt::format("dataset '{}'", name), shape[0] * sizeof(T));
    std::vector<T> values(count < 0 ? shape[0] : static_cast<size_t>(count));
    if (!values.empty() && !ReadRows(set, memory, {}, 0, values.size(), values.data())) {
      FailSet(name, "cannot be read: " + Hdf5Reason());
    }
    return values;
  }

  /// Read before anything else: in a growing file the other sets are then at least as long.
  void ReadEpisodes() {
    lengths = ReadNumbers<int32_t>("ep_len", H5T_NATIVE_INT32, -1);
    offsets =
        ReadNumbers<int64_t>("ep_offset", H5T_NATIVE_INT64, static_cast<int64_t>(lengths.size()));
    for (size_t e = 0; e < lengths.size(); ++e) {
      if (lengths[e] < 1 || lengths[e] > kMaxFrames || offsets[e] < 0 ||
          offsets[e] > INT64_MAX - lengths[e]) {
        Fail(fmt::format("'ep_len' and 'ep_offset' of episode {} point outside 'pixels'", e));
      }
      rows = std::max(rows, static_cast<hsize_t>(offsets[e] + lengths[e]));
    }
  }

  std::string ReadText(const std::string& name, const Hdf5Handle& attribute) const {
    const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
    if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1) {
      return "";  // a number or an array: not ours
    }
    if (H5Tis_variable_str(type.get()) > 0) {
      char* text = nullptr;
      if (H5Aread(attribute.get(), type.get(), &text) < 0) {
        Fail(fmt::format("attribute '{}' cannot be read: {}", name, Hdf5Reason()));
      }
      std::string copy(text ? text : "", text ? ::strnlen(text, kMaxText) : 0);
      H5free_memory(text);
      return copy;
    }
    const size_t size = H5Tget_size(type.get());
    if (size > kMaxText) Fail(fmt::format("attribute '{}' is absurdly large", name));
    std::string text(size, '\0');
    if (H5Aread(attribute.get(), type.get(), text.data()) < 0) {
      Fail(fmt::format("attribute '{}' cannot be read: {}", name, Hdf5Reason()));
    }
    return text.c_str();
  }

  void ReadAttributes() {
    const Hdf5Handle root(H5Oopen(file.get(), "/", H5P_DEFAULT), H5Oclose);
    H5O_info_t info;
    if (!root || H5Oget_info2(root.get(), &info, H5O_INFO_NUM_ATTRS) < 0) {
      Fail("has no readable root");
    }
    for (hsize_t i = 0; i < info.num_attrs; ++i) {
      const Hdf5Handle attribute(
          H5Aopen_by_idx(file.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
          H5Aclose);
      char name[256] = "";
      if (!attribute || H5Aget_name(attribute.get(), sizeof(name), name) < 0) {
        Fail("an attribute cannot be opened");
      }
      attributes[name] = ReadText(name, attribute);
    }
  }

  void CheckPixels() {
    pixels = OpenSet("pixels");
    const auto shape = ShapeOf(pixels, "pixels");
    RequireType(pixels, "pixels", H5T_INTEGER, 1);
    if (shape.size() != 4 || shape[3] != 3 || shape[1] == 0 || shape[2] == 0 ||
        shape[1] > kMaxSide || shape[2] > kMaxSide) {
      FailSet("pixels", "is not u8 [N, H, W, 3] with pictures of a sane size");
    }
    schema.height = static_cast<int>(shape[1]);
    schema.width = static_cast<int>(shape[2]);
    for (size_t e = 0; e < lengths.size(); ++e) {
      if (static_cast<hsize_t>(offsets[e]) + static_cast<hsize_t>(lengths[e]) > shape[0]) {
        Fail(fmt::format("'ep_len' and 'ep_offset' of episode {} point outside 'pixels'", e));
      }
    }
    RequireLongest(pixels, "", shape[1] * shape[2] * 3);
    const Hdf5Handle creation(H5Dget_create_plist(pixels.get()), H5Pclose);
    hsize_t chunk[4] = {0, 0, 0, 0};
    if (H5Pget_layout(creation.get()) != H5D_CHUNKED ||
        H5Pget_chunk(creation.get(), 4, chunk) != 4) {
      return;
    }
    unsigned flags = 0;
    size_t values = 0;
    raw_chunks = H5Pget_nfilters(creation.get()) == 1 &&
                 H5Pget_filter2(creation.get(), 0, &flags, &values, nullptr, 0, nullptr, nullptr) ==
                     H5Z_FILTER_DEFLATE &&
                 std::equal(chunk + 1, chunk + 4, shape.begin() + 1);
    chunk_frames = chunk[0];
  }

  /// Numbers in a row of a column; 0 if the file has no such column.
  int WidthOf(const char* name) const {
    if (!Has(name)) return 0;
    const auto shape = ShapeOf(OpenSet(name), name);
    if (shape.size() < 2 || shape[1] > kMaxRow) FailSet(name, "has an absurd shape");
    return static_cast<int>(shape[1]);
  }

  /// What the columns say about the schema; then checks them against it.
  void ReadSchema() {
    std::istringstream names(attributes["objects"]);
    for (std::string name; std::getline(names, name);) schema.objects.push_back(name);
    schema.action_size = WidthOf("action");
    schema.qpos_size = WidthOf("qpos");
    schema.qvel_size = WidthOf("qvel");
    schema.has_visible = !schema.objects.empty() && WidthOf("visible") > 0;
    columns = ColumnsOf(schema);
    for (const EpisodeColumn& column : columns) {
      narrow.push_back(OpenSet(column.name));
      const auto shape = ShapeOf(narrow.back(), column.name);
      if (!std::equal(shape.begin() + 1, shape.end(), column.shape.begin(), column.shape.end())) {
        FailSet(column.name, "does not fit the attribute 'objects' in shape");
      }
      RequireRows(column.name, shape);
      RequireType(narrow.back(), column.name, H5Tget_class(column.type), column.bytes);
      RequireLongest(narrow.back(), fmt::format(" of '{}'", column.name),
                     column.Width() * column.bytes);
    }
    const auto open = [&](const char* name, size_t bytes, Hdf5Handle* set) {
      if (!Has(name)) return;
      *set = OpenSet(name);
      const auto shape = ShapeOf(*set, name);
      if (shape.size() != 1) FailSet(name, "has an absurd shape");
      RequireRows(name, shape);
      RequireType(*set, name, H5T_INTEGER, bytes);
    };
    open("seed", 8, &seed);
    open("index", 8, &index);
    open("scene", 4, &scene);
  }

  void RequireRows(const char* name, const std::vector<hsize_t>& shape) const {
    if (shape[0] < rows) FailSet(name, "does not fit the episodes in length");
  }

  [[noreturn]] void Damaged(int64_t episode, const std::string& why) const {
    Fail(fmt::format("episode {} of 'pixels' is damaged: {}", episode, why));
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
  impl->OpenFile();
  impl->ReadEpisodes();
  impl->ReadAttributes();
  impl->CheckPixels();
  impl->ReadSchema();
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
  const auto frames = static_cast<hsize_t>(impl.lengths.at(e));
  const auto offset = static_cast<hsize_t>(impl.offsets[e]);
  const auto height = static_cast<hsize_t>(impl.schema.height);
  const auto width = static_cast<hsize_t>(impl.schema.width);
  PEEKABOO_CHECK(pixels.size() == frames * height * width * 3);
  if (!impl.raw_chunks || frames != impl.chunk_frames || offset % frames != 0) {
    const Hdf5Lock lock;
    if (!impl.ReadRows(impl.pixels, H5T_NATIVE_UINT8, {height, width, 3}, offset, frames,
                       pixels.data())) {
      impl.Damaged(episode, Hdf5Reason());
    }
    return;
  }
  if (const std::string reason = ReadDeflatedChunk(impl.pixels, offset, pixels); !reason.empty())
    impl.Damaged(episode, reason);
}

void EpisodeReader::Impl::ReadColumn(size_t c, int64_t episode, void* values) const {
  const EpisodeColumn& column = columns[c];
  const auto e = static_cast<size_t>(episode);
  const auto frames = static_cast<size_t>(lengths.at(e));
  if (!ReadRows(narrow[c], column.memory, column.shape, static_cast<hsize_t>(offsets[e]), frames,
                values)) {
    FailSet(column.name, "cannot be read: " + Hdf5Reason());
  }
  if (H5Tget_class(column.type) != H5T_FLOAT) return;
  const auto* numbers = static_cast<const float*>(values);
  // No action leads on from the last frame: NaN there, in stable-worldmodel's files too.
  const size_t rows = frames - (column.name == std::string_view("action") ? 1 : 0);
  if (!std::all_of(numbers, numbers + column.Width() * rows,
                   [](float number) { return std::isfinite(number); })) {
    FailSet(column.name, fmt::format("has a number that is not finite in episode {}", episode));
  }
}

void EpisodeReader::ReadActions(int64_t episode, std::span<float> actions) const {
  const Impl& impl = *impl_;
  const auto column = std::find_if(
      impl.columns.begin(), impl.columns.end(),
      [](const EpisodeColumn& each) { return each.name == std::string_view("action"); });
  PEEKABOO_CHECK(column != impl.columns.end() &&
                 actions.size() == column->Width() * static_cast<size_t>(frames(episode)));
  const Hdf5Lock lock;
  impl.ReadColumn(static_cast<size_t>(column - impl.columns.begin()), episode, actions.data());
}

Episode EpisodeReader::Read(int64_t episode) const {
  const Impl& impl = *impl_;
  const auto e = static_cast<size_t>(episode);
  Episode out;
  out.frames = impl.lengths.at(e);
  out.pixels.resize(static_cast<size_t>(out.frames) * impl.schema.height * impl.schema.width * 3);
  ReadPixels(episode, out.pixels);
  const auto start = static_cast<hsize_t>(impl.offsets[e]);
  const Hdf5Lock lock;
  for (size_t c = 0; c < impl.columns.size(); ++c)
    impl.ReadColumn(c, episode, impl.columns[c].fill(&out, out.frames));
  const auto read_one = [&](const Hdf5Handle& set, const char* name, hid_t memory, void* number) {
    if (set && !impl.ReadRows(set, memory, {}, start, 1, number)) {
      impl.FailSet(name, "cannot be read: " + Hdf5Reason());
    }
  };
  int64_t bits = 0;
  read_one(impl.seed, "seed", H5T_NATIVE_INT64, &bits);
  out.seed = static_cast<uint64_t>(std::exchange(bits, 0));
  read_one(impl.index, "index", H5T_NATIVE_INT64, &bits);
  out.index = static_cast<uint64_t>(bits);
  read_one(impl.scene, "scene", H5T_NATIVE_INT32, &out.scene);
  return out;
}

}  // namespace peekaboo::sim
