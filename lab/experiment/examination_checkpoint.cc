#include "lab/experiment/examination_checkpoint.h"

#include <filesystem>

#include "base/error.h"
#include "base/folder.h"
#include "lab/battery/battery.h"
#include "lab/report/media.h"

namespace fs = std::filesystem;

namespace peekaboo::lab {
namespace {

constexpr std::chrono::seconds kBetweenSaves(60);

}  // namespace

ExaminationCheckpoint::ExaminationCheckpoint(const std::string& directory, const VoeResults& header)
    : directory_(directory),
      results_path_((fs::path(directory) / "voe.partial.json").string()),
      films_path_((fs::path(directory) / "media.partial").string()) {
  std::error_code error;
  if (!fs::exists(results_path_, error)) return;
  try {
    VoeResults before = LoadResults(results_path_);
    is_another_ = !SameExamination(before, header);
    if (!is_another_) before_ = std::move(before);
  } catch (const UserError&) {
    // Damaged, or of another version: what it held is examined again.
  }
}

ExaminationCheckpoint::~ExaminationCheckpoint() {
  try {
    Save();
  } catch (const UserError&) {
    // The error that ended the examination is the one to report.
  }
}

void ExaminationCheckpoint::Begin() {
  MakeFolder(directory_);
  std::error_code error;
  if (before_.scenes.empty()) {
    fs::remove(results_path_, error);
    fs::remove_all(films_path_, error);
  }
}

void ExaminationCheckpoint::AddFilm(const SceneResult& scene, int member, const sim::Episode& film,
                                    double fps) {
  SaveExampleFilm(films_path_, scene, member, film, fps);
}

void ExaminationCheckpoint::Update(const VoeResults& so_far) {
  so_far_ = so_far;
  changed_ = true;
  if (std::chrono::steady_clock::now() - saved_ > kBetweenSaves) Save();
}

void ExaminationCheckpoint::Save() {
  if (!changed_) return;
  changed_ = false;
  SaveUnfinished(results_path_, so_far_);
  saved_ = std::chrono::steady_clock::now();
}

void ExaminationCheckpoint::PublishFilms() {
  if (!fs::exists(films_path_)) return;
  const fs::path films = fs::path(directory_) / "media";
  std::error_code error;
  fs::remove_all(films, error);
  fs::rename(films_path_, films, error);
  if (error) throw UserError(films.string(), "cannot be written: " + error.message());
}

void ExaminationCheckpoint::Remove() {
  changed_ = false;
  std::error_code error;
  fs::remove(results_path_, error);
}

}  // namespace peekaboo::lab
