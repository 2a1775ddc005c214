#pragma once

#include <functional>

namespace peekaboo::agent {

/// Seconds since some moment that never changes; injected so that tests need not wait.
using Clock = std::function<double()>;
Clock SteadyClock();

/// Keeps frames of simulated time in step with the clock, and measures how well that goes. One
/// thread.
///
///     clock  |----|----|----|-------------|----|----|
///     frames 1    2    3    4  (a stall)   5 6 7    8     up to kMostBehind are caught up with
class Pacer {
 public:
  explicit Pacer(Clock clock);

  /// Simulated seconds for each second; 0: as fast as it goes.
  void SetSpeed(double speed);
  double speed() const { return speed_; }

  /// Begins anew, after a pause: the next frame is due now.
  void Restart();

  /// Seconds until the next frame is due; 0 if it is.
  double Remaining() const;

  /// A frame of `seconds` simulated time was made.
  void Advance(double seconds);

  /// Simulated seconds a second over the last kWindow seconds; 0 before the second frame.
  double RealTimeFactor() const;

  static constexpr double kMostBehind = 0.25;  ///< s, beyond this a stall is forgiven
  static constexpr double kWindow = 2;         ///< s

 private:
  Clock clock_;
  double speed_ = 1;
  double due_ = 0;           // clock time of the next frame
  double window_start_ = 0;  // clock time at which the running measurement began
  double simulated_ = 0;     // s, since then
  double factor_ = 0;        // of the last whole window
  bool measured_ = false;
};

}  // namespace peekaboo::agent
