#include <optional>
#include <utility>
#include <vector>

#include "agent/session/worker.h"

namespace peekaboo::agent {
namespace {

constexpr double kIdle = 1.0;  // s, between looks at nothing

double Smoothed(double mean, double now) { return mean == 0 ? now : 0.95 * mean + 0.05 * now; }

class SimulateWorker : public Worker {
 public:
  SimulateWorker(const Simulator::Options& options, SessionPorts* ports)
      : options_(options), ports_(*ports), pacer_(ports->clock) {}

  const char* name() const override { return "the stage"; }

  void Begin() override {
    simulator_.emplace(options_);
    speed_ = simulator_->speed();
    Publish();
  }

  double Step() override {
    simulator_->Use(ports_.plan.Get());
    bool news = ports_.TakeCommands(
        &ports_.stage_commands, [&](const StageCommand& command) { simulator_->Handle(command); });
    std::vector<Observation> begun = simulator_->TakeObservations();
    const bool playing = simulator_->playing();
    if (simulator_->speed() != speed_) pacer_.SetSpeed(speed_ = simulator_->speed());
    if (playing && !was_playing_) pacer_.Restart();
    was_playing_ = playing;
    double idle = 0;
    if (!begun.empty()) {
      news = true;
      for (Observation& observation : begun) Send(std::move(observation));
    } else if (!playing) {
      idle = kIdle;
    } else if (ports_.paced && pacer_.Remaining() > 0) {
      idle = pacer_.Remaining();
    } else {
      try {
        const bool advanced = Advance();
        news = news || advanced;
        if (!advanced) idle = kIdle;
      } catch (const UserError& error) {
        ports_.Report(error);
      }
    }
    if (news) Publish();
    return idle;
  }

  void Wait(double seconds) override { ports_.stage_commands.Wait(seconds); }
  void End() override { simulator_.reset(); }

 private:
  // Whoever takes every step himself would wait for himself.
  void Send(Observation observation) {
    if (ports_.paced) {
      ports_.observations.Push(std::move(observation));
    } else {
      ports_.observations.PushOver(std::move(observation));
    }
  }

  bool Advance() {
    const double start = ports_.clock();
    std::optional<Observation> observation = simulator_->Advance();
    if (!observation) return false;
    frame_ms_ = Smoothed(frame_ms_, 1000 * (ports_.clock() - start));
    const double period = observation->period;
    Send(std::move(*observation));
    pacer_.Advance(period);
    return true;
  }

  void Publish() {
    auto snapshot = simulator_->Snapshot();
    // Without a clock there is no rate.
    snapshot->real_time_factor = ports_.paced && snapshot->playing ? pacer_.RealTimeFactor() : 0;
    snapshot->frame_ms = ports_.paced ? frame_ms_ : 0;
    snapshot->made_at = ports_.clock();
    ports_.stage.Put(std::move(snapshot));
    ports_.plan_commands.Nudge();
    ports_.Changed();
  }

  const Simulator::Options options_;
  SessionPorts& ports_;
  Pacer pacer_;
  std::optional<Simulator> simulator_;
  double frame_ms_ = 0, speed_ = 1;
  bool was_playing_ = false;
};

}  // namespace

std::unique_ptr<Worker> MakeSimulateWorker(const Simulator::Options& options, SessionPorts* ports) {
  return std::make_unique<SimulateWorker>(options, ports);
}

}  // namespace peekaboo::agent
