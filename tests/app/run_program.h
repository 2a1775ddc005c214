#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/temp_folder.h"

namespace peekaboo::app {

/// Whether the program runs where files may not grow: ThreadSanitizer keeps what it knows of
/// constants in one.
#ifdef __SANITIZE_THREAD__
inline constexpr bool kFilesMayBeLimited = false;
#else
inline constexpr bool kFilesMayBeLimited = true;
#endif

/// What a run of the program gave.
struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// Runs the program; `redirect` replaces the capture of stdout ("> /dev/full"), `before` is what
/// the shell does first ("ulimit -f 100; ").
inline Outcome RunProgram(const std::vector<std::string>& arguments,
                          const std::string& redirect = "", const std::string& before = "") {
  const TempFolder folder;
  std::string command = before + "'" PEEKABOO_PROGRAM "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  command += redirect.empty() ? " >'" + (folder / "out") + "'" : " " + redirect;
  command += " 2>'" + (folder / "err") + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadBytes(folder / "out"),
          ReadBytes(folder / "err")};
}

}  // namespace peekaboo::app
