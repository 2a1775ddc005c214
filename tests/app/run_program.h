#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace peekaboo::app {

/// A folder of its own for one test, removed at the end.
class TestFolder {
 public:
  TestFolder() {
    std::string name = ::testing::TempDir() + "peekaboo_app_XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string Path(const std::string& name) const { return (path_ / name).string(); }
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

 private:
  std::filesystem::path path_;
};

inline std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

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
  const TestFolder folder;
  std::string command = before + "'" PEEKABOO_PROGRAM "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  command += redirect.empty() ? " >'" + folder.Path("out") + "'" : " " + redirect;
  command += " 2>'" + folder.Path("err") + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadAll(folder.Path("out")),
          ReadAll(folder.Path("err"))};
}

}  // namespace peekaboo::app
