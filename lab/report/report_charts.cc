#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "lab/report/chart.h"
#include "lab/report/dictionary.h"
#include "lab/report/figures.h"
#include "lab/report/report_sections.h"

namespace peekaboo::lab {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kMostPoints = 400;  // of a training curve: a page shows no more

std::string ShortTitle(const Column& column) {
  return column.kind == ModelKind::kFrameDifference ? "frame diff." : ColumnTitle(column);
}

BarChart InfantChart(const SummaryRow& row, const Summary& summary) {
  BarChart chart;
  chart.title = row.name + ", " + SplitName(row.split) + " (" + std::to_string(row.sets) + " sets)";
  chart.y_label = "mean surprise (possible = 1)";
  chart.legend = {"possible", "impossible"};
  chart.inks = {Ink::kSky, Ink::kVermillion};
  chart.reference = 1;
  chart.width = 516;
  chart.height = 240;
  for (size_t c = 0; c < summary.columns.size(); ++c) {
    const Cell& cell = row.columns[c][summary.primary_variant];
    chart.groups.push_back({ShortTitle(summary.columns[c]),
                            "g " + FormatNumber(cell.hedges_g, 2),
                            {{cell.possible.value, cell.possible.interval},
                             {cell.impossible.value, cell.impossible.interval}}});
  }
  return chart;
}

double MeanOfFinite(const std::vector<const std::vector<double>*>& curves) {
  double sum = 0;
  double count = 0;
  for (const auto* curve : curves) {
    for (const double value : *curve) {
      if (!std::isfinite(value)) continue;
      sum += value;
      count += 1;
    }
  }
  return count > 0 && sum > 0 ? sum / count : kNan;
}

// A curve in units of its network's mean over the possible films of the set, so that networks of
// different scale share an axis.
std::vector<double> InUnitsOf(const std::vector<double>& curve, double unit) {
  std::vector<double> scaled = curve;
  for (double& value : scaled) value /= unit;
  return scaled;
}

void FillSet(const ReportSet& set, Dictionary* dictionary) {
  std::vector<const std::vector<double>*> trained;
  std::vector<const std::vector<double>*> untrained;
  for (const ReportFilm& film : set.films) {
    if (film.impossible) continue;
    trained.push_back(&film.surprise);
    untrained.push_back(&film.untrained);
  }
  const double trained_unit = MeanOfFinite(trained);
  const double untrained_unit = MeanOfFinite(untrained);
  std::vector<FilmChart> charts;
  double highest = 0;
  for (const ReportFilm& film : set.films) {
    FilmChart chart;
    chart.title = (film.impossible ? "impossible: " : "possible: ") + film.member;
    chart.png = film.png;
    chart.tiles = film.tiles;
    chart.frame_step = film.frame_step;
    chart.event_frame = film.impossible ? film.event_frame : -1;
    chart.event_label = "violation";
    chart.y_label = "× own mean";
    chart.curves.push_back({"trained", InUnitsOf(film.surprise, trained_unit), Ink::kBlue, false});
    if (!film.untrained.empty()) {
      chart.curves.push_back(
          {"untrained", InUnitsOf(film.untrained, untrained_unit), Ink::kFaint, true});
    }
    for (const FilmChart::Curve& curve : chart.curves) {
      for (const double value : curve.values) {
        if (std::isfinite(value)) highest = std::max(highest, value);
      }
    }
    charts.push_back(std::move(chart));
  }
  for (FilmChart& chart : charts) {
    chart.y_max = highest;
    dictionary->AddSectionDictionary("FILM")->SetValue("SVG", DrawFilmChart(chart));
  }
}

}  // namespace

void FillLookingTimes(const Summary& summary, Dictionary* page) {
  Dictionary* section = nullptr;
  for (const SummaryRow& row : summary.concepts) {
    if (!sim::IsForReport(row.split)) continue;
    if (!section) section = page->AddSectionDictionary("LOOKING_TIMES");
    section->AddSectionDictionary("CHART")->SetValue("SVG",
                                                     DrawBarChart(InfantChart(row, summary)));
  }
}

void FillFilms(const ReportInput& input, Dictionary* page) {
  if (input.sets.empty()) return;
  Dictionary* section = page->AddSectionDictionary("FILM_SETS");
  for (const ReportSet& set : input.sets) {
    const auto scene = std::find_if(
        input.results.scenes.begin(), input.results.scenes.end(),
        [&](const SceneResult& s) { return s.name == set.scene && s.split == set.split; });
    const bool known = scene != input.results.scenes.end();
    Dictionary* dictionary = section->AddSectionDictionary("SET");
    dictionary->SetValue("SCENE", set.scene);
    dictionary->SetValue("DESCRIPTION", known ? scene->title : "");
    dictionary->SetValue("SPLIT", SplitName(set.split));
    dictionary->SetValue("SEED", std::to_string(set.seed));
    FillSet(set, dictionary);
  }
}

void FillTraining(const ReportInput& input, Dictionary* page) {
  std::map<std::string, std::map<std::string, std::vector<Point>>> charts;
  for (const MetricRow& row : input.metrics) {
    for (const auto& [name, value] : row.values) {
      const size_t slash = name.find('/');
      const std::string group = name.substr(0, slash);
      const std::string series = slash == std::string::npos ? name : name.substr(slash + 1);
      charts[group][series].push_back({row.step, value});
    }
  }
  if (charts.empty()) return;
  Dictionary* section = page->AddSectionDictionary("TRAINING");
  for (const auto& [group, lines] : charts) {
    LineChart chart;
    chart.title = group;
    chart.x_label = "step";
    for (const auto& [name, points] : lines) {
      const size_t stride = (points.size() + kMostPoints - 1) / kMostPoints;
      LineChart::Series series{name, {}, chart.series.size() >= 6};
      for (size_t i = 0; i < points.size(); i += stride) series.points.push_back(points[i]);
      if ((points.size() - 1) % stride != 0) series.points.push_back(points.back());
      chart.series.push_back(std::move(series));
    }
    chart.width = 338;
    chart.height = 230;
    section->AddSectionDictionary("CHART")->SetValue("SVG", DrawLineChart(chart));
  }
}

}  // namespace peekaboo::lab
