#include "lab/battery/matched_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/check.h"
#include "base/error.h"
#include "base/ordered_pool.h"
#include "sim/render/gl_context.h"

namespace peekaboo::lab {

using sim::DrawId;
using sim::Episode;
using sim::Film;
using sim::Member;

namespace {

/// A run of frames [first, last] in which the body is hidden in all films concerned.
struct Window {
  int first, last;
};

size_t FrameBytes(const Episode& episode) {
  return episode.pixels.size() / static_cast<size_t>(episode.frames);
}

bool SameFrames(const Episode& a, const Episode& b, int from, int to) {
  const size_t bytes = FrameBytes(a);
  return std::memcmp(a.pixels.data() + from * bytes, b.pixels.data() + from * bytes,
                     (to - from) * bytes) == 0;
}

void CopyFrames(const Episode& from, int first, Episode* to) {
  const auto copy = [&](const auto& source, auto* target) {
    const size_t width = source.size() / static_cast<size_t>(from.frames);
    std::copy(source.begin() + static_cast<ptrdiff_t>(first * width), source.end(),
              target->begin() + static_cast<ptrdiff_t>(first * width));
  };
  copy(from.pixels, &to->pixels);
  copy(from.qpos, &to->qpos);
  copy(from.qvel, &to->qvel);
  copy(from.present, &to->present);
  copy(from.image_xy, &to->image_xy);
  copy(from.visible, &to->visible);
}

int MemberIndex(const sim::Scene& scene, const std::string& name) {
  const Member* member = scene.FindMember(name);
  PEEKABOO_CHECK(member);
  return static_cast<int>(member - scene.members.data());
}

/// The member that begins as `member` does.
int LikeIndex(const sim::Scene& scene, int member) {
  const Member& m = scene.members[member];
  if (!m.impossible) return member;
  return MemberIndex(scene, m.splice.empty() ? m.like : m.splice.front());
}

/// Runs of frames in which no film shows the body, after one of them did and before one of them
/// does again.
std::vector<Window> HiddenWindows(const std::vector<const Episode*>& films, int object,
                                  int objects) {
  const int frames = films.front()->frames;
  const auto seen = [&](int t) {
    return std::any_of(films.begin(), films.end(), [&](const Episode* film) {
      return film->visible[t * objects + object] > 0;
    });
  };
  std::vector<Window> windows;
  bool before = false;
  for (int t = 0; t < frames; ++t) {
    if (seen(t)) {
      before = true;
      continue;
    }
    int last = t;
    while (last + 1 < frames && !seen(last + 1)) ++last;
    if (before && last + 1 < frames) windows.push_back({t, last});
    t = last;
  }
  return windows;
}

}  // namespace

/// What `require` and later members' `set` can ask about the set so far, by name.
struct MatchedSetMaker::Measures {
  std::map<std::string, double> values;

  sim::NameLookup Lookup(const sim::NameLookup& draw) const {
    return [this, draw](const std::string& name, double* value) {
      const auto found = values.find(name);
      if (found == values.end()) return draw(name, value);
      *value = found->second;
      return true;
    };
  }

