#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "base/ordered_pool.h"

namespace peekaboo {
namespace {

int Allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

// Processors' worth of time that the control group grants ("max 100000" or "150000 100000"),
// rounded up; `most` if it sets no limit.
int Quota(int most) {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || !(period > 0)) return most;
  const double share = std::strtod(quota.c_str(), nullptr) / period;
  return share > 0 && share < most ? std::max(1, static_cast<int>(std::ceil(share))) : most;
}

}  // namespace

int Processors() {
  static const int count = Quota(Allowed());
  return count;
}

}  // namespace peekaboo
