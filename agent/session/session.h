#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agent/mind/perceiver.h"
#include "agent/session/command.h"
#include "agent/session/learner.h"
#include "agent/session/live_actor.h"
#include "agent/session/notices.h"
#include "agent/session/pacer.h"
#include "agent/session/ports.h"
#include "agent/session/simulator.h"
#include "agent/session/snapshot.h"
#include "agent/session/worker.h"
#include "sim/render/gl_context.h"

namespace peekaboo::agent {

/// Options of the session's workers.
struct SessionOptions {
  Simulator::Options simulate;
  Learner::Options learn;
  LiveActor::Options plan;
  int compute_threads = 1;  ///< of perceiving, of planning, and of learning
};

/// The live infant: a stage that is simulated, an eye that perceives it, a model that learns. It
/// is watched through snapshots and told what to do by commands; a window is one way to do so.
///
///     commands -> Simulator -> observations -> Perceiver <- model versions <- Learner <- commands
///                     |    ^                 |                             |
///                StageSnapshot \        MindSnapshot               LearningSnapshot
///                     |         \            |
///                     +--> LiveActor <-------+   (PlanSnapshot, to the simulator)
///
/// Either Tick, on one thread, lets each worker take a step, in a fixed order: the same commands
/// between the same ticks give the same snapshots. Or Start gives each a thread of its own, on
/// which it takes the same steps: simulated time follows the clock, and waits if the eye cannot
/// follow (no frame is ever left out). Nobody who reads a snapshot or posts a command waits for
/// work.
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
  std::shared_ptr<const StageSnapshot> stage() const { return ports_.stage.Get(); }
  std::shared_ptr<const MindSnapshot> mind() const { return ports_.mind.Get(); }
  std::shared_ptr<const LearningSnapshot> learning() const { return ports_.learning.Get(); }
  std::shared_ptr<const PlanSnapshot> plan() const { return ports_.plan.Get(); }
  const Notices& notices() const { return ports_.notices; }

 private:
  void Run(Worker* worker);

  SessionPorts ports_;
  std::vector<std::unique_ptr<Worker>> workers_;  // in the order in which Tick calls them
  std::unique_ptr<sim::GlContext> gl_;            // of Tick
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace peekaboo::agent
