#include "app/inspect.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "app/commands.h"
#include "app/options.h"
#include "base/error.h"
#include "sim/scene/bare_scene.h"
#include "sim/scene/scene.h"

namespace peekaboo::app {
namespace {

enum class FileKind { kDataset, kModel, kScene, kRun, kUnknown };

/// Kinds are told by content; a damaged file by its name, so that the error can say what is wrong.
FileKind KindOfFile(const std::string& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) throw UserError(path, "no such file, and no such scene");
  if (std::filesystem::is_directory(status)) return FileKind::kRun;
  if (!std::filesystem::is_regular_file(status)) throw UserError(path, "not a regular file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) throw UserError(path, "cannot be opened for reading");
  char head[9] = {};
  const std::string_view start(head, std::fread(head, 1, sizeof(head), file.get()));
  if (start.starts_with("\x89HDF\r\n\x1a\n")) return FileKind::kDataset;
  // A safetensors file is 8 bytes of header length, then JSON.
  if (start.size() == 9 && start[8] == '{') return FileKind::kModel;
  if (path.ends_with(".toml") || sim::IsBareScene(path)) return FileKind::kScene;
  if (path.ends_with(".h5")) return FileKind::kDataset;
  if (path.ends_with(".safetensors")) return FileKind::kModel;
  return FileKind::kUnknown;
}

/// Scenes may be named as everywhere else ("voe/support/car"); files that exist come first.
std::string SceneOrFile(const std::string& name) {
  std::error_code error;
  if (std::filesystem::exists(name, error)) return name;
  try {
    return sim::FindScene(name);
  } catch (const UserError&) {
    return name;
  }
}

Inspection Inspect(const std::string& path) {
  switch (KindOfFile(path)) {
    case FileKind::kDataset:
      return InspectDataset(path);
    case FileKind::kModel:
      return InspectModel(path);
    case FileKind::kScene:
      return InspectScene(path);
    case FileKind::kRun:
      return InspectRun(path);
    case FileKind::kUnknown:
      break;
  }
  throw UserError(path,
                  "neither a dataset (.h5), a model (.safetensors), a scene (.toml, .xml) nor a "
                  "run (a folder)");
}

struct InspectOptions {
  CommonOptions common;
  std::vector<std::string> files;
};

int RunInspect(const InspectOptions& options) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    Inspection inspection = Inspect(SceneOrFile(file));
    if (options.common.json) {
      all.push_back(std::move(inspection.json));
    } else {
      std::printf("%s\n", inspection.text.c_str());
    }
  }
  if (options.common.json) {
    // Files may hold strings that are not UTF-8; JSON may not.
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    std::printf("%s\n", all.dump(2, ' ', false, replace).c_str());
  }
  return 0;
}

}  // namespace

SubcommandFn AddInspect(CLI::App& command) {
  auto options = std::make_shared<InspectOptions>();
  command
      .add_option(
          "file", options->files,
          "Datasets, models, scenes (by name or file), trainings and examinations (folders)")
      ->required();
  AddJson(command, &options->common);
  AddExamples(command,
              "  peekaboo inspect data/nursery.h5\n"
              "  peekaboo inspect nursery voe/support/car runs/first\n"
              "  peekaboo inspect --json runs/first/model.safetensors");
  return [options] { return RunInspect(*options); };
}

}  // namespace peekaboo::app
