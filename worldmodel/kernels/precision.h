#pragma once

namespace peekaboo::worldmodel {

/// The numbers that the matrix products of a network are made of. Parameters, statistics, losses
/// and the recurrence stay f32 either way; sums inside a product are f32.
enum class Precision {
  kF32,   ///< "f32"
  kBf16,  ///< "bf16": faster where the processor has such instructions, slower where not
};

inline const char* PrecisionName(Precision precision) {
  return precision == Precision::kBf16 ? "bf16" : "f32";
}

}  // namespace peekaboo::worldmodel
