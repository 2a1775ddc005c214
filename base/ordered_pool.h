#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace peekaboo {

/// Processors that this process may use, at least 1: those of the machine, less those that its
/// affinity (taskset) or a container's quota (cgroup cpu.max) keep from it. Read once.
int Processors();
/// What a number of threads means: 0 (or less) is one a processor.
inline int ThreadsOrAll(int threads) { return threads > 0 ? threads : Processors(); }

/// Computes results 0 .. count-1 on `threads` threads and hands them to `consume` in that order, on
/// the calling thread; so what is written does not depend on the number of threads. `make_worker`
/// runs once on each thread (it may make a GL context current there) and returns what computes one
/// result. No more than a few results a thread are ever waiting. `consume` returns false to stop
/// early. The first exception of any thread ends all and is thrown here.
template <typename Result>
void RunOrdered(int threads, int64_t count,
                const std::function<std::function<Result(int64_t)>()>& make_worker,
                const std::function<bool(int64_t, Result)>& consume) {
  threads = static_cast<int>(std::clamp<int64_t>(threads, 1, std::max<int64_t>(1, count)));
  const int64_t window = 4 * threads;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<int64_t, Result> done;
  std::exception_ptr failure;
  int64_t next = 0;      // to be computed
  int64_t consumed = 0;  // handed over
  bool stop = false;

  const auto work = [&] {
    try {
      const auto compute = make_worker();
      while (true) {
        int64_t index = 0;
        {
          std::unique_lock lock(mutex);
          changed.wait(lock, [&] { return stop || next >= count || next < consumed + window; });
          if (stop || next >= count) return;
          index = next++;
        }
        Result result = compute(index);
        std::lock_guard lock(mutex);
        done.emplace(index, std::move(result));
        changed.notify_all();
      }
    } catch (...) {
      std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      stop = true;
      changed.notify_all();
    }
  };

  std::vector<std::jthread> pool;
  try {
    for (int i = 0; i < threads; ++i) pool.emplace_back(work);
    while (consumed < count) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return stop || done.count(consumed) > 0; });
      if (stop) break;
      Result result = std::move(done.extract(consumed).mapped());
      lock.unlock();
      const bool go_on = consume(consumed, std::move(result));
      lock.lock();
      ++consumed;
      stop = stop || !go_on;
      changed.notify_all();
      if (stop) break;
    }
  } catch (...) {
    std::lock_guard lock(mutex);
    if (!failure) failure = std::current_exception();
    stop = true;
    changed.notify_all();
  }
  pool.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace peekaboo
