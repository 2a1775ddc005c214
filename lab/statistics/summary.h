#pragma once

#include <string>
#include <vector>

#include "lab/statistics/results.h"
#include "lab/statistics/statistics.h"

/// From the scores of films to the numbers that are reported (protocol: IntPhys, Riochet et al.
/// 2018, with the stricter pair accuracy beside it). In both accuracies a tie is wrong, and so is a
/// film without a finite score.
namespace peekaboo::lab {

/// A number, its 95% bootstrap interval over sets, and how many things were counted.
struct Measured {
  double value = 0;
  Interval interval;
  int n = 0;
};

/// One column (a model, or all models of a kind) under one variant. With several models every value
/// is the mean over them, and the interval is that of this mean.
struct Cell {
  /// Share of sets whose impossible films sum to more surprise than their possible ones (IntPhys'
  /// relative score; means, should a scene not have as many of both). n: sets.
  Measured set_accuracy;
  /// Share of impossible films that surprise more than the possible film with the same beginning.
  /// n: pairs.
  Measured strict_accuracy;
  Measured auroc;       ///< n: films; a tie counts half, as in the Mann-Whitney statistic
  Measured auprc;       ///< n: films
  Measured hit_rate;    ///< n: impossible films
  double hedges_g = 0;  ///< impossible against possible films
  /// Mean score over films, in units of the column's mean over the possible films of this row; NaN
  /// where that is not positive. n: films.
  Measured possible;
  Measured impossible;
  std::vector<Measured> members;  ///< strict accuracy of each impossible member; scene rows only
};

/// Is the trained network above a null? One-sided: Welch's t-test where the null has several
/// networks (sets vary on the trained side, networks on the other), an exact sign test over paired
/// sets (McNemar's) where it has one.
struct Comparison {
  ModelKind null = ModelKind::kUntrained;
  int networks = 0;
  double p_set = 1;
  double p_strict = 1;
};

/// The models of a kind, as one column.
struct Column {
  ModelKind kind = ModelKind::kTrained;
  std::vector<int> models;  ///< indices into VoeResults::models
};

/// A scene, or a concept over all its scenes, in one split.
struct SummaryRow {
  std::string name;  ///< of the scene; of the concept in concept rows
  std::string concept_name;
  Split split = Split::kSeen;
  int sets = 0;
  std::vector<std::string> impossible_members;       ///< names, as Cell::members; scene rows only
  std::vector<std::vector<Cell>> models;             ///< [model][variant]
  std::vector<std::vector<Cell>> columns;            ///< [column][variant]
  std::vector<std::vector<Comparison>> comparisons;  ///< [variant][null column]

  /// The largest p of a variant: above every null, or not. 1 without nulls.
  double WorstPSet(int variant) const;
  double WorstPStrict(int variant) const;
};

/// All that is reported of an examination: by scene and by concept, each kind of model a column.
struct Summary {
  std::vector<std::string> variants;
  int primary_variant = 0;
  std::vector<std::string> models;
  std::vector<Column> columns;  ///< kinds that are present, trained first
  std::vector<SummaryRow> scenes;
  std::vector<SummaryRow> concepts;  ///< in order of appearance, seen before novel before dev

  /// Index in columns, -1 if there is no model of that kind.
  int ColumnOf(ModelKind kind) const;
};

/// A concept counts as learned below this p against every null.
inline constexpr double kLearnedP = 0.01;

/// Deterministic: the bootstrap draws from (results.seed, "bootstrap", row), `resamples` times for
/// the primary variant and at most 100 times for the others.
Summary Summarise(const VoeResults& results, int resamples = 1000);

/// Columns (not single models) for machines: the numbers of Cell and Comparison by their names;
/// null for NaN.
std::string SummaryJson(const Summary& summary);

}  // namespace peekaboo::lab
