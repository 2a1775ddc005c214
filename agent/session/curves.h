#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/session/snapshot.h"
#include "base/atomic_file.h"

namespace peekaboo::agent {

/// Tables for other programs (CSV with a header line, RFC 4180), replaced as a whole. Throw
/// UserError naming the file when it cannot be written. Any thread.

/// A line a moment: moment, episode, frame, time [s], the error of each horizon, the surprise
/// (empty where there is none), the model's version and what happened.
void WriteSurprise(const MindSnapshot& mind, const std::string& path);

/// The same of a session that outlives its history. One thread.
class SurpriseTable {
 public:
  /// Throws UserError when there can be no such file.
  explicit SurpriseTable(const std::string& path) : file_(path) {}

  /// The moments after the last that it has. Those that people went back from and lived anew stay
  /// as they were first.
  void Add(const MindSnapshot& mind);
  /// Puts the file in its place. Once.
  void Commit();

 private:
  std::string Header(const MindSnapshot& mind);

  AtomicFile file_;
  bool begun_ = false;
  std::vector<int> horizons_;
  int64_t last_ = -1;
};

/// A line a point of the learning curves.
void WriteLearning(const LearningSnapshot& learning, const std::string& path);

}  // namespace peekaboo::agent
