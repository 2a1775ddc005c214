#include "app/options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "base/ordered_pool.h"

namespace peekaboo::app {

int CommonOptions::Threads() const { return ThreadsOrAll(threads); }

void AddSeed(CLI::App& command, CommonOptions* options) {
  // What a TOML integer can hold, so that the resolved configuration can say it.
  command.add_option("--seed", options->seed, "Seed of every random draw")
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()))
      ->capture_default_str();
}

void AddOut(CLI::App& command, CommonOptions* options, const std::string& what,
            const std::string& fallback) {
  options->out = fallback;
  CLI::Option* option = command.add_option("--out", options->out, "Where to write " + what);
  if (fallback.empty()) {
    option->required();
  } else {
    option->capture_default_str();
  }
}

void AddJson(CLI::App& command, CommonOptions* options) {
  command.add_flag("--json", options->json, "Print JSON for machines");
}

void AddThreads(CLI::App& command, CommonOptions* options) {
  command.add_option("--threads", options->threads, "Worker threads; 0: one for each core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

void AddQuiet(CLI::App& command, CommonOptions* options) {
  command.add_flag("--quiet", options->quiet, "Print no progress line");
}

void AddPrecision(CLI::App& command, std::string* precision) {
  command
      .add_option(
          "--precision", *precision,
          "Numbers of the networks' matrix products: f32, bf16, or auto (bf16 where the processor "
          "has it)")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->capture_default_str();
}

void AddExamples(CLI::App& command, const std::string& lines) {
  command.footer("Examples:\n" + lines);
}

}  // namespace peekaboo::app
