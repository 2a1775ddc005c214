#include "agent/session/simulator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/session/episode_spec.h"
#include "agent/session/to_intervention.h"
#include "base/check.h"
#include "base/error.h"
#include "base/suggest.h"

namespace peekaboo::agent {

using sim::Entity;
using sim::Intervention;

struct Simulator::Entry {
  std::shared_ptr<const EpisodeSpec> spec;
  sim::WorldState state;
  int64_t episode = 0;
  std::vector<sim::ObjectTruth> objects;
};

namespace {

constexpr int kShares = 4;          // views of a frame that is played at a pace people can follow
constexpr int kMostDiverged = 3;    // films in a row
constexpr double kSmoothSpeed = 2;  // beyond it one view a frame is plenty

}  // namespace

Simulator::Simulator(const Options& options) : options_(options) {
  PEEKABOO_CHECK(options.history >= 2);
}
Simulator::~Simulator() = default;

const Simulator::Entry& Simulator::Now() const {
  PEEKABOO_CHECK(moment_ >= oldest_);
  return history_[static_cast<size_t>(moment_ - oldest_)];
}

bool Simulator::Handle(const StageCommand& command) {
  using namespace command;  // NOLINT(google-build-using-namespace): only the names of the commands
  if (const auto* load = std::get_if<LoadScene>(&command)) {
    Load(*load);
    return true;
  }
  if (const auto* set = std::get_if<SetSpeed>(&command)) {
    if (!(set->factor >= 0) || !std::isfinite(set->factor))
      throw UserError("speed", "must be a number from 0 up");
    speed_ = set->factor;
    return false;
  }
  if (const auto* set = std::get_if<SetOnEpisodeEnd>(&command)) {
    encore_ = set->on_episode_end;
    return false;
  }
  if (const auto* set = std::get_if<SetPlaying>(&command)) {
    playing_ = set->playing;
    return false;
  }
  if (moment_ < 0) throw UserError("stage", "no scene is loaded yet");
  if (std::holds_alternative<Restart>(command)) {
    Begin(Now().spec);
  } else if (const auto* reseed = std::get_if<Reseed>(&command)) {
    Begin(Again(reseed->index.value_or(Now().spec->index + 1), Now().spec->overrides));
  } else if (const auto* step = std::get_if<Step>(&command)) {
    playing_ = false;
    if (step->frames < 0) {
      Go(std::max(oldest_, moment_ + step->frames));
    } else {
      const int64_t newest = oldest_ + static_cast<int64_t>(history_.size()) - 1;
      for (int i = 0; i < step->frames; ++i) {
        if (moment_ < newest) {
          Go(moment_ + 1);
        } else {
          observations_.push_back(Next());
        }
      }
    }
  } else if (const auto* seek = std::get_if<Seek>(&command)) {
    playing_ = false;
    const int64_t newest = oldest_ + static_cast<int64_t>(history_.size()) - 1;
    Go(std::clamp(seek->moment, oldest_, newest));
  } else if (const auto* set = std::get_if<command::SetFactor>(&command)) {
    SetFactor(set->key, set->value);
  } else if (const auto* reset = std::get_if<ResetFactors>(&command)) {
    sim::Draw overrides = Now().spec->overrides;
    if (reset->key.empty()) {
      overrides.clear();
      time_step_ = 0;
    } else {
      overrides.erase(reset->key);
    }
    Begin(Again(Now().spec->index, overrides));
  } else if (const auto* step = std::get_if<SetTimeStep>(&command)) {
    world_->SetTimeStep(step->seconds);
    CutFuture();
    history_.back().state = world_->Save();
    time_step_ = step->seconds;
    pending_.push_back({Mark::Kind::kChange, "time step"});
  } else if (const auto* wand = std::get_if<Wand>(&command)) {
    Intervene(*wand);
  } else if (const auto* select = std::get_if<Select>(&command)) {
    selected_ = NameOf(select->target);
  } else if (std::holds_alternative<Deselect>(command)) {
    world_->LetGo();
    selected_.clear();
  } else if (const auto* pull = std::get_if<Pull>(&command)) {
    const Entity& entity = Selected();
    if (playing_ && entity.kind == Entity::Kind::kBody) {
      world_->Pull(entity, pull->point.data());
    } else {
      world_->Place(entity, pull->point[0], pull->point[2]);
    }
    Handled();
  } else if (const auto* twist = std::get_if<Twist>(&command)) {
    if (playing_) {
      world_->Twist(Selected(), twist->by);
    } else {
      world_->Turn(Selected(), twist->by);
    }
    Handled();
  } else if (std::holds_alternative<LetGo>(command)) {
    world_->LetGo();
    handled_ = false;
  }
  ShowAsItIs();
  return true;
}

void Simulator::Load(const command::LoadScene& load) {
  const auto mixture = std::make_shared<const sim::SceneMixture>(load.scene);
  if (!load.member.empty()) CheckMember(mixture->first(), load.member);
  Begin(
      MakeEpisodeSpec(mixture, load.scene, load.member, {options_.split, options_.seed, 0, 0}, {}));
  selected_.clear();
}

std::shared_ptr<const EpisodeSpec> Simulator::Again(uint64_t index,
                                                    const sim::Draw& overrides) const {
  const EpisodeSpec& now = *Now().spec;
  return MakeEpisodeSpec(now.mixture, now.requested, now.member,
                         {options_.split, options_.seed, index, 0}, overrides);
}

void Simulator::Begin(std::shared_ptr<const EpisodeSpec> spec) {
  // A world and an eye of their own are made before the old ones are given up.
  const bool same_stage = world_ && &world_->stage() == spec->stage.get();
  std::unique_ptr<sim::World> world;
  if (!same_stage) world = std::make_unique<sim::World>(spec->stage);
  sim::World& on = same_stage ? *world_ : *world;
  const sim::WorldState before = same_stage && moment_ >= 0 ? world_->Save() : sim::WorldState{};
  try {
    on.Reset(*spec->scene, spec->draw, EventsOf(*spec));
    if (time_step_ > 0) on.SetTimeStep(time_step_);
  } catch (...) {
    if (same_stage && moment_ >= 0) {
      world_->Reset(*Now().spec->scene, Now().spec->draw, EventsOf(*Now().spec));
      world_->Restore(before);
    }
    throw;
  }
  if (!same_stage) {
    eye_ = std::make_unique<sim::Eye>(world->model(), options_.image_size, options_.image_size);
    if (options_.views) viewer_ = std::make_unique<sim::SceneViewer>(*spec->stage);
    world_ = std::move(world);
  }
  CutFuture();
  camera_ = spec->stage->Require(spec->scene->camera, spec->scene->path).id;
  ++episodes_;
  pending_.clear();
  handled_ = false;
  swapped_.clear();
  history_.push_back({std::move(spec), {}, episodes_, {}});
  ++moment_;
  const std::string title = Now().spec->scene->title;
  observations_.push_back(Look({{Mark::Kind::kBeginning, title}}));
}

void Simulator::Go(int64_t moment) {
  if (moment == moment_) return;
  pending_.clear();
  handled_ = false;
  const EpisodeSpec* was = Now().spec.get();
  moment_ = moment;
  const Entry& entry = Now();
  // Another episode has other sizes, scripts and events.
  if (entry.spec.get() != was) {
    if (&world_->stage() != entry.spec->stage.get()) {
      world_ = std::make_unique<sim::World>(entry.spec->stage);
      eye_ = std::make_unique<sim::Eye>(world_->model(), options_.image_size, options_.image_size);
      if (options_.views) viewer_ = std::make_unique<sim::SceneViewer>(*entry.spec->stage);
    }
    world_->Reset(*entry.spec->scene, entry.spec->draw, EventsOf(*entry.spec));
    camera_ = entry.spec->stage->Require(entry.spec->scene->camera, entry.spec->scene->path).id;
  }
  world_->Restore(entry.state);
}

std::shared_ptr<const sim::SceneView> Simulator::View() const {
  return std::make_shared<const sim::SceneView>(viewer_->Capture(*world_));
}

void Simulator::ShowAsItIs() {
  if (options_.views && moment_ >= 0) views_.assign(1, View());
}

void Simulator::CutFuture() {
  if (moment_ < 0) return;
  while (oldest_ + static_cast<int64_t>(history_.size()) - 1 > moment_) history_.pop_back();
}

Observation Simulator::Look(std::vector<Mark> marks) {
  Entry& entry = history_.back();
  const sim::Scene& scene = *entry.spec->scene;
  auto pixels = std::make_shared<std::vector<uint8_t>>(static_cast<size_t>(eye_->height()) *
                                                       eye_->width() * 3);
  eye_->See(*world_, camera_, *pixels);
  entry.objects = eye_->Examine(scene, camera_, /*visibility=*/true, world_.get());
  entry.state = world_->Save();
  if (options_.views) {
    if (views_.empty() || world_->frame() == 0) views_.assign(1, nullptr);
    views_.back() = View();
    // A frame played again may have skipped a share.
    for (auto& view : views_) {
      if (!view) view = views_.back();
    }
  }
  while (static_cast<int64_t>(history_.size()) > options_.history) {
    history_.pop_front();
    ++oldest_;
  }
  return {moment_,
          history_.back().episode,
          world_->frame(),
          world_->time(),
          1 / scene.frame_hz,
          std::move(pixels),
          history_.back().objects,
          std::move(marks),
          world_->mirrored(),
          history_.back().spec};
}

void Simulator::StepWorld() {
  if (options_.views && playing_ && speed_ > 0 && speed_ <= kSmoothSpeed) {
    views_.assign(kShares, nullptr);
    int shown = 0;
    world_->StepFrame([&](double share) {
      const int now = static_cast<int>(share * kShares);
      if (now == shown) return;
      shown = now;
      if (now >= 1 && now < kShares) views_[now - 1] = View();
    });
  } else {
    world_->StepFrame();
    views_.assign(1, nullptr);
  }
}

Observation Simulator::Next() {
  CutFuture();
  const std::vector<int> before = world_->event_frames();
  try {
    StepWorld();
  } catch (const UserError&) {
    world_->Restore(Now().state);
    ShowAsItIs();
    throw;
  }
  const auto spec = Now().spec;
  const int64_t episode = Now().episode;
  std::vector<Mark> marks = std::move(pending_);
  pending_.clear();
  const sim::Member* member = MemberOf(*spec);
  const size_t of_scene = spec->scene->events.size();
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] >= 0 || world_->event_frames()[i] < 0) continue;
    const bool own = i >= of_scene;
    const sim::Event& event = own ? member->events[i - of_scene] : spec->scene->events[i];
    marks.push_back(
        {own && member->impossible ? Mark::Kind::kViolation : Mark::Kind::kEvent, Describe(event)});
  }
  history_.push_back({spec, {}, episode, {}});
  ++moment_;
  return Look(std::move(marks));
}

