#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

namespace peekaboo::worldmodel {

/// A matrix B [K, N] that several are multiplied with in turn. In bf16 it is laid out once as
/// oneDNN's products want it: to do that anew takes as long as the product of some dozens of rows.
/// Internal to worldmodel. Any number of threads at once.
class PackedMatrix {
 public:
  /// `b` f32 or bf16, rows or columns contiguous; must not change meanwhile.
  explicit PackedMatrix(const at::Tensor& b);
  PackedMatrix(PackedMatrix&&) noexcept;
  ~PackedMatrix();

  /// c = a B on the calling thread alone: a [M, K] of b's type, c [M, N] f32 or that type, both
  /// contiguous. Sums are f32.
  void Multiply(const at::Tensor& a, const at::Tensor& c) const;

 private:
  struct Layouts;

  at::Tensor b_;
  std::unique_ptr<Layouts> layouts_;
};

}  // namespace peekaboo::worldmodel
