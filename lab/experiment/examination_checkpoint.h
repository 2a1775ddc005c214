#pragma once

#include <chrono>
#include <string>

#include "lab/statistics/results.h"
#include "sim/episode/episode.h"

namespace peekaboo::lab {

/// What an examination that goes on keeps in its folder so that it can be stopped and go on:
/// `voe.partial.json` and `media.partial/`. What an earlier one left in `voe.json` and `media/`
/// stays as it is until this one is done. One thread.
class ExaminationCheckpoint {
 public:
  /// `header`: what this examination's results say about themselves (BeginResults).
  ExaminationCheckpoint(const std::string& directory, const VoeResults& header);
  ExaminationCheckpoint(const ExaminationCheckpoint&) = delete;
  ExaminationCheckpoint& operator=(const ExaminationCheckpoint&) = delete;
  /// Saves what was finished when an error ended the examination.
  ~ExaminationCheckpoint();

  /// What this examination had finished when it was stopped; empty if it had not begun.
  const VoeResults& before() const { return before_; }
  /// What lies there is of an examination by other models, precision or build, and will go.
  bool is_another() const { return is_another_; }

  /// Makes the folder and removes what another unfinished examination left: call it before the
  /// first film. Throws UserError.
  void Begin();
  void AddFilm(const SceneResult& scene, int member, const sim::Episode& film, double fps);
  /// Saves once a minute: a kill costs no more, and a large file takes seconds to write.
  void Update(const VoeResults& so_far);
  /// Saves what is new since it was saved last. Throws UserError.
  void Save();
  /// The example films take the place of the earlier ones.
  void PublishFilms();
  /// The examination is done.
  void Remove();

 private:
  std::string directory_, results_path_, films_path_;
  VoeResults before_, so_far_;
  bool is_another_ = false;
  bool changed_ = false;  ///< so_far_ is not saved
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace peekaboo::lab
