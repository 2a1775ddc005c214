#include "base/random.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace peekaboo {
namespace {

uint64_t SplitMix(uint64_t& x) {
  x += 0x9e3779b97f4a7c15ULL;
  uint64_t z = x;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

uint64_t Fingerprint(std::string_view bytes, uint64_t so_far) {
  for (const char c : bytes) so_far = (so_far ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return so_far;
}

RandomStream::RandomStream(uint64_t seed, std::string_view name, uint64_t index) {
  uint64_t x = seed;
  x = SplitMix(x) ^ Fingerprint(name);
  x = SplitMix(x) ^ index;
  for (uint64_t& word : state_) word = SplitMix(x);
}

uint64_t RandomStream::Next() {
  const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double RandomStream::Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

uint64_t RandomStream::Below(uint64_t n) {
  const uint64_t limit = -n % n;  // 2^64 mod n: values below it would be drawn too often
  uint64_t value = Next();
  while (value < limit) value = Next();
  return value % n;
}

double RandomStream::Normal() {
  const double u = 1.0 - Uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * Uniform());
}

}  // namespace peekaboo
