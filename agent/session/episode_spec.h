#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/session/snapshot.h"
#include "sim/episode/recorder.h"
#include "sim/scene/draw.h"
#include "sim/scene/scene.h"

namespace peekaboo::agent {

/// Draw `id` of a mixture, `member` (of a matched set) or none, with factors that people set in
/// place of what would have been drawn. Throws UserError for values that cannot be.
std::shared_ptr<const EpisodeSpec> MakeEpisodeSpec(std::shared_ptr<const sim::SceneMixture> mixture,
                                                   const std::string& requested,
                                                   const std::string& member, const sim::DrawId& id,
                                                   const sim::Draw& overrides);

/// The same episode with another draw.
std::shared_ptr<const EpisodeSpec> WithDraw(const EpisodeSpec& spec, const sim::Draw& draw);

/// Throws UserError unless the scene draws such a factor, or its stage has one that can be set, and
/// it takes such a value: a word or a finite number.
void CheckFactor(const EpisodeSpec& spec, const std::string& key, const sim::Value& value);

/// The member that is played; nullptr for none.
const sim::Member* MemberOf(const EpisodeSpec& spec);
/// Its own events, beside the scene's.
std::vector<sim::Event> EventsOf(const EpisodeSpec& spec);

/// Why no world can play a film of a matched set by itself, "it is ..."; empty if one can.
std::string WhyOnlyInASet(const sim::Member& member);

/// Throws UserError unless the scene has a film of that name which a world can play.
void CheckMember(const sim::Scene& scene, const std::string& name);

/// Marks of the events that are in force now and were not before: frames as World::event_frames
/// gives them, the scene's events first, then the member's own.
std::vector<Mark> MarksOfEvents(const EpisodeSpec& spec, const std::vector<int>& before,
                                const std::vector<int>& now);

}  // namespace peekaboo::agent
