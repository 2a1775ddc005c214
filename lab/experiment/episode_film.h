#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lab/experiment/task_actors.h"
#include "sim/media/image.h"
#include "sim/media/video.h"
#include "sim/render/eye.h"

namespace peekaboo::lab {

/// An episode of a task as people see it, a picture an action. Left: what is wanted (the beginning,
/// where bodies shall meet: there is no picture of that). Right: what there is, with the plan as
/// dots, where the world model imagines the task's first body after each of its actions (yellow,
/// later ones darker; only with TaskExperiment::places), zones that must not be entered in red, a
/// green frame while the task is solved. Below: the cost of each plan, a bar a plan, as a share of
/// the largest so far. Belongs to the thread of the world and of the GlContext that is current when
/// it is made.
class EpisodeFilm {
 public:
  /// Borrows both.
  EpisodeFilm(const TaskExperiment& experiment, const sim::World* world);

  /// A new film, to be at `path` + ".mp4", and a strip of it at `path` + ".png"; the world is at
  /// the layout's goal. Throws UserError as VideoWriter does.
  void Begin(const std::string& path, const sim::TaskLayout& layout);
  /// The world as it is now; `plan` may be null.
  void Add(const agent::Plan* plan, bool solved);
  /// Writes the files; the last picture of the film stays for a second. The strip has the goal and
  /// seven moments of the right picture, from the first to the last.
  void End();

  /// The last picture that was added.
  const sim::Image& picture() const { return picture_; }

 private:
  void Show(int left);
  void DrawDisc(double x, double y, double radius, const uint8_t colour[3], double opacity);
  void DrawPlan(const agent::Plan& plan);
  void DrawZones();
  void DrawCosts();
  void AddTile(int left);

  const TaskExperiment& experiment_;
  const sim::World* world_;
  int camera_;
  double fps_;
  sim::Eye eye_;
  sim::Image picture_;
  std::vector<uint8_t> fine_;  // what the eye sees, before it is made smaller
  const sim::TaskLayout* layout_ = nullptr;
  std::vector<double> costs_;
  std::string path_;
  int added_ = 0;     // pictures
  sim::Image strip_;  // as far as it is drawn
  int tiles_ = 0;     // of it
  std::unique_ptr<sim::VideoWriter> video_;
};

}  // namespace peekaboo::lab
