#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/check.h"
#include "sim/episode_columns.h"
#include "sim/episode_file.h"
#include "sim/error.h"
#include "sim/hdf5_handle.h"

namespace peekaboo::sim {
namespace {

/// Fast; one more level costs time and saves little on rendered pictures.
constexpr int kDeflateLevel = 1;
/// Episodes between flushes: what a reader of the growing file may lag behind.
constexpr int kFlushEvery = 32;
/// Rows a chunk of the narrow columns.
constexpr hsize_t kNarrowChunkRows = 4096;
/// Bytes reserved beyond what is known to be needed: HDF5's own tables, and steps that are not
/// tiny.
constexpr off_t kReserve = off_t{2} << 20;

struct CompressorDeleter {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};

Hdf5Handle Space(const std::vector<hsize_t>& now, bool grows) {
  std::vector<hsize_t> most = now;
  if (grows) most[0] = H5S_UNLIMITED;
  return {H5Screate_simple(static_cast<int>(now.size()), now.data(), most.data()), H5Sclose};
}

}  // namespace

struct EpisodeWriter::Impl {
  std::string path;
  EpisodeSchema schema;
  int frames = 0;
  bool created = false;
  int64_t episodes = 0;
  Hdf5Handle file, pixels, seed, length, offset, index, scene;
  std::vector<EpisodeColumn> columns;
  std::vector<Hdf5Handle> narrow;
  int descriptor = -1;  // of the same file, to reserve room
  off_t reserved = 0;   // bytes that the file can grow to without asking the disk

  ~Impl() { Finish(); }

  [[noreturn]] void Fail(const std::string& what) {
    const int error = errno;
    std::string reason = Hdf5Reason();
    if (error == ENOSPC || error == EFBIG || error == EACCES || error == EROFS || error == ENOENT ||
        error == ENOTDIR) {
      reason = std::strerror(error);
    }
    Abandon();
    throw UserError(path, what + ": " + reason);
  }

  void CloseAll() {
    for (Hdf5Handle* handle : {&pixels, &seed, &length, &offset, &index, &scene}) handle->Reset();
    narrow.clear();
  }

  void Abandon() {
    Finish();
    if (created) std::remove(path.c_str());
    created = false;
  }

  /// Closes, and gives back the room that was not needed. False if not all reached the disk.
  bool Finish() {
    const Hdf5Lock lock;
    if (!file) {
      if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
      return true;
    }
    bool good = H5Fflush(file.get(), H5F_SCOPE_LOCAL) >= 0;
    CloseAll();
    haddr_t end = 0;
    const bool known = H5Fget_eoa(file.get(), &end) >= 0;
    good = file.Reset() && good;
    struct stat now;
    if (descriptor >= 0) {
      if (known && ::fstat(descriptor, &now) == 0 && now.st_size > static_cast<off_t>(end)) {
        good = ::ftruncate(descriptor, static_cast<off_t>(end)) == 0 && good;
      }
      ::close(descriptor);
      descriptor = -1;
    }
    return good;
  }

  /// Keeps other writers out as long as this one lives. HDF5's own lock is a flock, given up while
  /// others read; this one is of the other kind, and does not disturb them.
  void OpenAndLock(int flags, const char* what) {
    errno = 0;
    descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
    if (descriptor < 0) Fail(what);
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(descriptor, F_OFD_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN)) {
      ::close(descriptor);
      throw UserError(path, "is being written by another process");
    }
  }

  /// Takes the room for `bytes` more from the disk, so that a full one is noticed while the file is
  /// whole: HDF5 changes its tables in place, and a file in which it failed halfway is lost.
  void Reserve(size_t bytes) {
    haddr_t end = 0;
    if (H5Fget_eoa(file.get(), &end) < 0) Fail("cannot be written");
    off_t need = static_cast<off_t>(end + bytes) + kReserve / 2;
    for (const EpisodeColumn& column : columns) {
      need += static_cast<off_t>(2 * kNarrowChunkRows * column.Width() * column.bytes);
    }
    if (need <= reserved) return;
    need += kReserve / 2;
    const int error = ::posix_fallocate(descriptor, 0, need);
    if (error != 0) {
      errno = error;
      Fail("cannot be written");
    }
    reserved = need;
  }

