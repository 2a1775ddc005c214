#pragma once

#include <string>
#include <vector>

#include "lab/report/report.h"

namespace peekaboo::lab {

/// What was acted in tasks, as a folder of results keeps it: `acting/push.json` of tasks/push with
/// a model, `acting/push-random.json` and `acting/push-simulator.json` of others, and films and
/// strips of the model's first episodes in `acting/push/`. A task of the same name takes the place
/// of what was there.

/// Folder for films that are being made; SaveActing puts it in its place.
std::string UnfinishedFilms(const std::string& directory, const std::string& task);

/// Throws UserError naming the file.
void SaveActing(const std::string& directory, const PlanningResults& results);

/// Whether there are any.
bool HasActing(const std::string& directory);

/// All of them, those of one task together: the model, the simulator, random actions. Throws
/// UserError naming a file that is damaged.
std::vector<ReportTask> LoadActing(const std::string& directory);

}  // namespace peekaboo::lab
