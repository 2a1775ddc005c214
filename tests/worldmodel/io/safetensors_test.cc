#include "worldmodel/io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "tests/temp_folder.h"

namespace peekaboo::worldmodel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

template <typename T>
SafetensorsFile::Tensor Make(DType dtype, std::vector<int64_t> shape,
                             const std::vector<T>& values) {
  SafetensorsFile::Tensor tensor{dtype, std::move(shape),
                                 std::vector<uint8_t>(values.size() * sizeof(T))};
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

SafetensorsFile Example() {
  SafetensorsFile file;
  file.tensors["encoder.weight"] = Make<float>(DType::kF32, {2, 3}, {1, 2, 3, 4, 5, 6.5f});
  file.tensors["mask"] = Make<uint8_t>(DType::kBool, {3}, {1, 0, 1});
  file.tensors["steps"] = Make<int64_t>(DType::kI64, {}, {-7});
  file.tensors["scale"] = Make<double>(DType::kF64, {1}, {0.1});
  file.tensors["half"] = Make<uint16_t>(DType::kBF16, {2}, {0x3f80, 0xc000});
  file.tensors["nothing"] = Make<float>(DType::kF32, {0, 4}, {});
  file.tensors["bytes \"quoted\" \xc3\xa9"] = Make<uint8_t>(DType::kU8, {5}, {0, 1, 2, 254, 255});
  file.metadata = {{"config", "[train]\nsteps = 3\n"}, {"format", "pt"}};
  return file;
}

class SafetensorsTest : public ::testing::Test {
 protected:
  std::string Bytes() const { return ReadBytes(path_); }
  void WriteRaw(const std::string& header, const std::string& data) const {
    const uint64_t length = header.size();
    std::string text(reinterpret_cast<const char*>(&length), sizeof length);
    WriteFileAtomically(path_, text + header + data);
  }
  std::string LoadError() const {
    return peekaboo::ErrorOf([&] { LoadSafetensors(path_); });
  }
  // The error for one header over `data_size` zero bytes; always one line that names the file.
  std::string ErrorOf(const std::string& header, size_t data_size) const {
    WriteRaw(header, std::string(data_size, '\0'));
    std::string error = LoadError();
    EXPECT_THAT(error, HasSubstr(path_ + ": ")) << header;
    EXPECT_EQ(error.find('\n'), std::string::npos) << header;
    return error;
  }

  TempFolder folder_;
  std::string path_ = folder_ / "a.safetensors";
};

TEST_F(SafetensorsTest, RoundTrip) {
  SaveSafetensors(path_, Example());
  EXPECT_EQ(LoadSafetensors(path_), Example());
  SaveSafetensors(path_, {});
  EXPECT_EQ(LoadSafetensors(path_), SafetensorsFile{});
}

TEST_F(SafetensorsTest, SameContentSameBytes) {
  SaveSafetensors(path_, Example());
  const std::string first = Bytes();
  SaveSafetensors(path_, LoadSafetensors(path_));
  EXPECT_EQ(Bytes(), first);
}

// What other readers rely on, read by another language: header padded, no gaps, arrays aligned.
TEST_F(SafetensorsTest, PythonReadsIt) {
  SaveSafetensors(path_, Example());
  const std::string program =
      "import json, struct, sys\n"
      "raw = open(sys.argv[1], 'rb').read()\n"
      "n, = struct.unpack('<Q', raw[:8])\n"
      "head, data = json.loads(raw[8:8 + n]), raw[8 + n:]\n"
      "assert n % 8 == 0 and head.pop('__metadata__')['config'] == '[train]\\nsteps = 3\\n'\n"
      "size = dict(F64=8, I64=8, F32=4, BF16=2, U8=1, BOOL=1)\n"
      "spans = sorted(t['data_offsets'] for t in head.values())\n"
      "assert spans[0][0] == 0 and spans[-1][1] == len(data)\n"
      "assert all(a[1] == b[0] for a, b in zip(spans, spans[1:]))\n"
      "assert all(t['data_offsets'][0] % size[t['dtype']] == 0 for t in head.values())\n"
      "b, e = head['encoder.weight']['data_offsets']\n"
      "print(head['encoder.weight']['shape'], struct.unpack('<6f', data[b:e]), len(head))\n";
  folder_.Write("read.py", program);
  const std::string command = "/usr/bin/python3 " + (folder_ / "read.py") + " " + path_;
  FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 256> line = {};
  const bool got = std::fgets(line.data(), line.size(), pipe) != nullptr;
  ASSERT_EQ(::pclose(pipe), 0);
  ASSERT_TRUE(got);
  EXPECT_STREQ(line.data(), "[2, 3] (1.0, 2.0, 3.0, 4.0, 5.0, 6.5) 7\n");
}

TEST_F(SafetensorsTest, EveryTruncationIsFound) {
  SaveSafetensors(path_, Example());
  const std::string whole = Bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    WriteFileAtomically(path_, whole.substr(0, size));
    EXPECT_THAT(LoadError(), AllOf(HasSubstr(path_), ::testing::Not(HasSubstr("no error"))))
        << size;
  }
  WriteFileAtomically(path_, whole + "x");
  EXPECT_THAT(LoadError(),
              HasSubstr("belong to no tensor at byte " + std::to_string(whole.size())));
}

