#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "agent/session/acted_log.h"
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
    bool news = ports_.TakeCommands(&ports_.stage_commands,
                                    [&](const StageCommand& command) { Handle(command); });
    const bool begun = SendBegun();
    const bool playing = simulator_->playing();
    if (simulator_->speed() != speed_) pacer_.SetSpeed(speed_ = simulator_->speed());
    if (playing && !was_playing_) pacer_.Restart();
    was_playing_ = playing;
    double idle = 0;
    if (begun) {
      news = true;
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
  void End() override {
    log_.reset();
    simulator_.reset();
  }

 private:
  void Handle(const StageCommand& command) {
    if (const auto* keep = std::get_if<command::KeepEpisodes>(&command)) {
      Keep(*keep);
    } else if (log_ && std::holds_alternative<command::SetTimeStep>(command)) {
      throw UserError("time step", "must stay as it is while episodes are kept");
    } else {
      simulator_->Handle(command);
    }
  }

  void Keep(const command::KeepEpisodes& keep) {
    const auto spec = simulator_->spec();
    if (!spec) throw UserError(keep.path, "no scene is loaded yet");
    log_.reset();
    SendBegun();  // what came before is not of the log
    auto log = std::make_unique<ActedLog>(keep.path, keep.most, *spec, options_.image_size,
                                          keep.created_by);
    const ActedLog::Resume& resume = log->resume();
    simulator_->Resume(resume.index, resume.actions, resume.tally);
    log_ = std::move(log);
    kept_ = spec;
  }

  void Log(const Observation& observation) {
    if (!log_) return;
    try {
      if (observation.spec->requested != kept_->requested ||
          observation.spec->overrides != kept_->overrides) {
        throw UserError(log_->path(), "another scene is played: its episodes are not kept");
      }
      const bool was_full = log_->full();
      log_->Add(observation);
      if (!log_->full() || was_full) return;
      ports_.notices.Add(Notice::Level::kInfo,
                         log_->path() + " has as many episodes as shall be kept");
    } catch (const UserError& error) {
      log_.reset();
      ports_.Report(error);
    }
  }

  // Whoever takes every step himself would wait for himself.
  void Send(Observation observation) {
    Log(observation);
    if (ports_.paced) {
      ports_.observations.Push(std::move(observation));
    } else {
      ports_.observations.PushOver(std::move(observation));
    }
  }

  /// Frames that commands began or stepped to. True if there were some.
  bool SendBegun() {
    std::vector<Observation> begun = simulator_->TakeObservations();
    for (Observation& observation : begun) Send(std::move(observation));
    return !begun.empty();
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
    if (log_) snapshot->kept = log_->size();
    snapshot->made_at = ports_.clock();
    ports_.stage.Put(std::move(snapshot));
    ports_.plan_commands.Nudge();
    ports_.Changed();
  }

  const Simulator::Options options_;
  SessionPorts& ports_;
  Pacer pacer_;
  std::optional<Simulator> simulator_;
  std::unique_ptr<ActedLog> log_;
  std::shared_ptr<const EpisodeSpec> kept_;  // of which log_ is
  double frame_ms_ = 0, speed_ = 1;
  bool was_playing_ = false;
};

}  // namespace

std::unique_ptr<Worker> MakeSimulateWorker(const Simulator::Options& options, SessionPorts* ports) {
  return std::make_unique<SimulateWorker>(options, ports);
}

}  // namespace peekaboo::agent
