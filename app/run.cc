#include "app/run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "app/build.h"
#include "app/commands.h"
#include "base/error.h"
#include "base/suggest.h"
#include "base/text.h"

namespace peekaboo::app {
namespace {

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kBadInput = 2;

/// CLI11 would call a mistyped subcommand an unexpected argument.
void CheckSubcommand(int argc, const char* const* argv, std::span<const Subcommand> commands) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const Subcommand& command : commands) {
    if (std::strcmp(command.name, argv[1]) == 0) return;
    names.emplace_back(command.name);
  }
  throw UserError(argv[1], "unknown subcommand" + Suggest(argv[1], names));
}

int RunOrThrow(int argc, const char* const* argv, std::span<const Subcommand> more) {
  std::vector<Subcommand> commands(more.begin(), more.end());
  commands.insert(commands.end(), Subcommands().begin(), Subcommands().end());
  CheckSubcommand(argc, argv, commands);
  CLI::App program("Peekaboo: a physics sandbox in which a machine infant learns.", "peekaboo");
  program.set_version_flag("--version", BuildName());
  program.require_subcommand(1);
  program.footer("`peekaboo SUBCOMMAND --help` shows its flags and examples.");
  struct Entry {
    CLI::App* app;
    SubcommandFn action;
  };
  std::vector<Entry> entries;
  for (const Subcommand& command : commands) {
    CLI::App* app = program.add_subcommand(command.name, command.help);
    entries.push_back({app, command.add(*app)});
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help, --version
    const std::vector<CLI::App*> chosen = program.get_subcommands();
    const std::string name = chosen.empty() ? "" : chosen.front()->get_name();
    throw UserError(name, fmt::format("{} (see peekaboo {}--help)", error.what(),
                                      name.empty() ? "" : name + " "));
  }
  for (const Entry& entry : entries) {
    if (entry.app->parsed()) return entry.action();
  }
  return kOk;
}

/// Messages are one line, whatever an exception (LibTorch's bring a stack trace) put into them.
void Complain(const char* kind, const std::string& message) {
  const std::string line = Printable(message.substr(0, message.find('\n')));
  std::fprintf(stderr, "peekaboo: %s%s\n", kind, line.c_str());
}

}  // namespace

int Run(int argc, const char* const* argv, std::span<const Subcommand> more) {
  // A file that grows past a quota is an error that names it, like a full disk, not a kill.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const int code = RunOrThrow(argc, argv, more);
    // A full disk behind a redirected stdout shows only here.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      throw UserError("standard output", std::strerror(errno));
    }
    return code;
  } catch (const UserError& error) {
    Complain("", error.what());
    return kBadInput;
  } catch (const std::bad_alloc&) {
    Complain("", "out of memory");
  } catch (const std::exception& error) {
    Complain("internal error: ", error.what());
  } catch (...) {
    Complain("internal error: ", "an exception of unknown type");
  }
  return kFailed;
}

}  // namespace peekaboo::app
