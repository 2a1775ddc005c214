#include "agent/session/session.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::agent {
namespace {

constexpr size_t kMostCommands = 1024;
constexpr size_t kMostSights = 4;       // frames that the eye may lag behind
constexpr double kLearningShown = 0.2;  // s between snapshots of the learner at work
constexpr double kIdle = 1.0;           // s, between looks at nothing

double Smoothed(double mean, double now) { return mean == 0 ? now : 0.95 * mean + 0.05 * now; }

}  // namespace

struct Session::Stages {
  explicit Stages(const SessionOptions& options, const Clock& clock)
      : gl(MakeContext()),
        simulator(options.simulate),
        perceiver(options.simulate.history, options.simulate.views),
        learner(options.learn, clock) {
    worldmodel::SetComputeThreads(options.compute_threads);
  }

  static std::unique_ptr<sim::GlContext> MakeContext() {
    auto context = sim::GlContext::Create();
    context->MakeCurrent();
    return context;
  }

  std::unique_ptr<sim::GlContext> gl;
  Simulator simulator;
  Perceiver perceiver;
  Learner learner;
  std::shared_ptr<const ModelVersion> used;
};

Session::Session(const SessionOptions& options, Clock clock)
    : options_(options),
      clock_(std::move(clock)),
      stage_commands_(kMostCommands),
      learn_commands_(kMostCommands),
      observations_(kMostSights) {}

Session::~Session() { Stop(); }

bool Session::Post(Command command) {
  if (auto* stage = std::get_if<StageCommand>(&command))
    return stage_commands_.Offer(std::move(*stage));
  return learn_commands_.Offer(std::move(std::get<LearnCommand>(command)));
}

uint64_t Session::dropped_commands() const {
  return stage_commands_.dropped() + learn_commands_.dropped();
}

void Session::Changed() const {
  if (changed_) changed_();
}

void Session::Report(const std::exception& error) {
  notices_.Add(Notice::Level::kError, error.what());
  Changed();
}

bool Session::TakeStageCommands(Simulator* simulator) {
  bool any = false;
  while (const auto command = stage_commands_.Take()) {
    any = true;
    try {
      simulator->Handle(*command);
    } catch (const UserError& error) {
      Report(error);
    }
  }
  return any;
}

bool Session::TakeLearnCommands(Learner* learner) {
  bool any = false;
  while (const auto command = learn_commands_.Take()) {
    any = true;
    try {
      std::string news = learner->Handle(*command);
      if (!news.empty()) notices_.Add(Notice::Level::kInfo, std::move(news));
    } catch (const UserError& error) {
      Report(error);
    }
  }
  return any;
}

void Session::Publish(const Simulator& simulator, double real_time_factor, double frame_ms) {
  auto snapshot = simulator.Snapshot();
  snapshot->real_time_factor = snapshot->playing ? real_time_factor : 0;
  snapshot->frame_ms = frame_ms;
  snapshot->made_at = clock_();
  stage_.Put(std::move(snapshot));
  Changed();
}

void Session::Tick() {
  PEEKABOO_CHECK(threads_.empty());
  if (!stages_) stages_ = std::make_unique<Stages>(options_, clock_);
  Stages& s = *stages_;
  s.gl->MakeCurrent();
  TakeLearnCommands(&s.learner);
  TakeStageCommands(&s.simulator);
  std::vector<Observation> observations = s.simulator.TakeSights();
  try {
    if (observations.empty() && s.simulator.playing()) {
      if (auto observation = s.simulator.Advance()) observations.push_back(std::move(*observation));
    }
    if (s.learner.busy()) s.learner.Work();
  } catch (const UserError& error) {
    Report(error);
  }
  if (s.used != s.learner.version()) s.perceiver.Use(s.used = s.learner.version());
  for (Observation& observation : observations) s.perceiver.Perceive(std::move(observation));
  Publish(s.simulator, 0, 0);
  mind_.Put(s.perceiver.Snapshot());
  learning_.Put(s.learner.Snapshot());
}

