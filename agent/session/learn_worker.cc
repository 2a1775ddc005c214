#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent/session/worker.h"
#include "worldmodel/kernels/compute.h"

namespace peekaboo::agent {
namespace {

constexpr double kShown = 0.2;  // s, between snapshots of the learner at work
constexpr double kIdle = 1.0;   // s, between looks at nothing

class LearnWorker : public Worker {
 public:
  LearnWorker(const Learner::Options& options, int compute_threads, SessionPorts* ports)
      : options_(options), compute_threads_(compute_threads), ports_(*ports) {}

  const char* name() const override { return "learning"; }

  void Begin() override {
    worldmodel::SetComputeThreads(compute_threads_);
    learner_.emplace(options_, ports_.clock);
    Publish();
  }

  double Step() override {
    bool news = ports_.TakeCommands(&ports_.learn_commands, [&](const LearnCommand& command) {
      std::string said = learner_->Handle(command);
      if (!said.empty()) ports_.notices.Add(Notice::Level::kInfo, std::move(said));
    });
    const bool busy = learner_->busy();
    if (busy) {
      try {
        learner_->Work();
      } catch (const UserError& error) {
        ports_.Report(error);
      }
      news = news || !learner_->busy() || !ports_.paced || ports_.clock() - shown_ >= kShown;
    }
    if (learner_->version() != published_) {
      ports_.version.Put(published_ = learner_->version());
      ports_.observations.Nudge();
      news = true;
    }
    if (news) Publish();
    return busy ? 0 : kIdle;
  }

  void Wait(double seconds) override { ports_.learn_commands.Wait(seconds); }
  void End() override { learner_.reset(); }

 private:
  void Publish() {
    ports_.learning.Put(learner_->Snapshot());
    shown_ = ports_.clock();
    ports_.Changed();
  }

  const Learner::Options options_;
  const int compute_threads_;
  SessionPorts& ports_;
  std::optional<Learner> learner_;
  std::shared_ptr<const ModelVersion> published_;
  double shown_ = 0;
};

}  // namespace

std::unique_ptr<Worker> MakeLearnWorker(const Learner::Options& options, int compute_threads,
                                        SessionPorts* ports) {
  return std::make_unique<LearnWorker>(options, compute_threads, ports);
}

}  // namespace peekaboo::agent
