#include <memory>
#include <optional>
#include <utility>

#include "agent/mind/perceiver.h"
#include "agent/session/worker.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::agent {
namespace {

constexpr double kIdle = 1.0;  // s, between looks at nothing

class PerceiveWorker : public Worker {
 public:
  PerceiveWorker(int64_t history, bool pictures, int compute_threads, SessionPorts* ports)
      : perceiver_(history, pictures), compute_threads_(compute_threads), ports_(*ports) {}

  const char* name() const override { return "the eye"; }
  bool draws() const override { return false; }

  void Begin() override {
    worldmodel::SetComputeThreads(compute_threads_);
    Publish();
  }

  double Step() override {
    bool news = false;
    if (auto version = ports_.version.Get(); version != used_) {
      perceiver_.Use(used_ = std::move(version));
      news = true;
    }
    while (auto observation = ports_.observations.Take()) {
      perceiver_.Perceive(std::move(*observation));
      news = true;
      if (ports_.paced) break;  // what was seen is shown at once
    }
    if (news) Publish();
    return news ? 0 : kIdle;
  }

  void Wait(double seconds) override { ports_.observations.Wait(seconds); }
  void End() override {}

 private:
  void Publish() {
    ports_.mind.Put(perceiver_.Snapshot());
    ports_.plan_commands.Nudge();
    ports_.Changed();
  }

  Perceiver perceiver_;
  const int compute_threads_;
  SessionPorts& ports_;
  std::shared_ptr<const ModelVersion> used_;
};

}  // namespace

std::unique_ptr<Worker> MakePerceiveWorker(int64_t history, bool pictures, int compute_threads,
                                           SessionPorts* ports) {
  return std::make_unique<PerceiveWorker>(history, pictures, compute_threads, ports);
}

}  // namespace peekaboo::agent