  Hdf5Handle NewColumn(const char* name, hid_t type, std::vector<hsize_t> row,
                       std::vector<hsize_t> chunk_row, hsize_t chunk_rows, bool deflate) {
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    std::vector<hsize_t> shape = {0}, chunk = {chunk_rows};
    shape.insert(shape.end(), row.begin(), row.end());
    chunk.insert(chunk.end(), chunk_row.begin(), chunk_row.end());
    H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
    H5Pset_obj_track_times(properties.get(), false);
    if (deflate) H5Pset_deflate(properties.get(), kDeflateLevel);
    const Hdf5Handle space = Space(shape, true);
    Hdf5Handle set(
        H5Dcreate2(file.get(), name, type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
        H5Dclose);
    if (!set) Fail(std::string("cannot create dataset ") + name);
    return set;
  }

  void NewAttribute(const std::string& name, const std::string& text) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), std::max<size_t>(1, text.size()));
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle attribute(
        H5Acreate2(file.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    if (!attribute || H5Awrite(attribute.get(), type.get(), text.empty() ? "\0" : text.data()) < 0)
      Fail("cannot write attribute " + name);
  }

  /// Appends `rows` rows at row `start`.
  void AppendRows(const Hdf5Handle& set, const char* name, hid_t memory,
                  const std::vector<hsize_t>& row, hsize_t start, hsize_t rows, const void* data) {
    std::vector<hsize_t> shape = {start + rows}, from = {start}, count = {rows};
    shape.insert(shape.end(), row.begin(), row.end());
    from.insert(from.end(), row.size(), 0);
    count.insert(count.end(), row.begin(), row.end());
    errno = 0;
    if (H5Dset_extent(set.get(), shape.data()) < 0) Fail(std::string("cannot extend ") + name);
    const Hdf5Handle space(H5Dget_space(set.get()), H5Sclose);
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr);
    const Hdf5Handle block = Space(count, false);
    if (H5Dwrite(set.get(), memory, block.get(), space.get(), H5P_DEFAULT, data) < 0)
      Fail(std::string("cannot write ") + name);
  }

  void OpenSets() {
    const auto open = [&](const char* name) {
      Hdf5Handle set(H5Dopen2(file.get(), name, H5P_DEFAULT), H5Dclose);
      if (!set) Fail(std::string("has no dataset ") + name);
      return set;
    };
    pixels = open("pixels");
    for (const EpisodeColumn& column : columns) narrow.push_back(open(column.name));
    seed = open("seed");
    length = open("ep_len");
    offset = open("ep_offset");
    index = open("ep_index");
    scene = open("ep_scene");
  }
};

EpisodeWriter::EpisodeWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EpisodeWriter::EpisodeWriter(EpisodeWriter&&) noexcept = default;

EpisodeWriter::~EpisodeWriter() {
  if (!impl_) return;
  if (impl_->created && impl_->episodes == 0) impl_->Abandon();
}

EpisodeWriter EpisodeWriter::Create(const std::string& path, const EpisodeSchema& schema,
                                    int frames_per_episode, const EpisodeAttributes& attributes) {
  PEEKABOO_CHECK(frames_per_episode > 0);
  const Hdf5Lock lock;
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->schema = schema;
  impl->frames = frames_per_episode;
  impl->columns = ColumnsOf(schema);
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  impl->OpenAndLock(O_CREAT, "cannot be created");
  impl->created = true;
  errno = 0;
  impl->file =
      Hdf5Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  if (!impl->file) impl->Fail("cannot be created");
  impl->Reserve(0);
  const auto height = static_cast<hsize_t>(schema.height),
             width = static_cast<hsize_t>(schema.width);
  impl->pixels = impl->NewColumn("pixels", H5T_STD_U8LE, {height, width, 3}, {height, width, 3},
                                 static_cast<hsize_t>(frames_per_episode), true);
  for (const EpisodeColumn& column : impl->columns) {
    impl->narrow.push_back(impl->NewColumn(column.name, column.type, column.shape, column.shape,
                                           kNarrowChunkRows, true));
  }
  impl->seed = impl->NewColumn("seed", H5T_STD_U64LE, {}, {}, kNarrowChunkRows, true);
  impl->length = impl->NewColumn("ep_len", H5T_STD_I32LE, {}, {}, 1024, false);
  impl->offset = impl->NewColumn("ep_offset", H5T_STD_I64LE, {}, {}, 1024, false);
  impl->index = impl->NewColumn("ep_index", H5T_STD_U64LE, {}, {}, 1024, false);
  impl->scene = impl->NewColumn("ep_scene", H5T_STD_I32LE, {}, {}, 1024, false);
  std::string objects;
  for (const std::string& object : schema.objects)
    objects += (objects.empty() ? "" : "\n") + object;
  impl->NewAttribute("format", "peekaboo-episodes-1");
  impl->NewAttribute("objects", objects);
  for (const auto& [name, text] : attributes) impl->NewAttribute(name, text);
  if (H5Fstart_swmr_write(impl->file.get()) < 0) impl->Fail("cannot be prepared for writing");
  return EpisodeWriter(std::move(impl));
}

