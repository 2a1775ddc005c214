#include "agent/session/session.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "base/check.h"

namespace peekaboo::agent {
namespace {

std::unique_ptr<sim::GlContext> MakeContext() {
  auto context = sim::GlContext::Create();
  context->MakeCurrent();
  return context;
}

}  // namespace

Session::Session(const SessionOptions& options, Clock clock) : ports_(std::move(clock)) {
  const int threads = options.compute_threads;
  workers_.push_back(MakeLearnWorker(options.learn, threads, &ports_));
  workers_.push_back(MakeSimulateWorker(options.simulate, &ports_));
  workers_.push_back(
      MakePerceiveWorker(options.simulate.history, options.simulate.views, threads, &ports_));
  workers_.push_back(MakePlanWorker(options.plan, threads, &ports_));
}

Session::~Session() {
  Stop();
  if (!gl_) return;
  gl_->MakeCurrent();
  for (const auto& worker : workers_) worker->End();
}

bool Session::Post(Command command) {
  if (auto* stage = std::get_if<StageCommand>(&command))
    return ports_.stage_commands.Offer(std::move(*stage));
  if (auto* learn = std::get_if<LearnCommand>(&command))
    return ports_.learn_commands.Offer(std::move(*learn));
  return ports_.plan_commands.Offer(std::move(std::get<PlanCommand>(command)));
}

uint64_t Session::dropped_commands() const {
  return ports_.stage_commands.dropped() + ports_.learn_commands.dropped() +
         ports_.plan_commands.dropped();
}

void Session::Tick() {
  PEEKABOO_CHECK(threads_.empty());
  if (!gl_) {
    auto gl = MakeContext();
    for (const auto& worker : workers_) worker->Begin();
    gl_ = std::move(gl);
  }
  gl_->MakeCurrent();
  for (const auto& worker : workers_) worker->Step();
}

void Session::Start(std::function<void()> changed) {
  PEEKABOO_CHECK(threads_.empty() && !gl_);
  ports_.paced = true;
  ports_.changed = std::move(changed);
  for (const auto& worker : workers_) threads_.emplace_back([this, &worker] { Run(worker.get()); });
}

void Session::Stop() {
  stopping_ = true;
  ports_.Close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Session::Run(Worker* worker) {
  try {
    const auto gl = worker->draws() ? MakeContext() : nullptr;
    worker->Begin();
    try {
      while (!stopping_) {
        if (const double idle = worker->Step(); idle > 0) worker->Wait(idle);
      }
    } catch (...) {
      worker->End();  // while its GlContext is current
      throw;
    }
    worker->End();
  } catch (const std::exception& error) {
    ports_.notices.Add(Notice::Level::kError,
                       fmt::format("{} has stopped: {}", worker->name(), error.what()));
    ports_.Changed();
  }
}

}  // namespace peekaboo::agent
