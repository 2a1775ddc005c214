#include "lab/statistics/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "lab/statistics/summary.h"
#include "tests/temp_folder.h"

namespace peekaboo::lab {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

constexpr int kTrained = 0;
constexpr int kUntrainedCount = 5;
constexpr int kPixel = 6;
constexpr int kModels = 7;
constexpr int kA = 0, kAb = 2, kBa = 3;  // members

// One scene of `sets` quadruplets; score(set, member, model, variant).
VoeResults Make(int sets, const std::function<float(int, int, int, int)>& score) {
  VoeResults results;
  results.created_by = "peekaboo 0.1.0";
  results.seed = 18446744073709551615u;
  results.commit = "0123abc";
  results.machine = "2 cores";
  results.seconds = 12.5;
  results.variants = {"mean", "max"};
  results.primary_variant = "mean";
  results.models.push_back({"jepa", ModelKind::kTrained, 1});
  for (int i = 0; i < kUntrainedCount; ++i) {
    results.models.push_back(
        {"untrained " + std::to_string(i), ModelKind::kUntrained, static_cast<uint64_t>(i)});
  }
  results.models.push_back({"pixel", ModelKind::kPixel, 3});
  SceneResult scene{"permanence/roll",
                    "permanence",
                    "Behind the screen",
                    "Baillargeon 1985",
                    2,
                    4,
                    Split::kNovel,
                    {},
                    {},
                    {}};
  scene.members = {{"A", false, ""}, {"B", false, ""}, {"A>B", true, "A"}, {"B>A", true, "B"}};
  for (int set = 0; set < sets; ++set) {
    for (int member = 0; member < 4; ++member) {
      FilmScore film{set, member, 14, 1000u + static_cast<uint64_t>(set), {}};
      for (int model = 0; model < kModels; ++model) {
        for (int variant = 0; variant < 2; ++variant) {
          film.scores.push_back(score(set, member, model, variant));
        }
      }
      scene.films.push_back(std::move(film));
    }
  }
  scene.examples.push_back({0, 2, 0, {kNan, 0.25f, 1.5f}});
  results.scenes.push_back(std::move(scene));
  return results;
}

// Trained networks are always right; the nulls find A>B but not B>A, and tie on the sum.
float TypicalScore(int set, int member, int model, int variant) {
  const float base = 1 + 0.01f * static_cast<float>(set);
  if (variant == 1) return base;
  if (model == kTrained) return base + (member >= kAb ? 0.5f : 0);
  return member == kAb ? base + 0.25f : member == kBa ? base - 0.25f : base;
}

class ResultsTest : public ::testing::Test {
 protected:
  std::string Bytes() const { return ReadBytes(path_); }
  std::string LoadError() const {
    try {
      LoadResults(path_);
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path_ + ": "));
      return error.what();
    }
    return "no error";
  }
  // The error after one change to a good file.
  std::string ErrorAfter(const std::function<void(nlohmann::json&)>& change) {
    SaveResults(path_, Make(3, TypicalScore));
    nlohmann::json json = nlohmann::json::parse(Bytes());
    change(json);
    WriteFileAtomically(path_, json.dump());
    return LoadError();
  }

  TempFolder folder_;
  std::string path_ = folder_ / "voe.json";
};

