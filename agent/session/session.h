#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agent/mind/perceiver.h"
#include "agent/session/command.h"
#include "agent/session/inbox.h"
#include "agent/session/learner.h"
#include "agent/session/mailbox.h"
#include "agent/session/notices.h"
#include "agent/session/pacer.h"
#include "agent/session/simulator.h"
#include "agent/session/snapshot.h"
#include "sim/render/gl_context.h"

namespace peekaboo::agent {

struct SessionOptions {
  Simulator::Options simulate;
  Learner::Options learn;
  int compute_threads = 1;  ///< of perceiving, and of learning
};

/// The live infant: a stage that is simulated, an eye that perceives it, a model that learns. It
/// is watched through snapshots and told what to do by commands; a window is one way to do so.
///
///     commands -> Simulator -> observations -> Perceiver <- model versions <- Learner <- commands
///                     |                      |                             |
///                StageSnapshot          MindSnapshot               LearningSnapshot
///
/// Either Tick, on one thread, runs the three in a fixed order: the same commands between the same
/// ticks give the same snapshots. Or Start gives each a thread of its own: simulated time follows
/// the clock, and waits if the eye cannot follow (no frame is ever left out). Nobody who reads a
/// snapshot or posts a command waits for work.
class Session {
 public:
  explicit Session(const SessionOptions& options, Clock clock = SteadyClock());
  ~Session();  ///< stops
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Any thread. False if too many commands wait (then it is counted and dropped), or after Stop.
  bool Post(Command command);
  uint64_t dropped_commands() const;

  /// One frame, one piece of learning; all commands first. Throws UserError where there is no GL.
  /// One thread, and not after Start.
  void Tick();

  /// `changed` is called, on any of the threads, after a new snapshot or notice; it must be quick.
  void Start(std::function<void()> changed = {});
  /// Waits for the work at hand (a training step, a file).
  void Stop();

  /// The latest; nullptr before the first. Any thread.
  std::shared_ptr<const StageSnapshot> stage() const { return stage_.Get(); }
  std::shared_ptr<const MindSnapshot> mind() const { return mind_.Get(); }
  std::shared_ptr<const LearningSnapshot> learning() const { return learning_.Get(); }
  const Notices& notices() const { return notices_; }

 private:
  struct Stages;  // of Tick

  void SimulateLoop();
  void PerceiveLoop();
  void LearnLoop();
  void Guard(const char* who, const std::function<void()>& loop);
  /// All commands that wait. True if there is something new to show.
  bool TakeStageCommands(Simulator* simulator);
  bool TakeLearnCommands(Learner* learner);
  void Publish(const Simulator& simulator, double real_time_factor, double frame_ms);
  void Report(const std::exception& error);
  void Changed() const;

  const SessionOptions options_;
  const Clock clock_;
  Inbox<StageCommand> stage_commands_;
  Inbox<LearnCommand> learn_commands_;
  Inbox<Observation> observations_;
  Mailbox<ModelVersion> version_;
  Mailbox<StageSnapshot> stage_;
  Mailbox<MindSnapshot> mind_;
  Mailbox<LearningSnapshot> learning_;
  Notices notices_;

  std::unique_ptr<Stages> stages_;
  std::function<void()> changed_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace peekaboo::agent
