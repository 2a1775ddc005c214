#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>

#include "tests/temp_folder.h"

namespace peekaboo {

/// For EXPECT_EXIT: `body`, in a process that can write no file beyond `bytes` (what a full disk
/// looks like). Exits with 0 if body throws a UserError whose text contains `expected` and `after`
/// then holds.
[[noreturn]] inline void OnSmallDisk(rlim_t bytes, const char* expected,
                                     const std::function<void()>& body,
                                     const std::function<bool()>& after) {
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const std::string error = ErrorOf(body);
  const bool said = error.find(expected) != std::string::npos;
  const bool left = after();
  if (!said || !left) {
    const rlimit none{RLIM_INFINITY, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
    std::fprintf(stderr, "error: %s; what is left is %s\n", error.c_str(),
                 left ? "right" : "wrong");
  }
  ::_exit(said && left ? 0 : 1);
}

}  // namespace peekaboo
