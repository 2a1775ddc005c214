#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/report/report.h"
#include "lab/statistics/results.h"
#include "sim/episode/episode.h"

namespace peekaboo::lab {

/// The films of a battery's example sets, as people look at them: below the folder `media`, for
/// member 2 of support/car on seen, `seen/support/car-2.mp4` and the strip of frames `...-2.png`.

/// Writes both. `fps`: frames a second. Throws UserError naming the file.
void SaveExampleFilm(const std::string& media, const SceneResult& scene, int member,
                     const sim::Episode& film, double fps);

/// The bytes of a picture that stands in a report. Throws UserError naming the file if it is none.
std::vector<uint8_t> ReadPng(const std::string& path);

/// The example set of a scene: its strips from the media folder, the curves of its first trained
/// and its first untrained network from the results. Without films where a strip is missing. Throws
/// UserError naming a strip that is not a PNG.
ReportSet LoadExampleSet(const std::string& media, const VoeResults& results,
                         const SceneResult& scene);

}  // namespace peekaboo::lab