EpisodeWriter EpisodeWriter::Append(const std::string& path, const EpisodeSchema& schema,
                                    int frames_per_episode) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->OpenAndLock(0, "cannot be opened for writing");
  {
    const EpisodeReader reader = EpisodeReader::Open(path);
    if (!(reader.schema() == schema))
      throw UserError(path, "holds other columns, objects or picture sizes than those to be added");
    if (reader.size() > 0 && reader.frames(0) != frames_per_episode) {
      throw UserError(path, "holds episodes of " + std::to_string(reader.frames(0)) +
                                " frames, not " + std::to_string(frames_per_episode));
    }
    impl->episodes = reader.size();
  }
  const Hdf5Lock lock;
  impl->schema = schema;
  impl->frames = frames_per_episode;
  impl->columns = ColumnsOf(schema);
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  // A writer that was killed left its mark in the file; the lock says that it is gone. This is what
  // h5clear does. What it wrote of an episode that is not complete is written over.
  const hbool_t clear = true;
  H5Pset(access.get(), "clear_status_flags", &clear);
  errno = 0;
  impl->file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get()), H5Fclose);
  if (!impl->file) impl->Fail("cannot be opened for writing");
  impl->OpenSets();
  if (H5Fstart_swmr_write(impl->file.get()) < 0) impl->Fail("cannot be prepared for writing");
  return EpisodeWriter(std::move(impl));
}

CompressedEpisode EpisodeWriter::Compress(Episode episode) {
  thread_local std::unique_ptr<libdeflate_compressor, CompressorDeleter> compressor(
      libdeflate_alloc_compressor(kDeflateLevel));
  PEEKABOO_CHECK(compressor);
  CompressedEpisode out;
  out.deflated.resize(libdeflate_zlib_compress_bound(compressor.get(), episode.pixels.size()));
  const size_t size =
      libdeflate_zlib_compress(compressor.get(), episode.pixels.data(), episode.pixels.size(),
                               out.deflated.data(), out.deflated.size());
  PEEKABOO_CHECK(size > 0);
  out.deflated.resize(size);
  episode.pixels = {};
  out.episode = std::move(episode);
  return out;
}

void EpisodeWriter::Write(const CompressedEpisode& compressed) {
  PEEKABOO_CHECK(impl_ && impl_->file);
  Impl& impl = *impl_;
  Episode episode = compressed.episode;
  PEEKABOO_CHECK(episode.frames == impl.frames);
  const Hdf5Lock lock;
  const auto T = static_cast<hsize_t>(impl.frames);
  const hsize_t row = static_cast<hsize_t>(impl.episodes) * T;
  const hsize_t shape[4] = {row + T, static_cast<hsize_t>(impl.schema.height),
                            static_cast<hsize_t>(impl.schema.width), 3};
  const hsize_t at[4] = {row, 0, 0, 0};
  impl.Reserve(compressed.deflated.size());
  errno = 0;
  if (H5Dset_extent(impl.pixels.get(), shape) < 0 ||
      H5Dwrite_chunk(impl.pixels.get(), H5P_DEFAULT, 0, at, compressed.deflated.size(),
                     compressed.deflated.data()) < 0) {
    impl.Fail("cannot write pixels");
  }
  for (size_t c = 0; c < impl.columns.size(); ++c) {
    const EpisodeColumn& column = impl.columns[c];
    impl.AppendRows(impl.narrow[c], column.name, column.memory, column.shape, row, T,
                    column.data(&episode, impl.frames));
  }
  const std::vector<uint64_t> seeds(T, episode.seed);
  impl.AppendRows(impl.seed, "seed", H5T_NATIVE_UINT64, {}, row, T, seeds.data());
  const auto e = static_cast<hsize_t>(impl.episodes);
  const auto offset = static_cast<int64_t>(row);
  impl.AppendRows(impl.index, "ep_index", H5T_NATIVE_UINT64, {}, e, 1, &episode.index);
  impl.AppendRows(impl.scene, "ep_scene", H5T_NATIVE_INT32, {}, e, 1, &episode.scene);
  impl.AppendRows(impl.offset, "ep_offset", H5T_NATIVE_INT64, {}, e, 1, &offset);
  impl.AppendRows(impl.length, "ep_len", H5T_NATIVE_INT32, {}, e, 1, &impl.frames);
  ++impl.episodes;
  if (impl.episodes % kFlushEvery == 0 && H5Fflush(impl.file.get(), H5F_SCOPE_LOCAL) < 0)
    impl.Fail("cannot be written");
}

void EpisodeWriter::Close() {
  PEEKABOO_CHECK(impl_ && impl_->file);
  const Hdf5Lock lock;
  errno = 0;
  if (!impl_->Finish()) impl_->Fail("cannot be closed");
  impl_->created = false;
}

int64_t EpisodeWriter::size() const { return impl_->episodes; }

}  // namespace peekaboo::sim
