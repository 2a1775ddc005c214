#include "lab/experiment/task_actors.h"

#include "agent/mind/simulator_dynamics.h"
#include "agent/mind/task_cost.h"

namespace peekaboo::lab {
namespace {

class RandomActor : public TaskActor {
 public:
  explicit RandomActor(const TaskExperiment& experiment)
      : size_(static_cast<size_t>(experiment.stage->actions().size())) {}

  void Begin(const sim::TaskLayout&, RandomStream random) override { random_ = random; }
  std::vector<float> Act() override {
    std::vector<float> action(size_);
    for (float& number : action) number = static_cast<float>(random_->Uniform(-1, 1));
    return action;
  }

 private:
  size_t size_;
  std::optional<RandomStream> random_;
};

class ModelActor : public TaskActor {
 public:
  ModelActor(const TaskExperiment& experiment, sim::World* world)
      : experiment_(experiment),
        world_(world),
        eye_(world->model(), Side(experiment), Side(experiment)),
        frame_(static_cast<size_t>(Side(experiment)) * Side(experiment) * 3) {}

  void Begin(const sim::TaskLayout& layout, RandomStream random) override {
    actor_.emplace(experiment_.dynamics, experiment_.actor, random);
    world_->Restore(layout.goal);
    actor_->Begin(Look(), agent::MakeCostContext(experiment_.scene->task, layout, experiment_.actor,
                                                 experiment_.places));
    world_->Restore(layout.start);
    actor_->Perceive(Look());
  }
  std::vector<float> Act() override { return actor_->Act(); }
  void See() override { actor_->Perceive(Look()); }
  worldmodel::ActedFilms Lived() const override { return actor_->Lived(); }
  const agent::Plan* plan() const override { return &*actor_->plan(); }
  double seconds() const override { return actor_->seconds(); }

 private:
  static int Side(const TaskExperiment& experiment) {
    return experiment.dynamics->model().config().image_size;
  }

  std::span<const uint8_t> Look() {
    eye_.See(*world_, experiment_.stage->CameraOf(*experiment_.scene), frame_);
    return frame_;
  }

  const TaskExperiment& experiment_;
  sim::World* world_;
  sim::Eye eye_;
  std::vector<uint8_t> frame_;
  std::optional<agent::Actor> actor_;
};

class SimulatorActor : public TaskActor {
 public:
  SimulatorActor(const TaskExperiment& experiment, sim::World* world)
      : experiment_(experiment), world_(world), dynamics_(*experiment.scene, world) {}

  void Begin(const sim::TaskLayout& layout, RandomStream random) override {
    horizon_.emplace(dynamics_, experiment_.actor, random);
    world_->Restore(layout.goal);
    agent::CostContext context;
    context.goal = dynamics_.Goal();
    world_->Restore(layout.start);
    agent::CostConfig cost;  // the distance of true places is the only one there is
    cost.last = experiment_.actor.cost.last;  // weights of actions are made for latents, not metres
    cost.nearest = experiment_.actor.cost.nearest;
    horizon_->Begin(std::make_unique<agent::CostSum>(cost, context));
  }
  std::vector<float> Act() override { return horizon_->Act(dynamics_.Now()); }
  const agent::Plan* plan() const override { return &*horizon_->plan(); }
  double seconds() const override { return horizon_->seconds(); }

 private:
  const TaskExperiment& experiment_;
  sim::World* world_;
  agent::SimulatorDynamics dynamics_;
  std::optional<agent::RecedingHorizon> horizon_;
};

}  // namespace

std::unique_ptr<TaskActor> MakeRandomActor(const TaskExperiment& experiment) {
  return std::make_unique<RandomActor>(experiment);
}

std::unique_ptr<TaskActor> MakeModelActor(const TaskExperiment& experiment, sim::World* world) {
  return std::make_unique<ModelActor>(experiment, world);
}

std::unique_ptr<TaskActor> MakeSimulatorActor(const TaskExperiment& experiment, sim::World* world) {
  return std::make_unique<SimulatorActor>(experiment, world);
}

}  // namespace peekaboo::lab
