#include <fcntl.h>
#include <fmt/format.h>
#include <libdeflate.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "sim/episode/disk_reserve.h"
#include "sim/episode/episode_datasets.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/hdf5_handle.h"

namespace peekaboo::sim {
namespace {

/// Fast; one more level costs time and saves little on rendered pictures.
constexpr int kDeflateLevel = 1;
/// Episodes between commits: what a reader of the growing file may lag behind, and the length of a
/// chunk of the narrow columns, which are so deflated only once.
constexpr int kCommitEvery = 32;
/// What HDF5's own book-keeping may take between two commits.
constexpr int64_t kBookkeeping = int64_t{1} << 20;  // bytes

struct CompressorDeleter {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};

/// Settings for opening a file to write it. `recover`: a mark that a killed writer left is ignored.
Hdf5Handle WriteAccess(bool recover) {
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  if (recover) {
    // The property by which the tool h5clear does it; HDF5 has no function for it.
    const hbool_t clear = true;
    H5Pset(access.get(), "clear_status_flags", &clear);
  }
  return access;
}

}  // namespace

struct EpisodeWriter::Impl {
  std::string path;    // as the user named it
  std::string actual;  // where the file is: beside `path` until it is set up
  EpisodeSchema schema;
  int frames = 0;
  bool created = false;   // by us, and to be removed if it fails
  int64_t committed = 0;  // episodes that a reader sees
  int64_t pending = 0;    // episodes since
  std::optional<DiskReserve> disk;
  Hdf5Handle file;
  EpisodeDatasets sets;

  /// Closes without a word; removes the file if we made it.
  void Abandon() {
    sets = {};
    file.Reset();
    disk.reset();
    if (created) ::unlink(actual.c_str());
    created = false;
  }

  /// Room for the next episode and for closing the file after it.
  void Reserve(size_t pixel_bytes) {
    hsize_t size = 0;
    if (H5Fget_filesize(file.get(), &size) < 0) throw UserError(path, "its size: " + Hdf5Reason());
    const int64_t narrow = 2 * sets.NarrowBytes() * kCommitEvery * frames;
    disk->Require(static_cast<int64_t>(size + pixel_bytes) + narrow + kBookkeeping);
  }

  void Flush() {
    if (H5Fflush(file.get(), H5F_SCOPE_LOCAL) < 0) {
      throw UserError(path, "cannot be written: " + Hdf5Reason());
    }
  }

  /// Makes the pending episodes part of the file: the frames reach it first, `ep_len` last. So
  /// whoever looks at the file at any moment, or after we were killed, finds whole episodes.
  void Commit() {
    if (pending == 0) return;
    Flush();
    sets.AppendEpisodes(committed, pending, frames);
    Flush();
    committed += std::exchange(pending, 0);
  }

