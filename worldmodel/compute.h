#pragma once

#include <cstdint>
#include <functional>

namespace peekaboo::worldmodel {

/// Sets how many threads WorldModel and Trainer calls made *from the calling thread* may use; 0
/// means all processors, which is also what a thread that never calls this gets. Each thread that
/// learns or perceives calls it for itself once; nothing else is affected. LibTorch's own
/// operations run on the calling thread alone: its OpenMP threads spin where they wait, which one
/// other busy program on the machine turns into a standstill.
void SetComputeThreads(int threads);

/// What the calling thread uses now.
int ComputeThreads();

/// Calls task(i) once for each i in [0, count) on the calling thread's compute threads, and returns
/// when all are done (sim::WorkerTeam::Run). Tasks are few and long, tenths of milliseconds at
/// least. A task that itself calls this runs the inner tasks one after another. Gradients are off
/// or on in each task as they are for a new thread: on.
void ParallelFor(int64_t count, const std::function<void(int64_t)>& task);

}  // namespace peekaboo::worldmodel
