#include "worldmodel/io/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/error.h"

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

namespace peekaboo::worldmodel {
namespace {

using Json = nlohmann::json;

constexpr char kMetadata[] = "__metadata__";
constexpr uint64_t kLengthBytes = 8;               // the header's length stands before it
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the reference implementation
constexpr size_t kMaxRank = 64;

struct DTypeRow {
  DType dtype;
  const char* name;
  size_t size;
};

// In the order in which arrays are written: wide first.
constexpr std::array<DTypeRow, 10> kDTypes = {{
    {DType::kF64, "F64", 8},
    {DType::kI64, "I64", 8},
    {DType::kU64, "U64", 8},
    {DType::kF32, "F32", 4},
    {DType::kI32, "I32", 4},
    {DType::kF16, "F16", 2},
    {DType::kBF16, "BF16", 2},
    {DType::kU8, "U8", 1},
    {DType::kI8, "I8", 1},
    {DType::kBool, "BOOL", 1},
}};

const DTypeRow& RowOf(DType dtype) {
  for (const DTypeRow& row : kDTypes) {
    if (row.dtype == dtype) return row;
  }
  PEEKABOO_CHECK(false && "unknown dtype");
}

// A name from a file, fit for one line of an error message.
std::string Quoted(const std::string& text) {
  constexpr size_t kLongest = 80;
  const Json shown = text.size() > kLongest ? text.substr(0, kLongest) + "..." : text;
  return shown.dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool IsUtf8(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

// False when the product does not fit.
bool ByteCount(const std::vector<int64_t>& shape, size_t element, uint64_t* bytes) {
  *bytes = element;
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(*bytes, static_cast<uint64_t>(size), bytes))
      return false;
  }
  return true;
}

// Where an array lies, relative to the end of the header.
struct Extent {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string name;
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  SafetensorsFile Read() {
    Open();
    const Json header = ReadHeader();
    for (const auto& [name, entry] : header.items()) {
      if (name == kMetadata) {
        ReadMetadata(entry);
      } else {
        ReadEntry(name, entry);
      }
    }
    CheckExtents();
    for (const Extent& extent : extents_) ReadBytes(extent);
    return std::move(file_);
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const { throw UserError(path_, what); }
  [[noreturn]] void Fail(const std::string& tensor, const std::string& what) const {
    throw UserError(path_, fmt::format("tensor {}: {}", Quoted(tensor), what));
  }

  void Open() {
    std::error_code error;
    if (!std::filesystem::exists(path_, error)) Fail("does not exist");
    if (!std::filesystem::is_regular_file(path_, error)) Fail("is not a regular file");
    size_ = std::filesystem::file_size(path_, error);
    if (error) Fail(fmt::format("cannot be read ({})", error.message()));
    stream_.open(path_, std::ios::binary);
    if (!stream_) Fail(fmt::format("cannot be read ({})", std::strerror(errno)));
  }

  void Get(void* destination, uint64_t size, uint64_t offset) {
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(static_cast<char*>(destination), static_cast<std::streamsize>(size));
    if (!stream_) Fail(fmt::format("cannot be read at byte {}", offset));
  }

  Json ReadHeader() {
    if (size_ < kLengthBytes)
      Fail(fmt::format("is not a safetensors file: it ends at byte {}", size_));
    uint64_t length = 0;
    Get(&length, kLengthBytes, 0);
    if (length > kMaxHeaderBytes || length < 2) {
      Fail(fmt::format("is not a safetensors file: byte 0 gives a header of {} bytes", length));
    }
    if (length > size_ - kLengthBytes) {
      Fail(fmt::format("is truncated: the header ends at byte {}, the file at byte {}",
                       length + kLengthBytes, size_));
    }
    data_begin_ = kLengthBytes + length;
    std::string text(length, '\0');
    Get(text.data(), length, kLengthBytes);
    if (text[0] != '{') Fail("is not a safetensors file: no JSON object at byte 8");
    try {
      return Json::parse(text, [this](int depth, Json::parse_event_t event, Json& parsed) {
        return CheckEvent(depth, event, parsed);
      });
    } catch (const Json::parse_error& error) {
      Fail(fmt::format("the header is not JSON at byte {}", kLengthBytes + error.byte));
    }
  }

  // The parser itself keeps the last of two equal keys and nests without end.
  bool CheckEvent(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (depth > 3) Fail("the header nests deeper than the format");
    if (event == Event::object_start && depth < 2) keys_[depth].clear();
    if (event == Event::key && depth >= 1 && depth <= 2) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_[depth - 1].insert(key).second)
        Fail(fmt::format("the header has the key {} twice", Quoted(key)));
    }
    return true;
  }