// No flipped byte of the header may crash or ask for absurd memory; most are errors.
TEST_F(SafetensorsTest, EveryFlippedHeaderByteIsSurvived) {
  SaveSafetensors(path_, Example());
  const std::string whole = Bytes();
  uint64_t length = 0;
  std::memcpy(&length, whole.data(), sizeof length);
  int refused = 0;
  for (size_t i = 0; i < 8 + length; ++i) {
    std::string bad = whole;
    bad[i] = static_cast<char>(bad[i] ^ 0x15);
    WriteFileAtomically(path_, bad);
    refused += LoadError() != "no error";
  }
  EXPECT_GT(refused, static_cast<int>(length) / 2);
}

TEST_F(SafetensorsTest, HeaderThatIsNone) {
  EXPECT_THAT(ErrorOf("", 0), HasSubstr("byte 0 gives a header of 0 bytes"));
  EXPECT_THAT(ErrorOf("[]", 0), HasSubstr("no JSON object at byte 8"));
  EXPECT_THAT(ErrorOf("{\"a\":", 0), HasSubstr("not JSON at byte"));
  EXPECT_THAT(ErrorOf("{\"a\": \"\xff\xfe\"}", 0), HasSubstr("not JSON at byte"));
  EXPECT_THAT(ErrorOf("{\"a\": 3}", 0), HasSubstr("tensor \"a\": needs exactly"));
  EXPECT_THAT(ErrorOf("{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}", 0),
              HasSubstr("nests deeper"));
  EXPECT_THAT(ErrorOf("{\"__metadata__\": {\"a\": 1}}", 0), HasSubstr("\"a\" is not a string"));
  EXPECT_THAT(ErrorOf("{\"__metadata__\": []}", 0), HasSubstr("not an object"));
  WriteFileAtomically(path_, std::string(8, '\xff') + "{}");
  EXPECT_THAT(LoadError(), HasSubstr("byte 0 gives a header of 18446744073709551615 bytes"));
}

TEST_F(SafetensorsTest, NamesTwice) {
  const std::string entry = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  EXPECT_THAT(ErrorOf("{\"a\":" + entry + ",\"a\":" + entry + "}", 1),
              HasSubstr("key \"a\" twice"));
  EXPECT_THAT(ErrorOf(R"({"a":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,2]}})", 2),
              HasSubstr("key \"shape\" twice"));
  EXPECT_THAT(ErrorOf(R"({"__metadata__":{"k":"1","k":"2"}})", 0), HasSubstr("key \"k\" twice"));
}