TEST_F(ResultsTest, RoundTrip) {
  VoeResults results = Make(3, TypicalScore);
  results.scenes[0].films[5].scores[3] = 0.1f;
  results.scenes[0].films[6].scores[0] = kNan;
  SaveResults(path_, results);
  const std::string first = Bytes();
  const VoeResults loaded = LoadResults(path_);
  EXPECT_EQ(loaded.seed, results.seed);
  EXPECT_EQ(loaded.primary_variant, "mean");
  EXPECT_EQ(loaded.models[1].kind, ModelKind::kUntrained);
  const SceneResult& scene = loaded.scenes[0];
  EXPECT_EQ(scene.concept_name, "permanence");
  EXPECT_EQ(scene.split, Split::kNovel);
  EXPECT_EQ(scene.members[2].like, "A");
  EXPECT_EQ(scene.films[5].scores, results.scenes[0].films[5].scores);
  EXPECT_TRUE(std::isnan(scene.films[6].scores[0]));
  EXPECT_EQ(scene.films[6].seed, 1001u);
  EXPECT_TRUE(std::isnan(scene.examples[0].surprise[0]));
  EXPECT_EQ(scene.examples[0].surprise[2], 1.5f);
  SaveResults(path_, loaded);
  EXPECT_EQ(Bytes(), first);
}

TEST_F(ResultsTest, FileCarriesTheSummary) {
  SaveResults(path_, Make(30, TypicalScore));
  const nlohmann::json json = nlohmann::json::parse(Bytes());
  const nlohmann::json& row = json["summary"]["concepts"][0];
  EXPECT_EQ(row["split"], "novel");
  EXPECT_EQ(row["variants"]["mean"]["trained"]["set_accuracy"]["value"], 1.0);
  EXPECT_EQ(row["variants"]["mean"]["untrained"]["strict_accuracy"]["value"], 0.5);
  EXPECT_LT(row["variants"]["mean"]["trained_above"]["pixel"]["p_set"], 0.01);
}

TEST_F(ResultsTest, EveryTruncationIsFound) {
  SaveResults(path_, Make(1, TypicalScore));
  const std::string whole = Bytes();
  for (size_t size = 0; size + 2 < whole.size(); size += 97) {
    WriteFileAtomically(path_, whole.substr(0, size));
    EXPECT_THAT(LoadError(), HasSubstr("not JSON at byte")) << size;
  }
}

