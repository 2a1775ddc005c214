#include "worldmodel/kernels/compute.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <memory>

#include "base/check.h"
#include "base/ordered_pool.h"
#include "base/worker_team.h"

namespace peekaboo::worldmodel {
namespace {

struct Threads {
  int count = Processors();
  std::unique_ptr<WorkerTeam> team;  // made when it is first needed
  bool busy = false;                 // inside ParallelFor
};

// Of the calling thread, as LibTorch's number of threads is.
Threads& OwnThreads() {
  thread_local Threads threads;
  return threads;
}

void BeginWorker() { SetComputeThreads(1); }

}  // namespace

void SetComputeThreads(int threads) {
  PEEKABOO_CHECK(threads >= 0);
  Threads& own = OwnThreads();
  PEEKABOO_CHECK(!own.busy);
  UseNoOtherThreads();
  own.count = ThreadsOrAll(threads);
  if (own.team && own.team->threads() != own.count) own.team.reset();
}

int ComputeThreads() { return OwnThreads().count; }

void UseNoOtherThreads() {
  thread_local bool done = false;
  if (!done) at::set_num_threads(1);
  done = true;
}

void ParallelFor(int64_t count, const std::function<void(int64_t)>& task) {
  UseNoOtherThreads();
  Threads& own = OwnThreads();
  if (count <= 1 || own.count == 1 || own.busy) {
    for (int64_t i = 0; i < count; ++i) task(i);
    return;
  }
  if (!own.team) own.team = std::make_unique<WorkerTeam>(own.count, BeginWorker);
  struct Busy {
    explicit Busy(bool* flag) : flag(flag) { *flag = true; }
    ~Busy() { *flag = false; }
    bool* flag;
  } const busy(&own.busy);
  const bool gradients = at::GradMode::is_enabled();
  own.team->Run(count, [&](int64_t i) {
    const at::AutoGradMode mode(gradients);
    task(i);
  });
}

}  // namespace peekaboo::worldmodel
