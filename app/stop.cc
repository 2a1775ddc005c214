#include "app/stop.h"

#include <signal.h>
#include <unistd.h>

#include "base/check.h"

namespace peekaboo::app {
namespace {

// The only mutable statics of the program: a signal handler can reach nothing else.
std::atomic<bool> stop_requested = false;
std::atomic<bool> handler_installed = false;
static_assert(std::atomic<bool>::is_always_lock_free, "usable in a signal handler");
struct sigaction previous_interrupt;
struct sigaction previous_terminate;

void OnSignal(int) {
  stop_requested = true;
  static constexpr char kMessage[] = "\npeekaboo: stopping at the next step; again to kill\n";
  // Nothing to do about a failure here; the result is named because the compiler insists.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  // Either signal a second time kills, whichever came first.
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

}  // namespace

StopOnInterrupt::StopOnInterrupt() {
  PEEKABOO_CHECK(!handler_installed.exchange(true));
  stop_requested = false;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &previous_interrupt);
  sigaction(SIGTERM, &action, &previous_terminate);
}

StopOnInterrupt::~StopOnInterrupt() {
  sigaction(SIGINT, &previous_interrupt, nullptr);
  sigaction(SIGTERM, &previous_terminate, nullptr);
  handler_installed = false;
}

const std::atomic<bool>& StopOnInterrupt::requested() const { return stop_requested; }

}  // namespace peekaboo::app