TEST_F(ResultsTest, CorruptionIsNamed) {
  using J = nlohmann::json;
  EXPECT_THAT(ErrorAfter([](J& j) { j["format"] = "x"; }), HasSubstr("not a file of results"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["version"] = 9; }), HasSubstr("format version 9"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["sed"] = 2; }), HasSubstr("unknown key \"sed\""));
  EXPECT_THAT(ErrorAfter([](J& j) { j["seed"] = -1; }), HasSubstr("seed: is not a whole number"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["primary_variant"] = "best"; }),
              HasSubstr("primary_variant: is not one of the variants"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["models"][1]["kind"] = "magic"; }),
              HasSubstr("models[1].kind: is not one of trained, untrained"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["models"][1]["name"] = "jepa"; }),
              HasSubstr("name of its own"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"][0]["split"] = "train"; }),
              HasSubstr("scenes[0].split: is not one of seen, novel, dev, dev_novel"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"].push_back(j["scenes"][0]); }),
              HasSubstr("scenes[1].name: scene permanence/roll stands twice"));
  EXPECT_THAT(ErrorAfter([](J& j) {
                j["scenes"][0]["age"] = {4, 2};
              }),
              HasSubstr("range of months"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"][0]["members"][2]["like"] = "B>A"; }),
              HasSubstr("scenes[0]: members: an impossible member"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"][0]["members"][0]["impossible"] = 1; }),
              HasSubstr("members[0].impossible: is not true or false"));
  EXPECT_THAT(ErrorAfter([](J& j) { j = J::array(); }), HasSubstr("is not an object"));
}

TEST_F(ResultsTest, CorruptFilmsAreNamed) {
  using J = nlohmann::json;
  const auto film = [](J& j) -> J& { return j["scenes"][0]["films"][7]; };
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["set"] = 3; }),
              HasSubstr("scenes[0].films[7].set: 3 is not below 3"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["member"] = -1; }), HasSubstr("-1 is not below 4"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["member"] = 0; }),
              HasSubstr("stands twice in its set"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["seed"] = 5; }), HasSubstr("differs within its set"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["set"] = 1e300; }), HasSubstr("sensible size"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["event_frame"] = -2; }), HasSubstr("not a frame"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["scores"].erase(0); }), HasSubstr("for each model"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["scores"][2].push_back(1); }),
              HasSubstr("films[7].scores[2]: needs one number for each variant"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["scores"][2][0] = "1"; }), HasSubstr("not a number"));
  EXPECT_THAT(ErrorAfter([&](J& j) { film(j)["scores"][2][0] = 1e300; }), HasSubstr("too large"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"][0]["films"].erase(0); }),
              HasSubstr("the last set is not complete"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"][0]["films"] = J::array(); }),
              HasSubstr("is empty"));
  EXPECT_THAT(ErrorAfter([](J& j) { j["scenes"][0]["examples"][0]["model"] = 7; }),
              HasSubstr("examples[0].model: 7 is not below 7"));
}

TEST_F(ResultsTest, HostileNesting) {
  WriteFileAtomically(path_, std::string(100'000, '['));
  EXPECT_THAT(LoadError(), HasSubstr("nests deeper"));
  WriteFileAtomically(path_, "");
  EXPECT_THAT(LoadError(), HasSubstr("not JSON"));
  fs::remove(path_);
  EXPECT_THAT(LoadError(), HasSubstr("does not exist"));
}

TEST(SummaryTest, AccuraciesOfATypicalBattery) {
  const Summary summary = Summarise(Make(40, TypicalScore));
  ASSERT_EQ(summary.scenes.size(), 1u);
  ASSERT_EQ(summary.concepts.size(), 1u);
  const int trained = summary.ColumnOf(ModelKind::kTrained);
  const int untrained = summary.ColumnOf(ModelKind::kUntrained);
  EXPECT_EQ(summary.ColumnOf(ModelKind::kFrameDifference), -1);
  const SummaryRow& row = summary.scenes[0];
  EXPECT_EQ(row.sets, 40);

  const Cell& good = row.columns[trained][0];
  EXPECT_EQ(good.set_accuracy.value, 1);
  EXPECT_EQ(good.set_accuracy.n, 40);
  EXPECT_NEAR(good.set_accuracy.interval.low, std::pow(0.025, 1.0 / 40), 1e-9);
  EXPECT_EQ(good.strict_accuracy.value, 1);
  EXPECT_EQ(good.strict_accuracy.n, 80);
  EXPECT_EQ(good.auroc.value, 1);
  EXPECT_EQ(good.auroc.n, 160);
  EXPECT_EQ(good.hit_rate.n, 80);
  EXPECT_GT(good.hedges_g, 3);
  EXPECT_NEAR(good.possible.value, 1, 1e-9);
  EXPECT_NEAR(good.impossible.value, (1.195 + 0.5) / 1.195, 1e-6);
  EXPECT_LT(good.impossible.interval.low, good.impossible.value);

  const Cell& null = row.columns[untrained][0];
  EXPECT_EQ(null.set_accuracy.value, 0);  // ties are wrong
  EXPECT_EQ(null.strict_accuracy.value, 0.5);
  EXPECT_EQ(null.members[0].value, 1);
  EXPECT_EQ(null.members[1].value, 0);
  EXPECT_EQ(row.impossible_members[1], "B>A");
  EXPECT_NEAR(null.auroc.value, 0.5, 1e-9);

  EXPECT_LT(row.WorstPSet(0), 1e-6);
  EXPECT_LT(row.WorstPStrict(0), 1e-4);
  EXPECT_EQ(row.comparisons[0].size(), 2u);
  EXPECT_EQ(row.comparisons[0][0].networks, 5);
  // 40 sets won, none lost, against the single pixel network.
  EXPECT_NEAR(row.comparisons[0][1].p_set / std::pow(0.5, 40), 1, 1e-9);
}

TEST(SummaryTest, AllEqualIsAllWrong) {
  const Summary summary = Summarise(Make(10, TypicalScore));
  const SummaryRow& row = summary.scenes[0];
  for (const auto& column : row.columns) {  // variant 1: every score of a set is the same
    EXPECT_EQ(column[1].set_accuracy.value, 0);
    EXPECT_EQ(column[1].strict_accuracy.value, 0);
    EXPECT_NEAR(column[1].auroc.value, 0.5, 1e-12);
  }
  EXPECT_GE(row.WorstPSet(1), 0.4);
}

TEST(SummaryTest, BootstrapAgreesWithTheBinomial) {
  // The network is right in every fifth set only: 20% of 100, 1.96 standard errors are 7.8%.
  const Summary summary = Summarise(Make(100, [](int set, int member, int model, int) {
    return member >= kAb && set % 5 == 0 && model == kTrained ? 2.0f : 1.0f;
  }));
  const Measured& accuracy = summary.concepts[0].columns[0][0].set_accuracy;
  EXPECT_DOUBLE_EQ(accuracy.value, 0.2);
  EXPECT_NEAR(accuracy.interval.low, 0.12, 0.015);
  EXPECT_NEAR(accuracy.interval.high, 0.28, 0.015);
}

TEST(SummaryTest, UntrainedNetworksThatAreAsGoodAreNotBeaten) {
  // Untrained networks get 80% by luck of their weights, the trained one 84%.
  const Summary summary = Summarise(Make(50, [](int set, int member, int model, int) {
    const int right = model == kTrained ? 42 : model < kPixel ? 36 + 2 * model : 0;
    return member >= kAb && set < right ? 2.0f : 1.0f;
  }));
  const SummaryRow& row = summary.concepts[0];
  const int untrained = summary.ColumnOf(ModelKind::kUntrained);
  EXPECT_DOUBLE_EQ(row.columns[0][0].set_accuracy.value, 0.84);
  EXPECT_NEAR(row.columns[untrained][0].set_accuracy.value, 0.84, 1e-12);
  EXPECT_NEAR(row.comparisons[0][0].p_set, 0.5, 0.01);
  EXPECT_LT(row.comparisons[0][1].p_set, 1e-6);  // the pixel model is beaten
  EXPECT_GT(row.WorstPSet(0), kLearnedP);        // but not every null
}

TEST(SummaryTest, AFilmWithoutAScoreIsWrong) {
  const Summary summary = Summarise(Make(10, [](int set, int member, int model, int variant) {
    if (set < 5 && member == kA && model == kTrained) return kNan;
    return TypicalScore(set, member, model, variant);
  }));
  const Cell& cell = summary.scenes[0].columns[0][0];
  EXPECT_EQ(cell.set_accuracy.value, 0.5);
  EXPECT_EQ(cell.strict_accuracy.value, 0.75);  // B>A does not need A
  EXPECT_TRUE(std::isnan(cell.possible.value));
  EXPECT_LT(cell.auroc.value, 1);
}

TEST(SummaryTest, ConceptsGatherTheirScenesBySplit) {
  VoeResults results = Make(4, TypicalScore);
  SceneResult other = results.scenes[0];
  other.name = "permanence/screen";
  results.scenes.push_back(other);
  other.split = Split::kSeen;
  results.scenes.push_back(other);
  const Summary summary = Summarise(results);
  ASSERT_EQ(summary.concepts.size(), 2u);
  EXPECT_EQ(summary.concepts[0].split, Split::kSeen);
  EXPECT_EQ(summary.concepts[0].sets, 4);
  EXPECT_EQ(summary.concepts[1].sets, 8);
  EXPECT_EQ(summary.concepts[1].columns[0][0].strict_accuracy.n, 16);
}

TEST(SummaryTest, SameSeedSameNumbers) {
  const VoeResults results = Make(20, TypicalScore);
  EXPECT_EQ(SummaryJson(Summarise(results)), SummaryJson(Summarise(results)));
}

}  // namespace
}  // namespace peekaboo::lab
