#pragma once

#include <cstdint>
#include <string_view>

namespace peekaboo {

/// FNV-1a, 64 bit: tells versions of a file apart; no defence against forgery. `so_far` chains
/// calls.
uint64_t Fingerprint(std::string_view bytes, uint64_t so_far = 0xcbf29ce484222325ULL);

/// A stream of random numbers named by (run seed, stream name, index): the same triple gives the
/// same numbers on every machine and in any order of use, so every draw can be replayed alone.
/// Generator: xoshiro256++ (Blackman & Vigna 2019), seeded through splitmix64. Plain value type;
/// one thread at a time.
class RandomStream {
 public:
  RandomStream(uint64_t seed, std::string_view name, uint64_t index = 0);

  /// 64 uniform bits.
  uint64_t Next();
  /// Uniform in [0, 1), 53 bits.
  double Uniform();
  /// Uniform in [low, high).
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  /// Uniform integer in [0, n), n > 0, unbiased.
  uint64_t Below(uint64_t n);
  /// Standard normal (Box-Muller, one draw a call).
  double Normal();
  bool Chance(double probability) { return Uniform() < probability; }

 private:
  uint64_t state_[4];
};

}  // namespace peekaboo