TEST_F(SafetensorsTest, EntriesThatDoNotFit) {
  const auto entry = [](const std::string& dtype, const std::string& shape,
                        const std::string& offsets) {
    return "{\"w\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}}";
  };
  EXPECT_THAT(ErrorOf(entry("F8", "[1]", "[0,1]"), 1), HasSubstr("tensor \"w\": dtype \"F8\""));
  EXPECT_THAT(ErrorOf(entry("F32", "[-1]", "[0,4]"), 4), HasSubstr("not a list of sizes"));
  EXPECT_THAT(ErrorOf(entry("F32", "[1.0]", "[0,4]"), 4), HasSubstr("not a list of sizes"));
  EXPECT_THAT(ErrorOf(entry("F32", "7", "[0,4]"), 4), HasSubstr("not a list of sizes"));
  EXPECT_THAT(ErrorOf(entry("F32", "[99999999999999999999]", "[0,4]"), 4),
              HasSubstr("list of sizes"));
  EXPECT_THAT(ErrorOf(entry("F32", "[1]", "[0]"), 4), HasSubstr("not a pair"));
  EXPECT_THAT(ErrorOf(entry("F32", "[1]", "[4,0]"), 4), HasSubstr("ends before it begins"));
  EXPECT_THAT(ErrorOf(entry("F32", "[2]", "[0,4]"), 4), HasSubstr("its shape needs 8"));
  EXPECT_THAT(ErrorOf(entry("F32", "[4294967296,4294967296]", "[0,0]"), 0), HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(entry("F64", "[2305843009213693952]", "[0,0]"), 0), HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(entry("F32", "[1]", "[0,18446744073709551615]"), 4), HasSubstr("truncated?"));
  EXPECT_THAT(ErrorOf(entry("U8", "[8]", "[0,8]"), 7), HasSubstr("truncated?"));
}

TEST_F(SafetensorsTest, OverlapsAndGaps) {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + b + "}}";
  };
  const size_t begin = 8 + two("[0,4]", "[2,6]").size();
  EXPECT_THAT(
      ErrorOf(two("[0,4]", "[2,6]"), 6),
      HasSubstr("tensor \"b\": overlaps the one before it at byte " + std::to_string(begin + 2)));
  EXPECT_THAT(ErrorOf(two("[0,4]", "[0,4]"), 4), HasSubstr("overlaps"));
  EXPECT_THAT(
      ErrorOf(two("[0,4]", "[5,9]"), 9),
      HasSubstr("tensor \"b\": leaves a gap before it at byte " + std::to_string(begin + 4)));
}

TEST_F(SafetensorsTest, BoolsAreChecked) {
  WriteRaw(R"({"m":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}})", std::string("\x01\x02"));
  EXPECT_THAT(LoadError(), HasSubstr("BOOL is neither 0 nor 1"));
}

TEST_F(SafetensorsTest, MissingFileOrFolder) {
  EXPECT_THAT(LoadError(), HasSubstr("does not exist"));
  path_ = folder_.path().string();
  EXPECT_THAT(LoadError(), HasSubstr("not a regular file"));
  EXPECT_THROW(SaveSafetensors(folder_ / "no/such/folder", Example()), UserError);
}

TEST_F(SafetensorsTest, FailedSaveKeepsTheOldFile) {
  SaveSafetensors(path_, Example());
  SafetensorsFile big;
  big.tensors["w"] = {DType::kU8, {100'000}, std::vector<uint8_t>(100'000)};
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(SaveSafetensors(path_, big), UserError);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(LoadSafetensors(path_), Example());
  EXPECT_EQ(folder_.Count(), 1);

  SafetensorsFile not_text;
  not_text.metadata["config"] = "\xff";
  EXPECT_THROW(SaveSafetensors(path_, not_text), UserError);
  EXPECT_EQ(LoadSafetensors(path_), Example());
}

}  // namespace
}  // namespace peekaboo::worldmodel
