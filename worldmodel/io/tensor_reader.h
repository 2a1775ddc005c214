#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "worldmodel/io/safetensors.h"

namespace peekaboo::worldmodel {

/// Takes numbers out of a safetensors file that may hold anything. Borrows the file. Everything
/// throws UserError naming the file, and the tensor or key in it. Internal to worldmodel.
class TensorReader {
 public:
  TensorReader(std::string path, const SafetensorsFile& file);

  /// A metadata string. `kind` is what the file is not, if it is missing: "a Peekaboo world model".
  const std::string& Text(const std::string& key, const std::string& kind) const;
  /// Checks the metadata "format" and "version", which say what a file is.
  void ExpectFormat(const std::string& format, const std::string& version,
                    const std::string& kind) const;

  /// The tensor of that name, of that shape, all its numbers finite. The span lives as long as the
  /// file.
  std::span<const float> Floats(const std::string& name, const std::vector<int64_t>& shape);
  std::span<const double> Doubles(const std::string& name, const std::vector<int64_t>& shape);
  /// The same for numbers from 0 to infinity, that included.
  std::span<const double> NonNegativeDoubles(const std::string& name,
                                             const std::vector<int64_t>& shape);

  /// No tensor is left that was not taken. `kind` as for Text.
  void ExpectNoOthers(const std::string& kind) const;

 private:
  template <typename T>
  std::span<const T> Take(const std::string& name, const std::vector<int64_t>& shape);
  template <typename T>
  std::span<const T> TakeFinite(const std::string& name, const std::vector<int64_t>& shape);

  std::string path_;
  const SafetensorsFile& file_;
  std::set<std::string> taken_;
};

/// Numbers as a file keeps them: F32 or F64. As many as the shape says: CHECK.
SafetensorsFile::Tensor ToTensor(std::span<const float> numbers, std::vector<int64_t> shape);
SafetensorsFile::Tensor ToTensor(std::span<const double> numbers, std::vector<int64_t> shape);

}  // namespace peekaboo::worldmodel
