#include "agent/session/live_actor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "agent/mind/perceiver.h"
#include "agent/mind/reading.h"
#include "agent/mind/task_cost.h"
#include "base/error.h"

namespace peekaboo::agent {
namespace {

constexpr size_t kMostCosts = 256;  // plans whose cost is shown

std::vector<std::vector<float>> ToRows(const at::Tensor& matrix) {
  const at::Tensor numbers = matrix.to(at::kFloat).contiguous();
  std::vector<std::vector<float>> rows;
  for (int64_t i = 0; i < numbers.size(0); ++i) {
    const float* row = numbers.data_ptr<float>() + i * numbers.size(1);
    rows.emplace_back(row, row + numbers.size(1));
  }
  return rows;
}

}  // namespace

void LiveActor::Configure(const std::string& setting) {
  ActorConfig trial = config_;
  for (const std::string& earlier : settings_) ActorConfig::Describe().Set(earlier, &trial);
  ActorConfig::Describe().Set(setting, &trial);
  trial.Validate("plan");
  MakePlanner(trial.planner, /*differentiable=*/true);
  // The last word of a key counts.
  const std::string key = setting.substr(0, setting.find('=') + 1);
  std::erase_if(settings_, [&](const std::string& each) { return each.starts_with(key); });
  settings_.push_back(setting);
  latest_.config = trial;
  changed_ = true;
}

void LiveActor::Prepare(const StageSnapshot& stage, const MindSnapshot& mind) {
  const auto& spec = *stage.spec;
  const bool same = scene_ == spec.scene && model_number_ == mind.version->number;
  scene_ = spec.scene;
  model_number_ = mind.version->number;
  changed_ = false;
  episode_ = -1;
  latest_ = {};
  horizon_.reset();
  const bool memory = config_.memory;
  config_ = ConfigureActor(scene_->task, settings_);
  latest_.config = config_;
  CheckActs(*scene_, *spec.stage, config_, mind.version->model->config(), mind.version->name);
  const int steps = config_.planner.horizon;
  if (!same || !dynamics_ || memory != config_.memory || (places_ && steps > read_ahead_)) {
    places_.reset();
    dynamics_ = std::make_shared<const ModelDynamics>(*mind.version->model);
    // Where it means to go is drawn for people, too.
    if (scene_->play.acts()) {
      PlaceReadout::Options fit;
      fit.steps = read_ahead_ = steps;
      fit.films = options_.films;
      fit.learning_steps = options_.steps;
      fit.seed = options_.seed;
      fit.memory = config_.memory;
      places_ = std::make_shared<const PlaceReadout>(
          PlaceReadout::Fit(spec.stage, *scene_, *dynamics_, TaskBodies(scene_->task), fit));
    }
  }
  horizon_.emplace(*dynamics_, config_, RandomStream(options_.seed, "live plan"));
}

const TimelineEntry* LiveActor::Start(const StageSnapshot& stage, const MindSnapshot& mind) const {
  if (mind.moments.empty()) return nullptr;
  const int64_t newest = std::min(stage.moment, mind.moments.back()->observation.moment);
  for (int64_t moment = newest; moment > newest - scene_->play.repeat; --moment) {
    const TimelineEntry* entry = mind.Find(moment);
    if (!entry || entry->observation.episode != stage.episode) return nullptr;
    const int since = entry->observation.frame - scene_->task.wait * scene_->play.repeat;
    if (since < 0) return nullptr;
    if (since % scene_->play.repeat == 0) return entry;
  }
  return nullptr;
}

worldmodel::LatentState LiveActor::StateOf(const TimelineEntry& entry,
                                           const MindSnapshot& mind) const {
  const int repeat = scene_->play.repeat;
  const auto lived = [&](const TimelineEntry& one) {
    return one.model_number == model_number_ && !one.frame_state.z.empty();
  };
  if (lived(entry)) {
    const TimelineEntry* earlier = mind.Find(entry.observation.moment - repeat);
    const bool known =
        earlier && earlier->observation.episode == entry.observation.episode && lived(*earlier);
    return ToLatentState(entry.frame_state, known ? &earlier->frame_state : nullptr);
  }
  // Another model lived it, or none: this one watches what led there, as the eye does.
  std::vector<uint8_t> frames;
  int count = 0;
  for (int64_t back = Perceiver::kCatchUp - 1; back >= 0; --back) {
    const TimelineEntry* before = mind.Find(entry.observation.moment - back);
    if (!before || before->observation.episode != entry.observation.episode) continue;
    frames.insert(frames.end(), before->observation.pixels->begin(),
                  before->observation.pixels->end());
    ++count;
  }
  const std::vector<worldmodel::FrameState> states =
      worldmodel::PerceiveClip(dynamics_->model(), frames, count);
  return ToLatentState(states.back(), count > repeat ? &states[count - 1 - repeat] : nullptr);
}

void LiveActor::BeginEpisode(const StageSnapshot& stage) {
  const bool same_episode = episode_ == stage.episode;
  episode_ = stage.episode;
  latest_.goal = stage.goal;
  latest_.serial = -1;
  if (!same_episode) latest_.costs.clear();
  CostContext context = MakeCostContext(scene_->task, *stage.goal->layout, config_, places_);
  context.goal =
      ToLatentState(worldmodel::PerceiveFrame(dynamics_->model(), *stage.goal->picture, {}));
  context.dynamics = dynamics_.get();
  horizon_->Begin(std::make_unique<CostSum>(config_.cost, std::move(context)));
}

void LiveActor::MakePlan(const TimelineEntry& entry, const MindSnapshot& mind) {
  const ModelVersion& version = *mind.version;
  const Observation& from = entry.observation;
  const bool goes_on = latest_.serial >= 0 && latest_.moment < from.moment;
  const int passed = goes_on ? (from.frame - latest_.frame) / scene_->play.repeat : 0;
  const Plan& plan = horizon_->MakePlan(StateOf(entry, mind), passed);
  latest_.serial = from.serial;
  latest_.moment = from.moment;
  latest_.frame = from.frame;
  latest_.actions = ToRows(plan.actions);
  latest_.admissible = plan.admissible();
  latest_.cost = plan.cost;
  latest_.costs.push_back(plan.cost);
  if (latest_.costs.size() > kMostCosts) latest_.costs.erase(latest_.costs.begin());
  ++latest_.plans;
  const double took = 1000 * horizon_->seconds();
  milliseconds_ = milliseconds_ == 0 ? took : 0.9 * milliseconds_ + 0.1 * took;
  latest_.path.clear();
  if (version.readout) {
    const at::Tensor z = plan.path.z[0].contiguous();
    latest_.path =
        Points(version.readout->projection, {z.data_ptr<float>(), static_cast<size_t>(z.numel())});
  }
  latest_.places.clear();
  if (!places_) return;
  const at::NoGradGuard no_gradient;
  for (const auto& row : ToRows(places_->Read({plan.path.z[0], plan.path.h[0]}, 0)))
    latest_.places.push_back({row[0], row[1], row[2]});
}

bool LiveActor::Work(const StageSnapshot& stage, const MindSnapshot& mind) {
  if (!stage.spec || stage.mode != Mode::kGoal || !stage.goal) return false;
  if (!mind.version) {
    const bool news = latest_.hindrance.empty();
    latest_.hindrance = "there is no model yet";
    model_number_ = -1;
    return news;
  }
  if (scene_ != stage.spec->scene || model_number_ != mind.version->number || changed_) {
    if (!std::exchange(announced_, true)) {
      latest_.doing = "gets ready: learns from play to read where things are";
      latest_.hindrance.clear();
      return true;
    }
    announced_ = false;
    try {
      Prepare(stage, mind);
    } catch (const UserError& error) {
      latest_.hindrance = error.what();
      latest_.doing.clear();
      horizon_.reset();
      dynamics_.reset();
    }
    return true;
  }
  if (!horizon_) return false;
  const TimelineEntry* entry = Start(stage, mind);
  if (!entry) return false;
  const bool another = episode_ != stage.episode || latest_.goal != stage.goal;
  if (!another && latest_.serial == entry->observation.serial) return false;
  try {
    if (another) BeginEpisode(stage);
    MakePlan(*entry, mind);
  } catch (const UserError& error) {
    latest_.hindrance = error.what();
    horizon_.reset();
  }
  return true;
}

std::shared_ptr<PlanSnapshot> LiveActor::Snapshot(bool timed) const {
  auto snapshot = std::make_shared<PlanSnapshot>(latest_);
  snapshot->milliseconds = timed ? milliseconds_ : 0;
  return snapshot;
}

}  // namespace peekaboo::agent
