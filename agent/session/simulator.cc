#include "agent/session/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/session/episode_spec.h"
#include "agent/session/stage_task.h"
#include "agent/session/to_intervention.h"
#include "base/check.h"
#include "base/error.h"
#include "base/overloaded.h"

namespace peekaboo::agent {

using sim::Entity;
using sim::Intervention;

namespace {

constexpr int kMostDiverged = 3;    // films in a row
constexpr double kSmoothSpeed = 2;  // beyond it one view a frame is plenty

}  // namespace

Simulator::Simulator(const Options& options)
    : options_(options), history_(options.history), motor_(options.seed), views_(options.views) {}
Simulator::~Simulator() = default;

bool Simulator::Handle(const StageCommand& command) {
  using namespace command;  // NOLINT(google-build-using-namespace): only the names of the commands
  const bool anytime = std::visit(
      Overloaded{[&](const LoadScene&) { return true; }, [&](const SetSpeed&) { return true; },
                 [&](const SetOnEpisodeEnd&) { return true; },
                 [&](const SetPlaying&) { return true; }, [&](const SetMode&) { return true; },
                 [&](const SetLockStep&) { return true; }, [&](const auto&) { return false; }},
      command);
  if (!anytime && history_.empty()) throw UserError("stage", "no scene is loaded yet");
  const auto again = [&](uint64_t index, const sim::Draw& overrides) {
    Begin(Again(index, overrides));
  };
  const bool shown = std::visit(
      Overloaded{
          [&](const LoadScene& load) { return Load(load), true; },
          [&](const SetSpeed& set) {
            if (!(set.factor >= 0) || !std::isfinite(set.factor))
              throw UserError("speed", "must be a number from 0 up");
            return speed_ = set.factor, false;
          },
          [&](const SetOnEpisodeEnd& set) { return on_episode_end_ = set.on_episode_end, false; },
          [&](const SetPlaying& set) { return playing_ = set.playing, false; },
          [&](const Restart&) { return Begin(Now().spec), true; },
          [&](const Reseed& reseed) {
            again(reseed.index.value_or(Now().spec->index + 1), Now().spec->overrides);
            return true;
          },
          [&](const Step& step) { return StepBy(step.frames), true; },
          [&](const Seek& seek) {
            playing_ = false;
            Go(std::clamp(seek.moment, history_.oldest(), history_.newest()));
            return true;
          },
          [&](const command::SetFactor& set) { return SetFactor(set.key, set.value), true; },
          [&](const ResetFactors& reset) {
            sim::Draw overrides = Now().spec->overrides;
            if (reset.key.empty()) {
              overrides.clear();
              time_step_ = 0;
            } else {
              overrides.erase(reset.key);
            }
            again(Now().spec->index, overrides);
            return true;
          },
          [&](const SetTimeStep& step) {
            world_->SetTimeStep(step.seconds);
            Changed({Mark::Kind::kChange, "time step"});
            time_step_ = step.seconds;
            return true;
          },
          [&](const Wand& wand) { return Intervene(wand), true; },
          [&](const Select& select) { return selected_ = NameOf(select.target, *world_), true; },
          [&](const Deselect&) { return world_->LetGo(), selected_.clear(), true; },
          [&](const Pull& pull) {
            const Entity& entity = Selected();
            if (playing_ && entity.kind == Entity::Kind::kBody) {
              world_->Pull(entity, pull.point.data());
            } else {
              world_->Place(entity, pull.point[0], pull.point[2]);
            }
            return Handled(), true;
          },
          [&](const Twist& twist) {
            if (playing_) {
              world_->Twist(Selected(), twist.by);
            } else {
              world_->Turn(Selected(), twist.by);
            }
            return Handled(), true;
          },
          [&](const LetGo&) { return world_->LetGo(), handled_ = false, true; },
          [&](const SetMode& set) { return motor_.SetMode(set.mode), false; },
          [&](const SetLockStep& set) { return motor_.SetLockStep(set.on), false; },
          [&](const command::MoveGoal& move) { return MoveGoal(move), true; },
          [&](const KeepEpisodes&) { return false; },  // whoever sends the frames on does it
      },
      command);
  if (shown && !std::holds_alternative<LoadScene>(command)) views_.Show(*world_);
  return shown;
}

void Simulator::StepBy(int frames) {
  playing_ = false;
  if (frames < 0) {
    Go(std::max(history_.oldest(), history_.moment() + frames));
    return;
  }
  const int64_t newest = history_.newest();
  for (int i = 0; i < frames; ++i) {
    if (history_.moment() < newest) {
      Go(history_.moment() + 1);
    } else {
      observations_.push_back(Next());
    }
  }
}

void Simulator::Load(const command::LoadScene& load) {
  const auto mixture = std::make_shared<const sim::SceneMixture>(load.scene);
  if (!load.member.empty()) CheckMember(mixture->first(), load.member);
  const auto spec =
      MakeEpisodeSpec(mixture, load.scene, load.member, {options_.split, options_.seed, 0, 0}, {});
  Begin(spec);
  motor_.Suit(*spec);
  tally_ = {};
  selected_.clear();
}

std::shared_ptr<const EpisodeSpec> Simulator::Again(uint64_t index,
                                                    const sim::Draw& overrides) const {
  const EpisodeSpec& now = *Now().spec;
  return MakeEpisodeSpec(now.mixture, now.requested, now.member,
                         {options_.split, options_.seed, index, 0}, overrides);
}

void Simulator::Resume(uint64_t index, std::deque<std::vector<float>> actions,
                       const TaskTally& tally) {
  PEEKABOO_CHECK(!history_.empty());
  Begin(Again(index, Now().spec->overrides));
  motor_.Replay(std::move(actions));
  tally_ = tally;
}

void Simulator::Begin(std::shared_ptr<const EpisodeSpec> spec) {
  // A world and an eye of their own are made before the old ones are given up.
  const bool same_stage = world_ && &world_->stage() == spec->stage.get();
  std::unique_ptr<sim::World> world;
  if (!same_stage) world = std::make_unique<sim::World>(spec->stage);
  sim::World& on = same_stage ? *world_ : *world;
  const sim::WorldState before =
      same_stage && !history_.empty() ? world_->Save() : sim::WorldState{};
  std::shared_ptr<const sim::TaskLayout> layout;
  try {
    if (spec->scene->task.exists()) {
      layout = std::make_shared<const sim::TaskLayout>(
          DrawTaskLayout(*spec->scene, spec->seed, spec->index, &on, spec->overrides));
      spec = WithDraw(*spec, layout->draw);
    } else {
      on.Reset(*spec->scene, spec->draw, EventsOf(*spec));
    }
    if (time_step_ > 0) on.SetTimeStep(time_step_);
  } catch (...) {
    if (same_stage && !history_.empty()) {
      world_->Reset(*Now().spec->scene, Now().spec->draw, EventsOf(*Now().spec));
      world_->Restore(before);
    }
    throw;
  }
  if (!same_stage) {
    eye_ = std::make_unique<sim::Eye>(world->model(), options_.image_size, options_.image_size);
    views_.SetStage(*spec->stage);
    world_ = std::move(world);
    motor_.ForgetWorld();
  }
  camera_ = spec->stage->CameraOf(*spec->scene);
  ++episodes_;
  pending_.clear();
  handled_ = false;
  swapped_.clear();
  history_.Append({std::move(spec), {}, episodes_, {}});
  if (layout) history_.now().goal = MakeGoal(std::move(layout), world_.get(), eye_.get(), camera_);
  const std::string title = Now().spec->scene->title;
  observations_.push_back(Look({{Mark::Kind::kBeginning, title}}));
}

void Simulator::Go(int64_t moment) {
  if (moment == history_.moment()) return;
  pending_.clear();
  handled_ = false;
  const EpisodeSpec* was = Now().spec.get();
  history_.GoTo(moment);
  const StageHistory::Entry& entry = Now();
  // Another episode has other sizes, scripts and events.
  if (entry.spec.get() != was) {
    if (&world_->stage() != entry.spec->stage.get()) {
      world_ = std::make_unique<sim::World>(entry.spec->stage);
      motor_.ForgetWorld();
      eye_ = std::make_unique<sim::Eye>(world_->model(), options_.image_size, options_.image_size);
      views_.SetStage(*entry.spec->stage);
    }
    world_->Reset(*entry.spec->scene, entry.spec->draw, EventsOf(*entry.spec));
    camera_ = entry.spec->stage->CameraOf(*entry.spec->scene);
  }
  world_->Restore(entry.state);
}

Observation Simulator::Look(std::vector<Mark> marks) {
  StageHistory::Entry& entry = history_.now();
  const sim::Scene& scene = *entry.spec->scene;
  auto pixels = std::make_shared<std::vector<uint8_t>>(static_cast<size_t>(eye_->height()) *
                                                       eye_->width() * 3);
  eye_->See(*world_, camera_, *pixels);
  entry.serial = serial_++;
  entry.frame = world_->frame() - FirstFrame(entry);
  NoteProgress(*world_, &entry);
  entry.objects = eye_->Examine(scene, camera_, /*visibility=*/true, world_.get());
  entry.state = world_->Save();
  views_.EndFrame(*world_, entry.frame == 0);
  const bool acted = entry.frame > 0;
  const mjModel* m = world_->model();
  const mjData* d = world_->data();
  return {history_.moment(),
          entry.serial,
          entry.episode,
          entry.frame,
          entry.frame / scene.frame_hz,
          1 / scene.frame_hz,
          std::move(pixels),
          entry.objects,
          std::move(marks),
          world_->mirrored(),
          entry.spec,
          acted ? motor_.action() : std::vector<float>(),
          {d->qpos, d->qpos + m->nq},
          {d->qvel, d->qvel + m->nv},
          entry.progress};
}

bool Simulator::StepWorld() {
  motor_.Act(history_, world_.get());
  const bool smooth = playing_ && speed_ > 0 && speed_ <= kSmoothSpeed;
  views_.BeginFrame(smooth ? StageViews::kShares : 1);
  bool intruded = false;
  world_->StepFrame([&](double share) {
    views_.Note(*world_, share);
    intruded = intruded || Intrudes(*world_, Now());
  });
  return intruded;
}

Observation Simulator::Next() {
  history_.CutFuture();
  const std::vector<int> before = world_->event_frames();
  bool intruded = false;
  try {
    intruded = StepWorld();
  } catch (const UserError&) {
    world_->Restore(Now().state);
    views_.Show(*world_);
    throw;
  }
  const auto spec = Now().spec;
  const int64_t episode = Now().episode;
  std::vector<Mark> marks = std::move(pending_);
  pending_.clear();
  for (Mark& mark : MarksOfEvents(*spec, before, world_->event_frames()))
    marks.push_back(std::move(mark));
  StageHistory::Entry next{spec, {}, episode, {}};
  next.goal = Now().goal;
  next.progress = Now().progress;
  next.progress.intruded = next.progress.intruded || intruded;
  history_.Append(std::move(next));
  Observation observation = Look(std::move(marks));
  // Each episode once, whatever people go back to.
  if (motor_.mode() == Mode::kGoal && Now().frame + 1 == EpisodeFrames(*spec->scene) &&
      episode > counted_) {
    Count(Now(), &tally_);
    counted_ = episode;
  }
  return observation;
}

std::optional<Observation> Simulator::Advance() {
  if (history_.empty()) return std::nullopt;
  const EpisodeSpec& spec = *Now().spec;
  if (Now().frame + 1 >= EpisodeFrames(*spec.scene) &&
      on_episode_end_ != command::OnEpisodeEnd::kGoOn) {
    diverged_ = 0;
    try {
      Begin(on_episode_end_ == command::OnEpisodeEnd::kAgain
                ? Now().spec
                : Again(spec.index + 1, spec.overrides));
    } catch (const UserError&) {
      playing_ = false;  // it would be tried again and again
      throw;
    }
    Observation observation = std::move(observations_.back());
    observations_.pop_back();
    return observation;
  }
  if (motor_.Waits(history_)) return std::nullopt;
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

std::vector<Observation> Simulator::TakeObservations() { return std::exchange(observations_, {}); }

const Entity& Simulator::Selected() const {
  const Entity* entity = selected_.empty() ? nullptr : world_->stage().Find(selected_);
  if (!entity) throw UserError("pull", "nothing is selected");
  return *entity;
}

void Simulator::Changed(Mark mark) {
  history_.CutFuture();
  history_.now().state = world_->Save();
  pending_.push_back(std::move(mark));
}

void Simulator::Handled() {
  history_.CutFuture();
  history_.now().state = world_->Save();
  if (std::exchange(handled_, true)) return;
  pending_.push_back({Mark::Kind::kViolation, "hand " + selected_});
}

void Simulator::Intervene(const command::Wand& wand) {
  const std::string name = NameOf(wand.target, *world_);
  const Intervention intervention =
      ToIntervention(wand, name, *Now().spec, world_->stage(), swapped_);
  world_->Apply(intervention);
  if (wand.kind == Intervention::Kind::kSwapColour) swapped_[name + ".colour"] = intervention.word;
  if (wand.kind == Intervention::Kind::kSwapShape) swapped_[name + ".shape"] = intervention.word;
  const std::string word = intervention.word.empty() ? "" : " " + intervention.word;
  Changed({Mark::Kind::kViolation,
           fmt::format("{} {}{}", sim::InterventionName(wand.kind), name, word)});
}

void Simulator::SetFactor(const std::string& key, const sim::Value& value) {
  const EpisodeSpec& spec = *Now().spec;
  CheckFactor(spec, key, value);
  sim::Draw overrides = spec.overrides;
  overrides[key] = value;
  // What may change while the world runs does; anything else is how an episode begins.
  auto next = Again(spec.index, overrides);
  // The picture of a goal would show what was.
  if (Now().goal || !world_->Adjust(*spec.scene, key, value)) {
    Begin(std::move(next));
    return;
  }
  history_.now().spec = std::move(next);
  Changed({Mark::Kind::kChange, key});
}

void Simulator::MoveGoal(const command::MoveGoal& move) {
  auto goal = MovedGoal(Now(), move, world_.get(), eye_.get(), camera_);
  history_.CutFuture();
  StageHistory::Entry& now = history_.now();
  now.goal = std::move(goal);
  now.progress.ever = false;
  NoteProgress(*world_, &now);
}

}  // namespace peekaboo::agent
