#include "sim/episode/disk_reserve.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace peekaboo::sim {
namespace {

/// Asked for at once where there is room, so that most calls need not ask.
constexpr int64_t kStep = int64_t{16} << 20;  // bytes

}  // namespace

DiskReserve::DiskReserve(const std::string& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor_ < 0) {
    throw UserError(path, std::string("cannot be opened for writing: ") + std::strerror(errno));
  }
  // A lock of the open file: it ends with the process, however that ends, and has nothing to do
  // with the locks of HDF5. A file system without locks does not keep anybody from writing.
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(descriptor_, F_OFD_SETLK, &lock) < 0 && (errno == EAGAIN || errno == EACCES)) {
    ::close(std::exchange(descriptor_, -1));
    throw UserError(path, "is being written by another process, or twice by this one");
  }
}

DiskReserve::DiskReserve(DiskReserve&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      reserved_(other.reserved_) {}

DiskReserve::~DiskReserve() {
  if (descriptor_ < 0) return;
  Trim();
  ::close(descriptor_);
}

void DiskReserve::Require(int64_t end) {
  if (end <= reserved_) return;
  if (Allocate(end + kStep) == 0) {
    reserved_ = end + kStep;
    return;
  }
  if (const int error = Allocate(end)) {
    throw UserError(path_, std::string("cannot be written: ") + std::strerror(error));
  }
  reserved_ = end;
}

int DiskReserve::Allocate(int64_t end) const {
  rlimit limit;
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      static_cast<rlim_t>(end) > limit.rlim_cur) {
    return EFBIG;
  }
  int result = 0;
  do {
    // From the beginning: what the library has set aside but not written yet are holes.
    result = ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, 0, end);
  } while (result < 0 && errno == EINTR);
  if (result == 0) return 0;
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return errno;
  // This file system reserves nothing: all we can know is that there is room now.
  struct stat file;
  struct statvfs disk;
  if (::fstat(descriptor_, &file) < 0 || ::fstatvfs(descriptor_, &disk) < 0) return errno;
  const auto room = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  return end - file.st_size > room ? ENOSPC : 0;
}

void DiskReserve::Trim() {
  struct stat file;
  if (::fstat(descriptor_, &file) == 0) (void)!::ftruncate(descriptor_, file.st_size);
  reserved_ = 0;
}

void DiskReserve::Sync() {
  Trim();
  if (::fsync(descriptor_) < 0) {
    throw UserError(path_, std::string("cannot be written: ") + std::strerror(errno));
  }
}

}  // namespace peekaboo::sim
