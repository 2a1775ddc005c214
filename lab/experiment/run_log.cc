#include "lab/experiment/run_log.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/text.h"

namespace peekaboo::lab {

RunLog::RunLog(const Provenance& provenance, const std::string& directory, const std::string& work)
    : provenance_(provenance), path_((std::filesystem::path(directory) / "log.txt").string()) {
  Add(work);
}

RunLog::~RunLog() {
  if (ended_) return;
  try {
    Add("ended by an error");
  } catch (const UserError&) {
    // The error that ended the work is the one to report.
  }
}

void RunLog::End(const std::string& how) {
  ended_ = true;
  Add(how);
}

void RunLog::Add(const std::string& what) const {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char time[32];
  std::strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%SZ", &utc);
  std::ofstream file(path_, std::ios::app);
  file << time << ' ' << provenance_.program;
  if (!provenance_.commit.empty()) file << ' ' << provenance_.commit;
  file << ": " << Printable(what) << '\n';
  if (!file.flush())
    throw UserError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace peekaboo::lab
