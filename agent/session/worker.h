#pragma once

#include <memory>

#include "agent/session/learner.h"
#include "agent/session/live_actor.h"
#include "agent/session/ports.h"
#include "agent/session/simulator.h"

namespace peekaboo::agent {

/// One of the works that a Session does side by side: it takes what its ports bring, does a piece
/// of work and publishes what is new. Begin, Step, Wait and End are called by one thread, on which
/// a GlContext is current where the worker draws.
class Worker {
 public:
  virtual ~Worker() = default;

  virtual const char* name() const = 0;  ///< "the stage", for "... has stopped"
  /// Whether it needs a GlContext.
  virtual bool draws() const { return true; }
  /// Makes what belongs to the thread. Throws UserError.
  virtual void Begin() = 0;
  /// All that waits and one piece of work. Returns for how long [s] there is nothing to do unless
  /// something comes; 0: go on at once. What cannot be done is reported, not thrown.
  virtual double Step() = 0;
  /// Until something comes, or so many seconds have passed.
  virtual void Wait(double seconds) = 0;
  /// Gives back what belongs to the thread.
  virtual void End() = 0;
};

/// Plays scenes, and does to them as people tell.
std::unique_ptr<Worker> MakeSimulateWorker(const Simulator::Options& options, SessionPorts* ports);
/// Watches every frame that is played.
std::unique_ptr<Worker> MakePerceiveWorker(int64_t history, bool pictures, int compute_threads,
                                           SessionPorts* ports);
/// Learns, and hands out versions of the model.
std::unique_ptr<Worker> MakeLearnWorker(const Learner::Options& options, int compute_threads,
                                        SessionPorts* ports);

/// Plans for what is perceived, where the stage has a goal.
std::unique_ptr<Worker> MakePlanWorker(const LiveActor::Options& options, int compute_threads,
                                       SessionPorts* ports);

}  // namespace peekaboo::agent