std::optional<Observation> Simulator::Advance() {
  if (moment_ < 0) return std::nullopt;
  const EpisodeSpec& spec = *Now().spec;
  if (world_->frame() + 1 >= spec.scene->frames && encore_ != command::OnEpisodeEnd::kGoOn) {
    diverged_ = 0;
    Begin(encore_ == command::OnEpisodeEnd::kAgain ? Now().spec
                                                   : Again(spec.index + 1, spec.overrides));
    Observation observation = std::move(observations_.back());
    observations_.pop_back();
    return observation;
  }
  try {
    return Next();
  } catch (const UserError&) {
    world_->LetGo();
    // One draw in many may be too much for the physics; if all are, people must see to it.
    if (++diverged_ >= kMostDiverged) playing_ = false;
    Begin(Again(Now().spec->index + 1, Now().spec->overrides));
    throw;
  }
}

std::vector<Observation> Simulator::TakeSights() { return std::exchange(observations_, {}); }

std::string Simulator::NameOf(const Target& target) const {
  if (const auto* name = std::get_if<std::string>(&target)) {
    const Entity& entity = world_->stage().Require(*name, "stage");
    if (entity.kind != Entity::Kind::kBody && entity.kind != Entity::Kind::kFixture)
      throw UserError("stage", "'" + *name + "' is not a thing that can be moved");
    return entity.name;
  }
  const Ray& ray = std::get<Ray>(target);
  const auto hit = world_->Pick(ray.origin.data(), ray.direction.data(), ray.through);
  if (!hit ||
      (hit->entity->kind != Entity::Kind::kBody && hit->entity->kind != Entity::Kind::kFixture))
    throw UserError("stage", "there is nothing there that can be moved");
  return hit->entity->name;
}

