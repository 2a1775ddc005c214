#include "agent/session/episode_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"

namespace peekaboo::agent {

namespace {

std::vector<FactorRange> Ranges(const EpisodeSpec& spec) {
  const sim::NameLookup lookup = sim::LookupIn(*spec.stage, spec.draw);
  std::vector<FactorRange> ranges;
  for (const sim::Factor& factor : spec.scene->vary) {
    const auto value = spec.draw.find(factor.key);
    if (value == spec.draw.end()) continue;
    FactorRange range;
    range.key = factor.key;
    range.unit = factor.unit;
    const sim::Entity* entity = nullptr;
    const sim::Attribute* attribute = nullptr;
    if (spec.stage->Resolve(factor.key, &entity, &attribute)) {
      range.meaning = attribute->meaning;
      if (range.unit.empty()) range.unit = attribute->unit;
    }
    range.value = value->second;
    range.set = spec.overrides.count(factor.key) > 0;
    const sim::Distribution& d = factor.distribution;
    range.drawn = d.kind != sim::Distribution::Kind::kConstant;
    if (std::holds_alternative<std::string>(value->second)) {
      for (const sim::Value& choice : d.choices) {
        if (const auto* word = std::get_if<std::string>(&choice)) range.choices.push_back(*word);
      }
    } else if (d.kind == sim::Distribution::Kind::kUniform) {
      range.low = d.numbers[0].Evaluate(lookup);
      range.high = d.numbers[1].Evaluate(lookup);
    } else if (d.kind == sim::Distribution::Kind::kChance) {
      range.high = 1;
    } else {
      const double now = std::get<double>(value->second);
      const double room = std::max(1.0, std::abs(now));
      range.low = now - room;
      range.high = now + room;
    }
    ranges.push_back(std::move(range));
  }
  return ranges;
}

/// What the marks call an event.
std::string Describe(const sim::Event& event) {
  std::string text;
  for (const sim::Intervention& intervention : event.interventions) {
    if (!text.empty()) text += ", ";
    text += sim::InterventionName(intervention.kind);
    for (const std::string& body : intervention.bodies) text += " " + body;
  }
  return text.empty() ? "event" : text;
}

}  // namespace

void CheckFactor(const EpisodeSpec& spec, const std::string& key, const sim::Value& value) {
  const sim::Stage& stage = *spec.stage;
  const sim::Entity* entity = nullptr;
  const sim::Attribute* attribute = nullptr;
  const bool resolved = stage.Resolve(key, &entity, &attribute);
  const auto drawn = spec.draw.find(key);
  if (drawn == spec.draw.end() && !(resolved && !attribute->derived)) {
    std::vector<std::string> known;
    for (const sim::Entity& each : stage.entities()) {
      for (const sim::Attribute& a : each.attributes()) {
        if (!a.derived) known.push_back(each.name + "." + a.name);
      }
    }
    throw UserError("factor", fmt::format("there is no '{}'{}", key, Suggest(key, known)));
  }
  const bool word = resolved ? attribute->word : std::holds_alternative<std::string>(drawn->second);
  const auto* number = std::get_if<double>(&value);
  if (word != !number)
    throw UserError("factor", fmt::format("'{}' is a {}", key, word ? "word" : "number"));
  if (number && !std::isfinite(*number))
    throw UserError("factor", fmt::format("'{}' must be a finite number", key));
}

const sim::Member* MemberOf(const EpisodeSpec& spec) {
  return spec.member.empty() ? nullptr : spec.scene->FindMember(spec.member);
}

std::vector<sim::Event> EventsOf(const EpisodeSpec& spec) {
  const sim::Member* member = MemberOf(spec);
  return member ? member->events : std::vector<sim::Event>{};
}

std::string WhyOnlyInASet(const sim::Member& member) {
  if (!member.splice.empty()) return "it is spliced from other films";
  for (const sim::Factor& factor : member.set) {
    for (const sim::Expression& number : factor.distribution.numbers) {
      for (const std::string& name : number.names()) {
        for (const char* of_set : {"event.", "splice.", "hidden.", "seen.", "emerges."}) {
          if (name.starts_with(of_set)) return "it begins from where another film was: " + name;
        }
      }
    }
  }
  return "";
}

void CheckMember(const sim::Scene& scene, const std::string& name) {
  const sim::Member* member = scene.FindMember(name);
  std::vector<std::string> names;
  for (const sim::Member& each : scene.members) names.push_back(each.name);
  if (!member)
    throw UserError(scene.path,
                    fmt::format("has no film called '{}'{}", name, Suggest(name, names)));
  if (const std::string why = WhyOnlyInASet(*member); !why.empty())
    throw UserError(scene.path, fmt::format("no world can play '{}': {}", name, why));
}

std::vector<Mark> MarksOfEvents(const EpisodeSpec& spec, const std::vector<int>& before,
                                const std::vector<int>& now) {
  const sim::Member* member = MemberOf(spec);
  const size_t of_scene = spec.scene->events.size();
  std::vector<Mark> marks;
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] >= 0 || now[i] < 0) continue;
    const bool own = i >= of_scene;
    const sim::Event& event = own ? member->events[i - of_scene] : spec.scene->events[i];
    marks.push_back(
        {own && member->impossible ? Mark::Kind::kViolation : Mark::Kind::kEvent, Describe(event)});
  }
  return marks;
}

std::shared_ptr<const EpisodeSpec> WithDraw(const EpisodeSpec& spec, const sim::Draw& draw) {
  auto other = std::make_shared<EpisodeSpec>(spec);
  other->draw = draw;
  other->factors = Ranges(*other);
  return other;
}

std::shared_ptr<const EpisodeSpec> MakeEpisodeSpec(std::shared_ptr<const sim::SceneMixture> mixture,
                                                   const std::string& requested,
                                                   const std::string& member, const sim::DrawId& id,
                                                   const sim::Draw& overrides) {
  auto spec = std::make_shared<EpisodeSpec>();
  spec->scene = mixture->scenes()[mixture->Pick(id.seed, id.index)].first;
  spec->stage = mixture->stage();
  spec->mixture = std::move(mixture);
  spec->requested = requested;
  spec->member = member;
  spec->seed = id.seed;
  spec->index = id.index;
  spec->overrides = overrides;
  spec->draw = sim::DrawFactors(*spec->stage, *spec->scene, id, overrides);
  if (const sim::Member* own = MemberOf(*spec); own && !own->set.empty()) {
    const auto nothing_more = [](const std::string&, double*) { return false; };
    sim::Draw set = sim::EvaluateOverrides(*spec->stage, spec->draw, *own, nothing_more);
    for (const auto& [key, value] : overrides) set[key] = value;
    spec->draw = sim::DrawFactors(*spec->stage, *spec->scene, id, set);
  }
  spec->factors = Ranges(*spec);
  return spec;
}

}  // namespace peekaboo::agent
