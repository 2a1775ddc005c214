#include <memory>

#include "agent/session/live_actor.h"
#include "agent/session/worker.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::agent {
namespace {

constexpr double kIdle = 1.0;  // s, between looks at nothing

class PlanWorker : public Worker {
 public:
  PlanWorker(const LiveActor::Options& options, int compute_threads, SessionPorts* ports)
      : actor_(options), compute_threads_(compute_threads), ports_(*ports) {}

  const char* name() const override { return "planning"; }

  void Begin() override { worldmodel::SetComputeThreads(compute_threads_); }

  double Step() override {
    bool news = ports_.TakeCommands(&ports_.plan_commands, [&](const PlanCommand& command) {
      actor_.Configure(std::get<command::SetPlan>(command).setting);
    });
    const auto stage = ports_.stage.Get();
    const auto mind = ports_.mind.Get();
    bool worked = false;
    if (stage && mind) {
      // Whoever takes every step plans for what was just perceived before time goes on.
      do {
        worked = actor_.Work(*stage, *mind);
        news = news || worked;
      } while (worked && !ports_.paced);
    }
    if (!news) return kIdle;
    ports_.plan.Put(actor_.Snapshot(/*timed=*/ports_.paced));
    ports_.stage_commands.Nudge();
    ports_.Changed();
    return worked ? 0 : kIdle;
  }

  void Wait(double seconds) override { ports_.plan_commands.Wait(seconds); }
  void End() override {}

 private:
  LiveActor actor_;
  const int compute_threads_;
  SessionPorts& ports_;
};

}  // namespace

std::unique_ptr<Worker> MakePlanWorker(const LiveActor::Options& options, int compute_threads,
                                       SessionPorts* ports) {
  return std::make_unique<PlanWorker>(options, compute_threads, ports);
}

}  // namespace peekaboo::agent