  void ReadMetadata(const Json& entry) {
    if (!entry.is_object()) Fail("__metadata__ is not an object of strings");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) Fail(fmt::format("__metadata__ key {} is not a string", Quoted(key)));
      file_.metadata[key] = value.get<std::string>();
    }
  }

  void ReadEntry(const std::string& name, const Json& entry) {
    if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") ||
        !entry.contains("shape") || !entry.contains("data_offsets")) {
      Fail(name, "needs exactly the keys dtype, shape and data_offsets");
    }
    SafetensorsFile::Tensor tensor;
    const Json& dtype = entry["dtype"];
    const auto row = std::find_if(kDTypes.begin(), kDTypes.end(), [&](const DTypeRow& known) {
      return dtype.is_string() && dtype.get_ref<const std::string&>() == known.name;
    });
    if (row == kDTypes.end()) {
      Fail(name, fmt::format("dtype {} is not one that we read",
                             Quoted(dtype.is_string() ? dtype.get<std::string>() : "?")));
    }
    tensor.dtype = row->dtype;

    const Json& shape = entry["shape"];
    if (!shape.is_array() || shape.size() > kMaxRank) Fail(name, "shape is not a list of sizes");
    for (const Json& size : shape) {
      if (!size.is_number_unsigned() || size.get<uint64_t>() > INT64_MAX) {
        Fail(name, "shape is not a list of sizes");
      }
      tensor.shape.push_back(size.get<int64_t>());
    }

    const Json& offsets = entry["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned()) {
      Fail(name, "data_offsets is not a pair of byte offsets");
    }
    const Extent extent{offsets[0].get<uint64_t>(), offsets[1].get<uint64_t>(), name};
    if (extent.begin > extent.end) Fail(name, "ends before it begins" + At(extent.begin));
    if (extent.end > size_ - data_begin_) {
      Fail(name, fmt::format("begins{} and ends{}, the file at byte {} (truncated?)",
                             At(extent.begin), At(extent.end), size_));
    }
    uint64_t bytes = 0;
    if (!ByteCount(tensor.shape, row->size, &bytes))
      Fail(name, "has a shape too large for any memory");
    if (bytes != extent.end - extent.begin) {
      Fail(name, fmt::format("has {} bytes{}, its shape needs {}", extent.end - extent.begin,
                             At(extent.begin), bytes));
    }
    extents_.push_back(extent);
    file_.tensors.emplace(name, std::move(tensor));
  }

  // " at byte 123", counted from the file's begin.
  std::string At(uint64_t offset) const {
    uint64_t absolute = 0;
    if (__builtin_add_overflow(offset, data_begin_, &absolute)) return " at byte (beyond 2^64)";
    return fmt::format(" at byte {}", absolute);
  }

  void CheckExtents() {
    std::sort(extents_.begin(), extents_.end(), [](const Extent& a, const Extent& b) {
      return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    uint64_t end = 0;
    for (const Extent& extent : extents_) {
      if (extent.begin < end) Fail(extent.name, "overlaps the one before it" + At(extent.begin));
      if (extent.begin > end) Fail(extent.name, "leaves a gap before it" + At(end));
      end = extent.end;
    }
    if (end != size_ - data_begin_) Fail("has bytes that belong to no tensor" + At(end));
  }

  void ReadBytes(const Extent& extent) {
    SafetensorsFile::Tensor& tensor = file_.tensors.at(extent.name);
    tensor.bytes.resize(extent.end - extent.begin);
    if (!tensor.bytes.empty())
      Get(tensor.bytes.data(), tensor.bytes.size(), data_begin_ + extent.begin);
    if (tensor.dtype != DType::kBool) return;
    const auto bad = std::find_if(tensor.bytes.begin(), tensor.bytes.end(),
                                  [](uint8_t byte) { return byte > 1; });
    if (bad != tensor.bytes.end()) {
      Fail(extent.name,
           "BOOL is neither 0 nor 1" + At(extent.begin + (bad - tensor.bytes.begin())));
    }
  }

  std::string path_;
  std::ifstream stream_;
  uint64_t size_ = 0;
  uint64_t data_begin_ = 0;
  std::set<std::string> keys_[2];
  std::vector<Extent> extents_;
  SafetensorsFile file_;
};

}  // namespace

size_t DTypeSize(DType dtype) { return RowOf(dtype).size; }
const char* DTypeName(DType dtype) { return RowOf(dtype).name; }

SafetensorsFile LoadSafetensors(const std::string& path) { return Reader(path).Read(); }

void SaveSafetensors(const std::string& path, const SafetensorsFile& file) {
  using Entry = std::pair<const std::string, SafetensorsFile::Tensor>;
  std::vector<const Entry*> order;
  for (const Entry& entry : file.tensors) {
    PEEKABOO_CHECK(entry.first != kMetadata);
    if (!IsUtf8(entry.first)) {
      throw UserError(path,
                      fmt::format("tensor {} has a name that is not UTF-8", Quoted(entry.first)));
    }
    order.push_back(&entry);
  }
  // Stable: the map already goes by name.
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    return &RowOf(a->second.dtype) < &RowOf(b->second.dtype);
  });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) {
    for (const auto& [key, value] : file.metadata) {
      if (!IsUtf8(key) || !IsUtf8(value)) {
        throw UserError(path, fmt::format("metadata {} is not UTF-8", Quoted(key)));
      }
    }
    header[kMetadata] = file.metadata;
  }
  uint64_t offset = 0;
  for (const Entry* entry : order) {
    const SafetensorsFile::Tensor& tensor = entry->second;
    uint64_t bytes = 0;
    PEEKABOO_CHECK(ByteCount(tensor.shape, DTypeSize(tensor.dtype), &bytes));
    PEEKABOO_CHECK(bytes == tensor.bytes.size());
    header[entry->first] = {{"dtype", DTypeName(tensor.dtype)},
                            {"shape", tensor.shape},
                            {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t length = text.size();

  AtomicFile out(path);
  out.Write({reinterpret_cast<const uint8_t*>(&length), sizeof length});
  out.Write(text);
  for (const Entry* entry : order) out.Write(entry->second.bytes);
  out.Commit();
}

}  // namespace peekaboo::worldmodel
