#include "lab/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace peekaboo::lab {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Of the variants that were not chosen: enough to see how wide an interval is.
constexpr int kOtherResamples = 100;

// The films of one matched set, by member.
struct SetOfFilms {
  const SceneResult* scene = nullptr;
  std::vector<const FilmScore*> films;
};

std::vector<SetOfFilms> SetsOf(const SceneResult& scene) {
  std::vector<SetOfFilms> sets(scene.SetCount());
  for (SetOfFilms& set : sets) set = {&scene, std::vector<const FilmScore*>(scene.members.size())};
  for (const FilmScore& film : scene.films) sets[film.set].films[film.member] = &film;
  return sets;
}

int MemberNamed(const SceneResult& scene, const std::string& name) {
  const auto found = std::find_if(scene.members.begin(), scene.members.end(),
                                  [&](const ResultMember& member) { return member.name == name; });
  PEEKABOO_CHECK(found != scene.members.end());
  return static_cast<int>(found - scene.members.begin());
}

// Sum and count of one kind of film in each set.
struct Sums {
  std::vector<double> sum;
  std::vector<double> count;
  std::vector<double> films;  // every score, for the spread
};

// What one model under one variant answered, set by set.
struct Answers {
  std::vector<double> set_right;             // [sets], 0 or 1
  std::vector<double> pairs_right;           // [sets]
  std::vector<double> pairs;                 // [sets]
  std::vector<std::vector<double>> members;  // [impossible members][sets], 0 or 1
  Sums possible;
  Sums impossible;
  Detection detection;
  std::vector<Detection> detection_samples;  // one a resample
};

// Bootstrap draws of the sets of one row: the primary variant, which is reported, gets more.
struct Draws {
  Resamples primary;
  Resamples other;
};

class RowBuilder {
 public:
  RowBuilder(const VoeResults& results, const std::vector<Column>& columns,
             std::vector<SetOfFilms> sets, bool one_scene, Draws draws)
      : results_(results),
        columns_(columns),
        sets_(std::move(sets)),
        one_scene_(one_scene),
        draws_(std::move(draws)) {}

  void Build(SummaryRow* row) const {
    row->sets = static_cast<int>(sets_.size());
    const int models = static_cast<int>(results_.models.size());
    const int variants = static_cast<int>(results_.variants.size());
    row->models.assign(models, {});
    row->columns.assign(columns_.size(), {});
    row->comparisons.assign(variants, {});
    for (int variant = 0; variant < variants; ++variant) {
      const Resamples& draws = variant == results_.PrimaryVariant() ? draws_.primary : draws_.other;
      std::vector<Answers> answers;
      for (int model = 0; model < models; ++model) {
        answers.push_back(Ask(model, variant, draws));
        row->models[model].push_back(CellOf({&answers.back()}, draws));
      }
      const Column* trained = nullptr;
      for (size_t c = 0; c < columns_.size(); ++c) {
        const Column& column = columns_[c];
        row->columns[c].push_back(column.models.size() == 1 ? row->models[column.models[0]].back()
                                                            : CellOf(Pick(answers, column), draws));
        if (column.kind == ModelKind::kTrained) {
          trained = &column;
        } else if (trained != nullptr) {
          row->comparisons[variant].push_back(
              Compare(Pick(answers, *trained), Pick(answers, column), column.kind));
        }
      }
    }
  }

 private:
  using Group = std::vector<const Answers*>;

  static Group Pick(const std::vector<Answers>& answers, const Column& column) {
    Group group;
    for (const int model : column.models) group.push_back(&answers[model]);
    return group;
  }

  Answers Ask(int model, int variant, const Resamples& draws) const {
    Answers answers;
    std::vector<DetectionCurve::Film> films;
    for (size_t s = 0; s < sets_.size(); ++s) {
      const SceneResult& scene = *sets_[s].scene;
      const auto score = [&](int member) -> double {
        const float value = results_.Score(*sets_[s].films[member], model, variant);
        return std::isfinite(value) ? value : kNan;
      };
      for (Sums* sums : {&answers.possible, &answers.impossible}) {
        sums->sum.push_back(0);
        sums->count.push_back(0);
      }
      double right = 0;
      size_t pairs = 0;
      for (int m = 0; m < static_cast<int>(scene.members.size()); ++m) {
        const ResultMember& member = scene.members[m];
        Sums& sums = member.impossible ? answers.impossible : answers.possible;
        sums.sum.back() += score(m);
        sums.count.back() += 1;
        sums.films.push_back(score(m));
        films.push_back({score(m), member.impossible, static_cast<int>(s)});
        if (!member.impossible) continue;
        const bool above = score(m) > score(MemberNamed(scene, member.like));
        if (one_scene_) {
          if (answers.members.size() == pairs) answers.members.emplace_back();
          answers.members[pairs].push_back(above);
        }
        right += above;
        ++pairs;
      }
      answers.set_right.push_back(answers.impossible.sum.back() / answers.impossible.count.back() >
                                  answers.possible.sum.back() / answers.possible.count.back());
      answers.pairs_right.push_back(right);
      answers.pairs.push_back(static_cast<double>(pairs));
    }
    const DetectionCurve curve(std::move(films));
    answers.detection = curve.Measure(Resamples::Itself(draws.units())).front();
    answers.detection_samples = curve.Measure(draws);
    return answers;
  }

