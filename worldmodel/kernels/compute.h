#pragma once

#include <cstdint>
#include <functional>

namespace peekaboo::worldmodel {

/// Sets how many threads WorldModel and Trainer calls made *from the calling thread* may use; 0
/// means all processors, which is also what a thread that never calls this gets. Each thread that
/// learns or perceives calls it for itself once.
void SetComputeThreads(int threads);

/// What the calling thread uses now.
int ComputeThreads();

/// From now on LibTorch's and oneDNN's own operations run on the calling thread alone. Their OpenMP
/// threads spin while they wait for each other: if another program keeps one processor busy, all of
/// them wait for it. Everything here calls it before it computes.
void UseNoOtherThreads();

/// Calls task(i) once for each i in [0, count) on the calling thread's compute threads, and returns
/// when all are done (WorkerTeam::Run). Tasks are few and long, tenths of milliseconds at
/// least. A task that itself calls this runs the inner tasks one after another, if it is one of
/// several. LibTorch records gradients in the tasks if it does so in the caller.
void ParallelFor(int64_t count, const std::function<void(int64_t)>& task);

}  // namespace peekaboo::worldmodel