const Entity& Simulator::Selected() const {
  const Entity* entity = selected_.empty() ? nullptr : world_->stage().Find(selected_);
  if (!entity) throw UserError("pull", "nothing is selected");
  return *entity;
}

void Simulator::Handled() {
  CutFuture();
  history_.back().state = world_->Save();
  if (std::exchange(handled_, true)) return;
  pending_.push_back({Mark::Kind::kViolation, "hand " + selected_});
}

void Simulator::Intervene(const command::Wand& wand) {
  const std::string name = NameOf(wand.target);
  const Intervention intervention =
      ToIntervention(wand, name, *Now().spec, world_->stage(), swapped_);
  CutFuture();
  world_->Apply(intervention);
  if (wand.kind == Intervention::Kind::kSwapColour) swapped_[name + ".colour"] = intervention.word;
  if (wand.kind == Intervention::Kind::kSwapShape) swapped_[name + ".shape"] = intervention.word;
  history_.back().state = world_->Save();
  pending_.push_back(
      {Mark::Kind::kViolation, std::string(sim::InterventionName(wand.kind)) + " " + name +
                                   (intervention.word.empty() ? "" : " " + intervention.word)});
}

void Simulator::SetFactor(const std::string& key, const sim::Value& value) {
  const EpisodeSpec& spec = *Now().spec;
  CheckFactor(spec, key, value);
  sim::Draw overrides = spec.overrides;
  overrides[key] = value;
  // What may change while the world runs does; anything else is how an episode begins.
  auto next = Again(spec.index, overrides);
  if (!world_->Adjust(*spec.scene, key, value)) {
    Begin(std::move(next));
    return;
  }
  CutFuture();
  history_.back().spec = std::move(next);
  history_.back().state = world_->Save();
  pending_.push_back({Mark::Kind::kChange, key});
}

std::shared_ptr<StageSnapshot> Simulator::Snapshot() const {
  auto snapshot = std::make_shared<StageSnapshot>();
  snapshot->playing = playing_;
  snapshot->speed = speed_;
  snapshot->on_episode_end = encore_;
  snapshot->selected = selected_;
  if (moment_ < 0) return snapshot;
  const Entry& now = Now();
  snapshot->views = views_;
  snapshot->spec = now.spec;
  snapshot->moment = moment_;
  snapshot->oldest = oldest_;
  snapshot->newest = oldest_ + static_cast<int64_t>(history_.size()) - 1;
  snapshot->episode = now.episode;
  snapshot->frame = world_->frame();
  snapshot->time = world_->time();
  snapshot->period = 1 / now.spec->scene->frame_hz;
  snapshot->time_step = world_->model()->opt.timestep;
  snapshot->factors = now.spec->draw;
  snapshot->objects = now.objects;
  return snapshot;
}

}  // namespace peekaboo::agent
