#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "lab/report/svg.h"
#include "lab/statistics/statistics.h"

/// Charts of a report: plain descriptions in, one svg element out. Values that are not finite are
/// left out and never drawn as 0. Any thread.
namespace peekaboo::lab {

/// Bars in groups, as looking times in a paper about infants: for each group one bar a legend
/// entry.
struct BarChart {
  /// How high, and its error bar.
  struct Bar {
    double value = 0;
    Interval interval{std::numeric_limits<double>::quiet_NaN(),
                      std::numeric_limits<double>::quiet_NaN()};
  };
  /// Bars that stand together.
  struct Group {
    std::string label;
    std::string note;  ///< stands above the bars: a p, an N
    std::vector<Bar> bars;
  };
  std::string title;
  std::string y_label;              ///< with its unit
  std::vector<std::string> legend;  ///< one entry a bar of a group
  std::vector<Ink> inks;            ///< as legend; SeriesInk where there are fewer
  std::vector<Group> groups;
  double reference = std::numeric_limits<double>::quiet_NaN();  ///< a dashed level
  double width = 350;                                           ///< pixels
  double height = 250;                                          ///< pixels
};
std::string DrawBarChart(const BarChart& chart);

/// Lines over a common axis, as learning curves.
struct LineChart {
  /// One line.
  struct Series {
    std::string name;
    std::vector<Point> points;  ///< by rising x; a y of NaN breaks the line
    bool dashed = false;
  };
  std::string title;
  std::string x_label;  ///< with units
  std::string y_label;
  std::vector<Series> series;
  double width = 350;
  double height = 250;
};
std::string DrawLineChart(const LineChart& chart);

/// A film as a row of frames with its surprise underneath, frame above frame, and a line through
/// both where the impossible happens.
struct FilmChart {
  std::string title;
  std::vector<uint8_t> png;  ///< `tiles` frames side by side
  int tiles = 0;
  int frame_step = 1;       ///< frames from one tile to the next
  int event_frame = -1;     ///< -1: nothing happens
  std::string event_label;  ///< "violation"
  std::string y_label = "surprise";
  /// One line under the frames.
  struct Curve {
    std::string name;
    std::vector<double> values;  ///< one a frame from frame 0; NaN where there is none
    Ink ink = Ink::kBlue;
    bool dashed = false;
  };
  std::vector<Curve> curves;
  double y_max = 0;  ///< top of the axis, so that films compare; 0: what the curves need
  double width = 1080;
};
std::string DrawFilmChart(const FilmChart& chart);

}  // namespace peekaboo::lab
