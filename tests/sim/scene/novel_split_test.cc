// What a scene declares as novel is never drawn in the nursery, nor by the scene itself on `seen`
// or `dev_novel`; what it declares as dev_novel is never drawn on `seen`.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/scene/draw.h"

namespace peekaboo::sim {
namespace {

constexpr uint64_t kDraws = 500;

/// All that a factor was.
struct Reach {
  std::set<double> numbers;
  std::set<std::string> words;

  void Add(const Value& value) {
    if (const auto* word = std::get_if<std::string>(&value)) {
      words.insert(*word);
    } else {
      numbers.insert(std::get<double>(value));
    }
  }
  /// Whether a word was drawn, or numbers all around: a gap of a tenth of the whole is a gap.
  bool Has(const Value& value) const {
    if (const auto* word = std::get_if<std::string>(&value)) return words.count(*word) > 0;
    const double number = std::get<double>(value);
    const auto above = numbers.lower_bound(number);
    if (above == numbers.end()) return false;
    if (*above == number) return true;
    if (above == numbers.begin()) return false;
    return *above - *std::prev(above) < 0.1 * (*numbers.rbegin() - *numbers.begin());
  }
};

std::vector<Draw> Draws(const Stage& stage, const Scene& scene, Split split) {
  std::vector<Draw> draws;
  for (uint64_t index = 0; index < kDraws; ++index) {
    draws.push_back(DrawFactors(stage, scene, {split, 5, index, 0}));
  }
  return draws;
}

std::map<std::string, Reach> Reached(const Stage& stage, const Scene& scene, Split split) {
  std::map<std::string, Reach> reach;
  for (const Draw& draw : Draws(stage, scene, split)) {
    for (const auto& [key, value] : draw) reach[key].Add(value);
  }
  return reach;
}

/// What takes its value from `key`: itself, and what is set to it ("car.vx" = "speed").
std::vector<std::string> Bearers(const Scene& scene, const std::string& key) {
  std::vector<std::string> bearers = {key};
  const auto add = [&](const std::vector<Factor>& factors) {
    for (const Factor& factor : factors) {
      const Distribution& d = factor.distribution;
      if (d.kind == Distribution::Kind::kConstant && d.choices.empty() &&
          d.numbers.front().text() == key) {
        bearers.push_back(factor.key);
      }
    }
  };
  add(scene.vary);
  for (const Member& member : scene.members) add(member.set);
  return bearers;
}

/// A name without a dot means something in its own scene only.
bool IsAttribute(const std::string& key) { return key.find('.') != std::string::npos; }

TEST(NovelSplit, IsDisjointFromWhatTheInfantSaw) {
  const auto nursery = LoadMixture(FindScene("nursery"));
  const auto stage = Stage::Load(nursery.front().first->model);
  std::map<std::string, std::map<std::string, Reach>> seen;  // by scene
  for (const auto& [scene, weight] : nursery)
    seen[scene->name] = Reached(*stage, *scene, Split::kSeen);

  int factors = 0;
  const std::string folder = std::string(PEEKABOO_SOURCE_DIR) + "/scenes/voe";
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.path().extension() != ".toml") continue;
    const auto scene = LoadScene(file.path().string());
    const auto own = Reached(*stage, *scene, Split::kSeen);
    const auto novel = Draws(*stage, *scene, Split::kNovel);
    const auto chosen_on = Draws(*stage, *scene, Split::kDevNovel);
    const auto reported = Reached(*stage, *scene, Split::kNovel);
    for (const Factor& factor : scene->vary) {
      if (!factor.elsewhere.count(Split::kNovel)) continue;
      ++factors;
      const auto occurs_in = [&](const std::vector<Draw>& draws, const Reach& reach) {
        return std::any_of(draws.begin(), draws.end(),
                           [&](const Draw& draw) { return reach.Has(draw.at(factor.key)); });
      };
      EXPECT_FALSE(occurs_in(novel, own.at(factor.key)))
          << scene->name << ": novel " << factor.key << " is also drawn on seen";
      if (factor.elsewhere.count(Split::kDevNovel)) {
        EXPECT_FALSE(occurs_in(chosen_on, own.at(factor.key)))
            << scene->name << ": dev_novel " << factor.key << " is also drawn on seen";
        EXPECT_FALSE(occurs_in(chosen_on, reported.at(factor.key)))
            << scene->name << ": dev_novel " << factor.key << " is also drawn on novel";
      }
      for (const std::string& key : Bearers(*scene, factor.key)) {
        for (const auto& [name, reach] : seen) {
          const auto found = reach.find(key);
          if (!IsAttribute(key) || found == reach.end()) continue;
          EXPECT_FALSE(occurs_in(novel, found->second))
              << scene->name << ": novel " << key << " is also drawn by " << name;
        }
      }
    }
  }
  EXPECT_GT(factors, 50);
}

}  // namespace
}  // namespace peekaboo::sim
