#include "worldmodel/io/tensor_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace peekaboo::worldmodel {
namespace {

std::string Text(const std::vector<int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

template <typename T>
constexpr DType kDType = std::is_same_v<T, double> ? DType::kF64 : DType::kF32;

// `bad` says which numbers are refused.
template <typename T, typename Bad>
void ExpectAll(std::span<const T> numbers, const std::string& where, const char* what, Bad bad) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (bad(numbers[i])) throw UserError(where, fmt::format("number {}{}", i, what));
  }
}

template <typename T>
SafetensorsFile::Tensor Store(std::span<const T> numbers, std::vector<int64_t> shape) {
  PEEKABOO_CHECK(static_cast<int64_t>(numbers.size()) ==
                 std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()));
  const auto* bytes = reinterpret_cast<const uint8_t*>(numbers.data());
  return {kDType<T>, std::move(shape), {bytes, bytes + numbers.size_bytes()}};
}

}  // namespace

TensorReader::TensorReader(std::string path, const SafetensorsFile& file)
    : path_(std::move(path)), file_(file) {}

const std::string& TensorReader::Text(const std::string& key, const std::string& kind) const {
  const auto found = file_.metadata.find(key);
  if (found == file_.metadata.end())
    throw UserError(path_ + ": metadata", fmt::format("no '{}': not {}", key, kind));
  return found->second;
}

void TensorReader::ExpectFormat(const std::string& format, const std::string& version,
                                const std::string& kind) const {
  const std::string& its_format = Text("format", kind);
  if (its_format != format)
    throw UserError(path_ + ": metadata: format",
                    fmt::format("'{}' is not '{}'", its_format, format));
  const std::string& its_version = Text("version", kind);
  if (its_version != version) {
    throw UserError(path_ + ": metadata: version",
                    fmt::format("'{}' is not '{}', the only one known here", its_version, version));
  }
}

template <typename T>
std::span<const T> TensorReader::Take(const std::string& name, const std::vector<int64_t>& shape) {
  const std::string where = path_ + ": tensor " + name;
  const auto found = file_.tensors.find(name);
  if (found == file_.tensors.end()) throw UserError(where, "is missing");
  const SafetensorsFile::Tensor& tensor = found->second;
  if (tensor.dtype != kDType<T>) {
    throw UserError(
        where, fmt::format("is {}, must be {}", DTypeName(tensor.dtype), DTypeName(kDType<T>)));
  }
  if (tensor.shape != shape) {
    throw UserError(where, fmt::format("has shape {}, must be {}", worldmodel::Text(tensor.shape),
                                       worldmodel::Text(shape)));
  }
  taken_.insert(name);
  return {reinterpret_cast<const T*>(tensor.bytes.data()), tensor.bytes.size() / sizeof(T)};
}

template <typename T>
std::span<const T> TensorReader::TakeFinite(const std::string& name,
                                            const std::vector<int64_t>& shape) {
  const std::span<const T> numbers = Take<T>(name, shape);
  ExpectAll(numbers, path_ + ": tensor " + name, " is not finite",
            [](T x) { return !std::isfinite(x); });
  return numbers;
}

std::span<const float> TensorReader::Floats(const std::string& name,
                                            const std::vector<int64_t>& shape) {
  return TakeFinite<float>(name, shape);
}

std::span<const double> TensorReader::Doubles(const std::string& name,
                                              const std::vector<int64_t>& shape) {
  return TakeFinite<double>(name, shape);
}

std::span<const double> TensorReader::NonNegativeDoubles(const std::string& name,
                                                         const std::vector<int64_t>& shape) {
  const std::span<const double> numbers = Take<double>(name, shape);
  ExpectAll(numbers, path_ + ": tensor " + name, " is not an amount",
            [](double x) { return !(x >= 0); });
  return numbers;
}

void TensorReader::ExpectNoOthers(const std::string& kind) const {
  for (const auto& [name, tensor] : file_.tensors) {
    if (!taken_.contains(name))
      throw UserError(path_ + ": tensor " + name, "is not part of " + kind);
  }
}

SafetensorsFile::Tensor ToTensor(std::span<const float> numbers, std::vector<int64_t> shape) {
  return Store(numbers, std::move(shape));
}
SafetensorsFile::Tensor ToTensor(std::span<const double> numbers, std::vector<int64_t> shape) {
  return Store(numbers, std::move(shape));
}

}  // namespace peekaboo::worldmodel
