#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <thread>

#include "agent/learning/clip_source.h"
#include "base/bounded_queue.h"

namespace peekaboo::agent {

/// Prepares the batches of coming steps on a thread of its own, so that training never waits for
/// data. Next() belongs to one thread. What the data thread throws, Next() throws.
class Prefetcher {
 public:
  /// Borrows `source`; batches of first_step, first_step + 1, ...; at most `depth` wait.
  /// `progress`, of a step, is called on the data thread.
  Prefetcher(const ClipSource& source, int64_t first_step,
             std::function<double(int64_t step)> progress, int depth = 3);
  ~Prefetcher();

  worldmodel::Batch Next();
  /// Seconds that Next() has spent waiting since the beginning.
  double waited_seconds() const { return waited_seconds_; }

 private:
  void Run(int64_t step);

  const ClipSource& source_;
  const std::function<double(int64_t)> progress_;
  BoundedQueue<worldmodel::Batch> ready_;
  std::exception_ptr failure_;  // written before ready_ is closed, read after
  double waited_seconds_ = 0;
  std::jthread thread_;
};

}  // namespace peekaboo::agent