  // sum(top) / sum(bottom) over sets, bootstrapped over them.
  static Measured Ratio(const std::vector<double>& top, const std::vector<double>& bottom,
                        const Resamples& draws) {
    const auto divide = [&](const Resamples& resamples) {
      std::vector<double> ratios = resamples.Sums(top);
      const std::vector<double> divisors = resamples.Sums(bottom);
      for (size_t i = 0; i < ratios.size(); ++i) ratios[i] /= divisors[i];
      return ratios;
    };
    Measured measured;
    measured.value = divide(Resamples::Itself(draws.units())).front();
    measured.interval = PercentileInterval(divide(draws));
    measured.n = static_cast<int>(std::accumulate(bottom.begin(), bottom.end(), 0.0));
    return measured;
  }

  // As Ratio, for shares of right answers.
  static Measured Share(const std::vector<double>& right, const std::vector<double>& of,
                        const Resamples& draws) {
    Measured measured = Ratio(right, of, draws);
    const int sets = static_cast<int>(right.size());
    if (measured.value == 0) measured.interval = ClopperPearson(0, sets);
    if (measured.value == 1) measured.interval = ClopperPearson(sets, sets);
    return measured;
  }

  template <typename Pick>
  static std::vector<double> MeanOver(const Group& group, Pick pick) {
    std::vector<double> mean(pick(*group.front()).size(), 0.0);
    for (const Answers* answers : group) {
      const std::vector<double>& values = pick(*answers);
      for (size_t i = 0; i < mean.size(); ++i) {
        mean[i] += values[i] / static_cast<double>(group.size());
      }
    }
    // Thirds that add up to 0.9999 would hide that everybody was right.
    for (double& value : mean) {
      if (std::abs(value - std::round(value)) < 1e-12) value = std::round(value);
    }
    return mean;
  }

  static Measured Detected(const Group& group, double Detection::*field, int n) {
    const auto mean_of = [&](auto detection_of) {
      double sum = 0;
      for (const Answers* answers : group) sum += detection_of(*answers).*field;
      return sum / static_cast<double>(group.size());
    };
    Measured measured;
    measured.n = n;
    measured.value = mean_of([](const Answers& answers) { return answers.detection; });
    std::vector<double> samples;
    for (size_t i = 0; i < group.front()->detection_samples.size(); ++i) {
      samples.push_back(mean_of([i](const Answers& a) { return a.detection_samples[i]; }));
    }
    measured.interval = PercentileInterval(std::move(samples));
    return measured;
  }

  // Mean scores in units of each network's own mean over possible films.
  Measured Relative(const Group& group, Sums Answers::*kind, const Resamples& draws) const {
    std::vector<double> sums(sets_.size(), 0.0);
    for (const Answers* answers : group) {
      const double unit = Mean(answers->possible.films);
      for (size_t s = 0; s < sums.size(); ++s) {
        const double scaled = unit > 0 ? (answers->*kind).sum[s] / unit : kNan;
        sums[s] += scaled / static_cast<double>(group.size());
      }
    }
    return Ratio(sums, (group.front()->*kind).count, draws);
  }

  Cell CellOf(const Group& group, const Resamples& draws) const {
    const Answers& first = *group.front();
    Cell cell;
    const std::vector<double> one(sets_.size(), 1.0);
    cell.set_accuracy = Share(MeanOver(
                                  group, [](auto& a) -> auto& { return a.set_right; }),
                              one, draws);
    cell.strict_accuracy = Share(MeanOver(
                                     group, [](auto& a) -> auto& { return a.pairs_right; }),
                                 first.pairs, draws);
    for (size_t m = 0; m < first.members.size(); ++m) {
      const auto member = [m](auto& a) -> auto& { return a.members[m]; };
      cell.members.push_back(Share(MeanOver(group, member), one, draws));
    }
    const int positives = static_cast<int>(first.impossible.films.size());
    const int films = positives + static_cast<int>(first.possible.films.size());
    cell.auroc = Detected(group, &Detection::auroc, films);
    cell.auprc = Detected(group, &Detection::auprc, films);
    cell.hit_rate = Detected(group, &Detection::hit_rate, positives);
    cell.possible = Relative(group, &Answers::possible, draws);
    cell.impossible = Relative(group, &Answers::impossible, draws);
    cell.hedges_g = 0;
    for (const Answers* answers : group) {
      cell.hedges_g += HedgesG(answers->impossible.films, answers->possible.films) /
                       static_cast<double>(group.size());
    }
    return cell;
  }