  /// Runs `body`; if it fails the file is closed, and removed if it is ours.
  template <typename Body>
  void OrAbandon(const Body& body) {
    try {
      body();
    } catch (const UserError&) {
      Abandon();
      throw;
    }
  }
};

EpisodeWriter::EpisodeWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EpisodeWriter::EpisodeWriter(EpisodeWriter&&) noexcept = default;

EpisodeWriter::~EpisodeWriter() {
  if (!impl_ || !impl_->file) return;
  const Hdf5Lock lock;
  try {
    impl_->Commit();
    impl_->created = impl_->created && impl_->committed == 0;
  } catch (const UserError&) {
    // Who needs to know calls Close.
  }
  impl_->Abandon();
}

EpisodeWriter EpisodeWriter::Create(const std::string& path, const EpisodeSchema& schema,
                                    int frames_per_episode, const EpisodeAttributes& attributes) {
  PEEKABOO_CHECK(frames_per_episode > 0 && schema.height > 0 && schema.width > 0);
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  if (kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::none &&
      kind != std::filesystem::file_type::regular) {
    throw UserError(path, "cannot be created: it is there and is not a regular file");
  }
  const Hdf5Lock lock;
  // Held until the new file is in its place, so that nobody's recording goes away under him.
  std::optional<DiskReserve> old;
  if (kind == std::filesystem::file_type::regular) old.emplace(path);
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->actual = fmt::format("{}.tmp-{}", path, ::getpid());
  impl->schema = schema;
  impl->frames = frames_per_episode;
  const int made = ::open(impl->actual.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (made < 0) throw UserError(path, fmt::format("cannot be created: {}", std::strerror(errno)));
  ::close(made);
  impl->created = true;
  impl->OrAbandon([&] {
    const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation.get(), false);  // the same episodes, the same bytes
    const Hdf5Handle access = WriteAccess(false);
    impl->file = {H5Fcreate(impl->actual.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()),
                  H5Fclose};
    if (!impl->file) throw UserError(path, "cannot be created: " + Hdf5Reason());
    impl->disk.emplace(impl->actual);
    impl->disk->Rename(path);
    size_t text = 0;
    for (const auto& [name, value] : attributes) text += name.size() + value.size();
    impl->disk->Require(static_cast<int64_t>(2 * text) + kBookkeeping);
    impl->sets =
        EpisodeDatasets::Create(path, impl->file, schema, frames_per_episode, kCommitEvery);
    WriteTexts(path, impl->file, schema, attributes);
    impl->Reserve(0);
    if (H5Fstart_swmr_write(impl->file.get()) < 0) {
      throw UserError(path, "cannot be prepared for writing: " + Hdf5Reason());
    }
    impl->Flush();
    if (::rename(impl->actual.c_str(), path.c_str()) < 0) {
      throw UserError(path, fmt::format("cannot be created: {}", std::strerror(errno)));
    }
    impl->actual = path;
  });
  return EpisodeWriter(std::move(impl));
}

EpisodeWriter EpisodeWriter::Append(const std::string& path, const EpisodeSchema& schema,
                                    int frames_per_episode) {
  auto impl = std::make_unique<Impl>();
  impl->path = impl->actual = path;
  impl->schema = schema;
  impl->frames = frames_per_episode;
  // Held before anything is looked at: a mark in the file is then that of a killed writer.
  impl->disk.emplace(path);
  {
    const EpisodeReader reader = EpisodeReader::Open(path);
    if (!(reader.schema() == schema)) {
      throw UserError(path, "holds other columns, objects or picture sizes than those to be added");
    }
    for (int64_t i = 0; i < reader.size(); ++i) {
      if (reader.frames(i) != frames_per_episode) {
        throw UserError(path, fmt::format("holds episodes of {} frames, not {}", reader.frames(i),
                                          frames_per_episode));
      }
    }
    impl->committed = reader.size();
  }
  const Hdf5Lock lock;
  impl->OrAbandon([&] {
    {
      const Hdf5Handle access = WriteAccess(true);
      impl->file = {H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get()), H5Fclose};
    }
    if (!impl->file) throw UserError(path, "cannot be opened for writing: " + Hdf5Reason());
    impl->sets = EpisodeDatasets::Open(path, impl->file, schema, frames_per_episode);
    impl->Reserve(0);
    impl->sets.Truncate(impl->committed, frames_per_episode);
    if (H5Fstart_swmr_write(impl->file.get()) < 0) {
      throw UserError(path, "cannot be prepared for writing: " + Hdf5Reason());
    }
  });
  return EpisodeWriter(std::move(impl));
}

CompressedEpisode EpisodeWriter::Compress(Episode episode) {
  thread_local std::unique_ptr<libdeflate_compressor, CompressorDeleter> compressor(
      libdeflate_alloc_compressor(kDeflateLevel));
  PEEKABOO_CHECK(compressor);
  CompressedEpisode out;
  out.pixel_bytes = episode.pixels.size();
  out.deflated.resize(libdeflate_zlib_compress_bound(compressor.get(), out.pixel_bytes));
  const size_t size =
      libdeflate_zlib_compress(compressor.get(), episode.pixels.data(), out.pixel_bytes,
                               out.deflated.data(), out.deflated.size());
  PEEKABOO_CHECK(size > 0);
  out.deflated.resize(size);
  out.deflated
      .shrink_to_fit();  // the bound is as large as the pixels, and many may wait in a queue
  episode.pixels = {};
  out.episode = std::move(episode);
  return out;
}

void EpisodeWriter::Write(const CompressedEpisode& compressed) {
  PEEKABOO_CHECK(impl_ && impl_->file);
  Impl& impl = *impl_;
  const EpisodeSchema& schema = impl.schema;
  PEEKABOO_CHECK(compressed.episode.frames == impl.frames);
  PEEKABOO_CHECK(compressed.pixel_bytes ==
                 static_cast<size_t>(impl.frames) * schema.height * schema.width * 3);
  const Hdf5Lock lock;
  impl.OrAbandon([&] {
    try {
      impl.Reserve(compressed.deflated.size());
    } catch (const UserError&) {
      impl.Commit();  // on a full disk there is room for this, reserved with the episodes before
      throw;
    }
    impl.sets.AppendFrames(impl.committed + impl.pending, compressed);
    if (++impl.pending == kCommitEvery) impl.Commit();
  });
}

void EpisodeWriter::Commit() {
  PEEKABOO_CHECK(impl_ && impl_->file);
  const Hdf5Lock lock;
  impl_->OrAbandon([&] { impl_->Commit(); });
}

void EpisodeWriter::Close() {
  PEEKABOO_CHECK(impl_ && impl_->file);
  Impl& impl = *impl_;
  const Hdf5Lock lock;
  impl.OrAbandon([&] {
    impl.Commit();
    impl.sets = {};
    if (!impl.file.Reset()) throw UserError(impl.path, "cannot be closed: " + Hdf5Reason());
    impl.disk->Sync();
  });
  impl.disk.reset();
  impl.created = false;
}

int64_t EpisodeWriter::size() const { return impl_->committed + impl_->pending; }

}  // namespace peekaboo::sim
