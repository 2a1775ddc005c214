#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace peekaboo::worldmodel {

/// Element types of the safetensors format that we read and write.
enum class DType { kF64, kI64, kU64, kF32, kI32, kF16, kBF16, kU8, kI8, kBool };

/// Bytes of one element.
size_t DTypeSize(DType dtype);
/// The format's own name: "F32", "BF16", "BOOL", ...
const char* DTypeName(DType dtype);

/// A safetensors file in memory: named arrays and strings about them. Plain data without LibTorch.
struct SafetensorsFile {
  /// One tensor: type, shape and bytes.
  struct Tensor {
    DType dtype = DType::kF32;
    std::vector<int64_t> shape;  ///< empty: one number
    std::vector<uint8_t>
        bytes;  ///< row-major, little-endian; the allocation fits any dtype's alignment

    bool operator==(const Tensor&) const = default;
  };

  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;

  bool operator==(const SafetensorsFile&) const = default;
};

/// Reads a file that may be anything. Throws UserError with the file, the tensor and the byte
/// offset when it is truncated, when its header is not what the format says (length, JSON, unknown
/// dtype, a name twice), or when arrays leave the file, overlap, leave gaps or have another size
/// than their shape. Numbers are not looked at, but for BOOL, which must be 0 or 1.
SafetensorsFile LoadSafetensors(const std::string& path);

/// Writes atomically (see AtomicFile). The same content gives the same bytes: wide dtypes first,
/// then by name, so that every array is aligned to its element in the file, too. Throws UserError
/// when the file cannot be written or a name or metadata string is not UTF-8.
void SaveSafetensors(const std::string& path, const SafetensorsFile& file);

}  // namespace peekaboo::worldmodel