  /// The state of `film` in the last frame before `frame`.
  void SetEvent(const sim::Scene& scene, const Film& film, int frame) {
    values["event.frame"] = frame;
    const auto& bodies = film.bodies[std::max(0, frame - 1)];
    for (size_t o = 0; o < scene.objects.size(); ++o) {
      const std::string prefix = fmt::format("event.{}.", scene.objects[o]);
      values[prefix + "x"] = bodies[o].x;
      values[prefix + "z"] = bodies[o].z;
      values[prefix + "vx"] = bodies[o].vx;
      values[prefix + "vz"] = bodies[o].vz;
      values[prefix + "angle"] = bodies[o].angle;
      values[prefix + "spin"] = bodies[o].spin;
    }
  }
};

MatchedSetMaker::MatchedSetMaker(std::shared_ptr<const sim::Stage> stage,
                                 std::shared_ptr<const sim::Scene> scene, uint64_t max_attempts)
    : stage_(std::move(stage)),
      scene_(std::move(scene)),
      max_attempts_(max_attempts),
      filmer_(stage_, sim::FilmOptions{.height = kPictureSide,
                                       .width = kPictureSide,
                                       .visible = !scene_->hidden.empty()}) {
  if (scene_->members.empty())
    throw UserError(scene_->path, "has no [[member]]: it is not a matched set");
  stage_->Check(*scene_);
}

MatchedSet MatchedSetMaker::Make(sim::Split split, uint64_t seed, uint64_t index) {
  MatchedSet set;
  std::map<std::string, int> rejections;
  for (set.attempt = 0; set.attempt < max_attempts_; ++set.attempt) {
    const DrawId id{split, seed, index, set.attempt};
    const std::string why = Try(id, &set);
    if (!why.empty()) {
      ++rejections[why];
      continue;
    }
    Assert(set, id);
    return set;
  }
  const auto most =
      std::max_element(rejections.begin(), rejections.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  throw UserError(scene_->path,
                  fmt::format("no draw makes set {} of split {}: in {} of {} attempts {}", index,
                              sim::SplitName(split), most->second, max_attempts_, most->first));
}

std::string MatchedSetMaker::Try(const DrawId& id, MatchedSet* set) {
  const auto& members = scene_->members;
  const sim::Draw draw = DrawFactors(*stage_, *scene_, id);
  Measures measures;
  const auto unmet = [&](bool all_known) -> std::string {
    const sim::NameLookup lookup = measures.Lookup(LookupIn(*stage_, draw));
    for (const sim::Expression& condition : scene_->require) {
      const bool known = std::all_of(condition.names().begin(), condition.names().end(),
                                     [&](const std::string& name) {
                                       double unused = 0;
                                       return lookup(name, &unused);
                                     });
      if ((known || all_known) && condition.Evaluate(lookup) == 0)
        return fmt::format("'require' was not met: \"{}\"", condition.text());
    }
    return "";
  };

  std::vector<Film> films(members.size());
  set->violation_frames.assign(members.size(), -1);
  set->like.resize(members.size());
  for (size_t i = 0; i < members.size(); ++i) {
    set->like[i] = LikeIndex(*scene_, static_cast<int>(i));
    if (!members[i].splice.empty()) continue;
    sim::Draw own = draw;
    if (!members[i].set.empty()) {
      const sim::Draw overrides =
          EvaluateOverrides(*stage_, draw, members[i], measures.Lookup(LookupIn(*stage_, draw)));
      own = DrawFactors(*stage_, *scene_, id, overrides);
    }
    films[i] = filmer_.Shoot(*scene_, own, members[i].events);
    films[i].episode.seed = id.seed;
    films[i].episode.index = id.index;
    if (!members[i].impossible) continue;
    // The scene's own events come first in event_frames, then the member's.
    int first = -1;
    for (size_t e = scene_->events.size(); e < films[i].event_frames.size(); ++e) {
      const int frame = films[i].event_frames[e];
      if (frame >= 0 && (first < 0 || frame < first)) first = frame;
    }
    if (first < 1) return fmt::format("nothing happened in the film '{}'", members[i].name);
    set->violation_frames[i] = first;
    if (!measures.values.count("event.frame")) measures.SetEvent(*scene_, films[i], first);
    if (std::string why = unmet(false); !why.empty()) return why;
  }
  set->films.clear();
  for (Film& film : films) set->films.push_back(film.episode);
  const std::string why = Splice(films, &measures, set);
  return why.empty() ? unmet(true) : why;
}

std::string MatchedSetMaker::Splice(const std::vector<Film>& films, Measures* measures,
                                    MatchedSet* set) const {
  if (scene_->hidden.empty()) return "";
  const int objects = static_cast<int>(scene_->objects.size());
  const int object =
      static_cast<int>(std::find(scene_->objects.begin(), scene_->objects.end(), scene_->hidden) -
                       scene_->objects.begin());
  auto& values = measures->values;
  for (size_t i = 0; i < scene_->members.size(); ++i) {
    const Member& member = scene_->members[i];
    if (member.splice.empty()) continue;
    std::vector<const Episode*> sources;
    for (const std::string& name : member.splice)
      sources.push_back(&films[MemberIndex(*scene_, name)].episode);
    const auto windows = HiddenWindows(sources, object, objects);
    const size_t joints = sources.size() - 1;
    if (windows.size() < joints) {
      return fmt::format("'{}' was not hidden long enough where '{}' is spliced", scene_->hidden,
                         member.name);
    }
    Episode& film = set->films[i];
    film = *sources.front();
    for (size_t j = 0; j < joints; ++j) {
      const int at = (windows[j].first + windows[j].last + 1) / 2;
      if (at <= windows[j].first) {
        return fmt::format("'{}' was hidden for one frame only where '{}' is spliced",
                           scene_->hidden, member.name);
      }
      CopyFrames(*sources[j + 1], at, &film);
      if (!SameFrames(*sources[j], *sources[j + 1], at - 1, at + 1)) {
        throw UserError(scene_->path,
                        fmt::format("'{}' is hidden where '{}' is spliced, but the pictures differ",
                                    scene_->hidden, member.name));
      }
      values[j == 0 ? "splice.frame" : "splice.last"] = at;
      if (j == 0) set->violation_frames[i] = at;
    }
    values["hidden.windows"] = static_cast<double>(windows.size());
    values["hidden.count"] = windows[0].last - windows[0].first + 1;
    const auto count_seen = [&](int from, int to) {
      int seen = 0;
      for (int t = from; t < to; ++t) {
        seen += std::any_of(sources.begin(), sources.end(), [&](const Episode* s) {
          return s->visible[t * objects + object] > 12;
        });
      }
      return seen;
    };
    const int frames = sources[0]->frames;
    values["seen.before"] = count_seen(0, windows[0].first);
    values["seen.between"] = joints > 1 ? count_seen(windows[0].last + 1, windows[1].first) : 0;
    values["seen.after"] = count_seen(windows[joints - 1].last + 1, frames);
    // How far apart in time the first two films show it again.
    std::array<int, 2> emerges = {frames, frames};
    for (int s = 0; s < 2; ++s) {
      for (int t = frames - 1; t > windows[0].first; --t) {
        if (sources[s]->visible[t * objects + object] > 0) emerges[s] = t;
      }
    }
    values["emerges.apart"] = std::abs(emerges[0] - emerges[1]);
    // Both films must show it again for a comparison of when.
    values["emerges.last"] = std::max(emerges[0], emerges[1]);
  }
  return "";
}

void MatchedSetMaker::Assert(const MatchedSet& set, const DrawId& id) const {
  for (size_t i = 0; i < set.films.size(); ++i) {
    if (set.like[i] == static_cast<int>(i)) continue;
    const Episode& like = set.films[set.like[i]];
    const int at = set.violation_frames[i];
    const auto fail = [&](const std::string& what) {
      throw UserError(scene_->path, fmt::format("set {}, seed {}, '{}': {}", id.index, id.seed,
                                                scene_->members[i].name, what));
    };
    if (!SameFrames(set.films[i], like, 0, at))
      fail("differs from the film it is like before the violation");
    if (SameFrames(set.films[i], like, at, like.frames))
      fail("never differs from the film it is like");
  }
}

void MakeMatchedSets(const std::shared_ptr<const sim::Scene>& scene, sim::Split split,
                     uint64_t seed, int count, int threads,
                     const std::function<bool(int64_t, MatchedSet)>& consume) {
  const auto stage = sim::Stage::Load(scene->model);
  struct Workshop {
    std::unique_ptr<sim::GlContext> gl = sim::GlContext::Create();
    std::unique_ptr<MatchedSetMaker> maker;  // goes before the context it renders with
  };
  const auto make_worker = [&]() -> std::function<MatchedSet(int64_t)> {
    auto workshop = std::make_shared<Workshop>();
    workshop->gl->MakeCurrent();
    workshop->maker = std::make_unique<MatchedSetMaker>(stage, scene);
    return [workshop, split, seed](int64_t set) {
      return workshop->maker->Make(split, seed, static_cast<uint64_t>(set));
    };
  };
  RunOrdered<MatchedSet>(ThreadsOrAll(threads), count, make_worker, consume);
}

}  // namespace peekaboo::lab
