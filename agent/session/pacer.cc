#include "agent/session/pacer.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"

namespace peekaboo::agent {

Clock SteadyClock() {
  return [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
}

Pacer::Pacer(Clock clock) : clock_(std::move(clock)) { Restart(); }

void Pacer::SetSpeed(double speed) {
  PEEKABOO_CHECK(speed >= 0);
  speed_ = speed;
  Restart();
}

void Pacer::Restart() {
  due_ = window_start_ = clock_();
  simulated_ = 0;
  measured_ = false;
}

double Pacer::Remaining() const { return speed_ == 0 ? 0 : std::max(0.0, due_ - clock_()); }

void Pacer::Advance(double seconds) {
  const double now = clock_();
  if (speed_ > 0) due_ = std::max(due_ + seconds / speed_, now - kMostBehind);
  simulated_ += seconds;
  if (now - window_start_ >= kWindow) {
    factor_ = simulated_ / (now - window_start_);
    measured_ = true;
    window_start_ = now;
    simulated_ = 0;
  }
}

double Pacer::RealTimeFactor() const {
  if (measured_) return factor_;
  const double elapsed = clock_() - window_start_;
  return elapsed > 0 ? simulated_ / elapsed : 0;
}

}  // namespace peekaboo::agent