void Session::Start(std::function<void()> changed) {
  PEEKABOO_CHECK(threads_.empty() && !stages_);
  changed_ = std::move(changed);
  for (const auto& [name, loop] :
       {std::pair{"the stage", &Session::SimulateLoop},
        std::pair{"the eye", &Session::PerceiveLoop}, std::pair{"learning", &Session::LearnLoop}}) {
    threads_.emplace_back(
        [this, name = name, loop = loop] { Guard(name, [&] { (this->*loop)(); }); });
  }
}

void Session::Stop() {
  stopping_ = true;
  stage_commands_.Close();
  learn_commands_.Close();
  observations_.Close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Session::Guard(const char* who, const std::function<void()>& loop) {
  try {
    loop();
  } catch (const std::exception& error) {
    notices_.Add(Notice::Level::kError, std::string(who) + " has stopped: " + error.what());
    Changed();
  }
}

void Session::SimulateLoop() {
  const auto gl = Stages::MakeContext();
  Simulator simulator(options_.simulate);
  Pacer pacer(clock_);
  double frame_ms = 0, speed = simulator.speed();
  bool was_playing = false;
  const auto show = [&] { Publish(simulator, pacer.RealTimeFactor(), frame_ms); };
  show();
  while (!stopping_) {
    const bool told = TakeStageCommands(&simulator);
    for (Observation& observation : simulator.TakeSights())
      observations_.Push(std::move(observation));
    if (simulator.speed() != speed) pacer.SetSpeed(speed = simulator.speed());
    if (simulator.playing() && !was_playing) pacer.Restart();
    was_playing = simulator.playing();
    if (told) show();
    const double remaining = simulator.playing() ? pacer.Remaining() : kIdle;
    if (remaining > 0) {
      stage_commands_.Wait(remaining);
      continue;
    }
    const double start = clock_();
    std::optional<Observation> observation;
    try {
      observation = simulator.Advance();
    } catch (const UserError& error) {
      Report(error);
      continue;
    }
    if (!observation) {
      stage_commands_.Wait(kIdle);
      continue;
    }
    frame_ms = Smoothed(frame_ms, 1000 * (clock_() - start));
    const double period = observation->period;
    observations_.Push(std::move(*observation));
    pacer.Advance(period);
    show();
  }
}

void Session::PerceiveLoop() {
  worldmodel::SetComputeThreads(options_.compute_threads);
  Perceiver perceiver(options_.simulate.history, options_.simulate.views);
  std::shared_ptr<const ModelVersion> used;
  while (!stopping_) {
    const auto version = version_.Get();
    const bool other = version != used;
    if (other) perceiver.Use(used = version);
    auto observation = observations_.Take();
    if (observation) perceiver.Perceive(std::move(*observation));
    if (observation || other) {
      mind_.Put(perceiver.Snapshot());
      Changed();
    } else {
      observations_.Wait(kIdle);
    }
  }
}

void Session::LearnLoop() {
  worldmodel::SetComputeThreads(options_.compute_threads);
  const auto gl = Stages::MakeContext();
  Learner learner(options_.learn, clock_);
  std::shared_ptr<const ModelVersion> published;
  double shown = clock_() - kLearningShown;
  while (!stopping_) {
    bool show = TakeLearnCommands(&learner);
    const bool busy = learner.busy();
    if (busy) {
      try {
        learner.Work();
      } catch (const UserError& error) {
        Report(error);
      }
      show = show || !learner.busy() || clock_() - shown >= kLearningShown;
    }
    if (learner.version() != published) {
      version_.Put(published = learner.version());
      observations_.Nudge();
      show = true;
    }
    if (show) {
      learning_.Put(learner.Snapshot());
      shown = clock_();
      Changed();
    }
    if (!busy) learn_commands_.Wait(kIdle);
  }
}

}  // namespace peekaboo::agent
