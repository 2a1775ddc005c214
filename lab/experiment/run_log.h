#pragma once

#include <string>

#include "lab/experiment/provenance.h"

namespace peekaboo::lab {

/// One piece of work in `log.txt` of a run's folder: a line when it begins and one when it ends,
/// each with the time (UTC) and the program's version and commit.
class RunLog {
 public:
  /// Adds the first line. `directory` must exist. Throws UserError naming the file if it cannot be
  /// written.
  RunLog(const Provenance& provenance, const std::string& directory, const std::string& work);
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;
  /// Work that did not end otherwise ended by an error.
  ~RunLog();

  /// Adds the last line. Throws as the constructor does.
  void End(const std::string& how);

 private:
  void Add(const std::string& what) const;

  Provenance provenance_;
  std::string path_;
  bool ended_ = false;
};

}  // namespace peekaboo::lab
