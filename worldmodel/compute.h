#pragma once

namespace peekaboo::worldmodel {

/// Sets how many threads WorldModel and Trainer calls made *from the calling thread* may use; 0
/// means all processors, which is also what a thread that never calls this gets. Each thread that
/// learns or perceives calls it for itself once; nothing else is affected.
void SetComputeThreads(int threads);

/// What the calling thread uses now.
int ComputeThreads();

}  // namespace peekaboo::worldmodel
