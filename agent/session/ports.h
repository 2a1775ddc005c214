#pragma once

#include <exception>
#include <functional>
#include <memory>

#include "agent/mind/observation.h"
#include "agent/mind/timeline_entry.h"
#include "agent/session/command.h"
#include "agent/session/notices.h"
#include "agent/session/pacer.h"
#include "agent/session/snapshot.h"
#include "base/bounded_queue.h"
#include "base/error.h"
#include "base/mailbox.h"

namespace peekaboo::agent {

/// Where the workers of a session meet each other and those who look on: commands and observations
/// go down in bounded queues, the latest snapshots and the latest model go up. Any thread, but for
/// `paced` and `changed`, which are set before work begins.
struct SessionPorts {
  explicit SessionPorts(Clock the_clock) : clock(std::move(the_clock)) {}

  static constexpr size_t kMostCommands = 1024;
  static constexpr size_t kMostObservations = 4;  ///< frames that the eye may lag behind

  const Clock clock;
  /// Workers have threads of their own, and simulated time follows the clock. Otherwise one thread
  /// takes every step.
  bool paced = false;
  std::function<void()> changed;  ///< after a new snapshot or notice; may be empty

  BoundedQueue<StageCommand> stage_commands{kMostCommands};
  BoundedQueue<LearnCommand> learn_commands{kMostCommands};
  BoundedQueue<PlanCommand> plan_commands{kMostCommands};
  BoundedQueue<Observation> observations{kMostObservations};
  Mailbox<ModelVersion> version;
  Mailbox<StageSnapshot> stage;
  Mailbox<MindSnapshot> mind;
  Mailbox<LearningSnapshot> learning;
  Mailbox<PlanSnapshot> plan;
  Notices notices;

  void Changed() const {
    if (changed) changed();
  }
  void Report(const std::exception& error) {
    notices.Add(Notice::Level::kError, error.what());
    Changed();
  }
  /// Hands all commands that wait to `handle` and reports what cannot be done. True if there was
  /// one.
  template <typename Command, typename Handle>
  bool TakeCommands(BoundedQueue<Command>* commands, const Handle& handle) {
    bool any = false;
    while (const auto command = commands->Take()) {
      any = true;
      try {
        handle(*command);
      } catch (const UserError& error) {
        Report(error);
      }
    }
    return any;
  }
  void Close() {
    stage_commands.Close();
    learn_commands.Close();
    plan_commands.Close();
    observations.Close();
  }
};

}  // namespace peekaboo::agent
