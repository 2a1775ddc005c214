#include "worldmodel/compute.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include "sim/check.h"

namespace peekaboo::worldmodel {

void SetComputeThreads(int threads) {
  PEEKABOO_CHECK(threads >= 0);
  at::set_num_threads(threads == 0 ? omp_get_num_procs() : threads);
}

int ComputeThreads() { return at::get_num_threads(); }

}  // namespace peekaboo::worldmodel
