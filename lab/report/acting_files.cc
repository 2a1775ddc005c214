#include "lab/report/acting_files.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/folder.h"
#include "lab/report/media.h"

namespace fs = std::filesystem;

namespace peekaboo::lab {
namespace {

fs::path Acting(const std::string& directory) { return fs::path(directory) / "acting"; }

// "push" of "tasks/push" and of "my/push.toml".
std::string ShortName(const std::string& task) { return fs::path(task).stem().string(); }

// Who stands above whom, and what a file's name ends in.
std::pair<int, std::string> Actor(const PlanningResults& results) {
  if (results.who == PlanningResults::kSimulator) return {1, "-simulator"};
  if (results.who == PlanningResults::kRandom) return {2, "-random"};
  return {0, ""};
}

// Of a folder, those with that ending, by name.
std::vector<fs::path> FilesOf(const fs::path& folder, const char* ending) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ending) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<std::vector<uint8_t>> LoadStrips(const fs::path& folder) {
  std::vector<std::vector<uint8_t>> strips;
  for (const fs::path& file : FilesOf(folder, ".png")) strips.push_back(ReadPng(file.string()));
  return strips;
}

}  // namespace

std::string UnfinishedFilms(const std::string& directory, const std::string& task) {
  return (Acting(directory) / (ShortName(task) + ".partial")).string();
}

void SaveActing(const std::string& directory, const PlanningResults& results) {
  const fs::path folder = Acting(directory);
  MakeFolder(folder.string());
  const auto [rank, ending] = Actor(results);
  const std::string name = ShortName(results.task);
  const fs::path made = UnfinishedFilms(directory, results.task), films = folder / name;
  std::error_code error;
  if (rank == 0 && fs::exists(made, error)) {
    fs::remove_all(films, error);
    fs::rename(made, films, error);
    if (error) throw UserError(films.string(), "cannot be written: " + error.message());
  }
  WriteFileAtomically((folder / (name + ending + ".json")).string(), PlanningJson(results));
}

bool HasActing(const std::string& directory) {
  return !FilesOf(Acting(directory), ".json").empty();
}

std::vector<ReportTask> LoadActing(const std::string& directory) {
  std::vector<ReportTask> tasks;
  for (const fs::path& file : FilesOf(Acting(directory), ".json")) {
    ReportTask task{ParsePlanning(file.string(), ReadSmallFile(file.string())), {}};
    if (Actor(task.results).first == 0) task.strips = LoadStrips(file.parent_path() / file.stem());
    tasks.push_back(std::move(task));
  }
  std::ranges::stable_sort(tasks, {}, [](const ReportTask& task) {
    return std::tuple(task.results.task, Actor(task.results).first);
  });
  return tasks;
}

}  // namespace peekaboo::lab
