#include <fmt/format.h>

#include <map>

#include "app/inspect.h"
#include "base/text.h"
#include "sim/scene/bare_scene.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"

namespace peekaboo::app {
namespace {

using sim::Distribution;
using sim::Scene;

const char* KindName(Distribution::Kind kind) {
  switch (kind) {
    case Distribution::Kind::kConstant:
      return "constant";
    case Distribution::Kind::kUniform:
      return "uniform";
    case Distribution::Kind::kNormal:
      return "normal";
    case Distribution::Kind::kChance:
      return "chance";
    case Distribution::Kind::kChoice:
      return "choice";
  }
  return "";
}

void DescribeMixture(const std::string& path, Inspection* result) {
  for (const auto& [scene, weight] : sim::LoadMixture(path)) {
    sim::Stage::Load(scene->model)->Check(*scene);
    result->json["mixture"].push_back({{"scene", scene->name}, {"weight", weight}});
    result->text += fmt::format("\n  {:>5.1f}%  {}: {}", 100 * weight, Printable(scene->name),
                                Printable(scene->title));
  }
}

void DescribeMembers(const Scene& scene, Inspection* result) {
  for (const sim::Member& member : scene.members) {
    result->json["members"].push_back(
        {{"name", member.name}, {"impossible", member.impossible}, {"like", member.like}});
    result->text += fmt::format(
        "\n  {}{}", member.impossible ? "impossible: " : "possible:   ", Printable(member.name));
    if (!member.like.empty())
      result->text += fmt::format(" (begins like '{}')", Printable(member.like));
  }
}

void DescribeFactors(const Scene& scene, Inspection* result) {
  int varying = 0;
  std::map<sim::Split, std::string> elsewhere;
  for (const sim::Factor& factor : scene.vary) {
    result->json["factors"][factor.key] = {
        {"distribution", KindName(factor.distribution.kind)},
        {"novel", factor.elsewhere.count(sim::Split::kNovel) > 0},
        {"dev_novel", factor.elsewhere.count(sim::Split::kDevNovel) > 0},
        {"unit", factor.unit}};
    varying += factor.distribution.kind != Distribution::Kind::kConstant;
    for (const auto& [split, distribution] : factor.elsewhere) {
      std::string& keys = elsewhere[split];
      keys += (keys.empty() ? "" : ", ") + Printable(factor.key);
    }
  }
  result->text += fmt::format("\n  {} factors, {} of them drawn", scene.vary.size(), varying);
  for (const auto& [split, keys] : elsewhere)
    result->text += fmt::format("\n  other ranges on the {} split: {}", SplitName(split), keys);
}

void DescribeActions(const sim::Scene& scene, const sim::Stage& stage, Inspection* result) {
  const sim::ActionSpec& actions = stage.actions();
  result->json["actions"] = nlohmann::json::array();
  if (actions.size() == 0) return;
  result->json["play"] = sim::PlayName(scene.play.kind);
  result->text += fmt::format("\n  acts ({}):", sim::PlayName(scene.play.kind));
  for (int a = 0; a < actions.size(); ++a) {
    result->json["actions"].push_back(
        {{"name", actions.names[a]}, {"low", actions.low[a]}, {"high", actions.high[a]}});
    result->text += fmt::format("{} {} {:g} to {:g}", a == 0 ? "" : ",",
                                Printable(actions.names[a]), actions.low[a], actions.high[a]);
  }
}

}  // namespace

Inspection InspectScene(const std::string& path) {
  const auto scene = sim::IsBareScene(path) ? sim::BareScene(path) : sim::LoadScene(path);
  Inspection result;
  result.json["file"] = path;
  result.json["kind"] = "scene";
  result.json["name"] = scene->name;
  result.json["title"] = scene->title;
  result.text = fmt::format("{}: {}", Printable(path), Printable(scene->title));
  if (!scene->mixture.empty()) {
    DescribeMixture(path, &result);
    return result;
  }
  const auto stage = sim::Stage::Load(scene->model);
  stage->Check(*scene);
  result.json["model"] = scene->model;
  result.json["concept"] = scene->concept_name;
  result.json["source"] = scene->source;
  result.json["age_months"] = scene->age;
  result.json["frames"] = scene->frames;
  result.json["frame_hz"] = scene->frame_hz;
  result.json["objects"] = scene->objects;
  if (!scene->concept_name.empty()) {
    result.text += "\n  concept: " + Printable(scene->concept_name);
    if (!scene->source.empty()) result.text += "; after " + Printable(scene->source);
  }
  result.text += fmt::format("\n  {} frames at {:g} Hz, on {}", scene->frames, scene->frame_hz,
                             Printable(scene->model));
  DescribeActions(*scene, *stage, &result);
  DescribeMembers(*scene, &result);
  DescribeFactors(*scene, &result);
  return result;
}

}  // namespace peekaboo::app