  static double PAbove(const std::vector<double>& trained_shares,
                       const std::vector<std::vector<double>>& null_shares) {
    if (null_shares.size() == 1) {
      int wins = 0;
      int losses = 0;
      for (size_t s = 0; s < trained_shares.size(); ++s) {
        wins += trained_shares[s] > null_shares[0][s];
        losses += trained_shares[s] < null_shares[0][s];
      }
      return SignTest(wins, losses);
    }
    std::vector<double> accuracies;
    for (const auto& shares : null_shares) accuracies.push_back(Mean(shares));
    Estimate networks = EstimateOf(accuracies);
    // Networks that agree exactly on few sets still leave their accuracy uncertain.
    const double answers = static_cast<double>(null_shares.size() * trained_shares.size());
    const double share = (networks.mean * answers + 0.5) / (answers + 1);
    networks.variance_of_mean = std::max(networks.variance_of_mean, share * (1 - share) / answers);
    return WelchTest(EstimateOfShare(trained_shares), networks).p_greater;
  }

  static Comparison Compare(const Group& trained, const Group& null, ModelKind kind) {
    Comparison comparison;
    comparison.null = kind;
    comparison.networks = static_cast<int>(null.size());
    const auto set_share = [](const Answers& answers) { return answers.set_right; };
    const auto pair_share = [](const Answers& answers) {
      std::vector<double> shares = answers.pairs_right;
      for (size_t s = 0; s < shares.size(); ++s) shares[s] /= answers.pairs[s];
      return shares;
    };
    const auto p = [&](auto share_of) {
      std::vector<double> mean(trained.front()->pairs.size(), 0.0);
      for (const Answers* answers : trained) {
        const std::vector<double> shares = share_of(*answers);
        for (size_t s = 0; s < mean.size(); ++s) {
          mean[s] += shares[s] / static_cast<double>(trained.size());
        }
      }
      std::vector<std::vector<double>> null_shares;
      for (const Answers* answers : null) null_shares.push_back(share_of(*answers));
      return PAbove(mean, null_shares);
    };
    comparison.p_set = p(set_share);
    comparison.p_strict = p(pair_share);
    return comparison;
  }

  const VoeResults& results_;
  const std::vector<Column>& columns_;
  std::vector<SetOfFilms> sets_;
  bool one_scene_;
  Draws draws_;
};

double Worst(const std::vector<Comparison>& comparisons, double Comparison::*p) {
  double worst = comparisons.empty() ? 1 : 0;
  for (const Comparison& comparison : comparisons) worst = std::max(worst, comparison.*p);
  return worst;
}

}  // namespace

double SummaryRow::WorstPSet(int variant) const {
  return Worst(comparisons[variant], &Comparison::p_set);
}
double SummaryRow::WorstPStrict(int variant) const {
  return Worst(comparisons[variant], &Comparison::p_strict);
}

int Summary::ColumnOf(ModelKind kind) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.kind == kind; });
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

Summary Summarise(const VoeResults& results, int resamples) {
  Summary summary;
  summary.variants = results.variants;
  summary.primary_variant = results.PrimaryVariant();
  for (const ResultModel& model : results.models) summary.models.push_back(model.name);
  for (const ModelKind kind : {ModelKind::kTrained, ModelKind::kUntrained, ModelKind::kPixel,
                               ModelKind::kFrameDifference}) {
    Column column{kind, {}};
    for (size_t i = 0; i < results.models.size(); ++i) {
      if (results.models[i].kind == kind) column.models.push_back(static_cast<int>(i));
    }
    if (!column.models.empty()) summary.columns.push_back(std::move(column));
  }

  uint64_t index = 0;
  const auto build = [&](SummaryRow row, std::vector<SetOfFilms> sets, bool one_scene) {
    RandomStream stream(results.seed, "bootstrap", index++);
    const int units = static_cast<int>(sets.size());
    Draws draws{Resamples(units, resamples, stream),
                Resamples(units, std::min(resamples, kOtherResamples), stream)};
    RowBuilder(results, summary.columns, std::move(sets), one_scene, std::move(draws)).Build(&row);
    return row;
  };
  std::vector<std::string> order;
  std::map<std::pair<std::string, Split>, std::vector<SetOfFilms>> by_concept;
  for (const SceneResult& scene : results.scenes) {
    SummaryRow row;
    row.name = scene.name;
    row.concept_name = scene.concept_name;
    row.split = scene.split;
    for (const ResultMember& member : scene.members) {
      if (member.impossible) row.impossible_members.push_back(member.name);
    }
    const std::vector<SetOfFilms> sets = SetsOf(scene);
    summary.scenes.push_back(build(std::move(row), sets, true));
    if (std::find(order.begin(), order.end(), scene.concept_name) == order.end()) {
      order.push_back(scene.concept_name);
    }
    auto& all = by_concept[{scene.concept_name, scene.split}];
    all.insert(all.end(), sets.begin(), sets.end());
  }
  for (const std::string& name : order) {
    for (const Split split : sim::kSplits) {
      const auto found = by_concept.find({name, split});
      if (found == by_concept.end()) continue;
      SummaryRow row;
      row.name = row.concept_name = name;
      row.split = split;
      summary.concepts.push_back(build(std::move(row), found->second, false));
    }
  }
  return summary;
}

}  // namespace peekaboo::lab
