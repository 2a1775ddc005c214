#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "lab/statistics/results.h"
#include "lab/statistics/summary.h"

namespace peekaboo::lab {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr char kFormat[] = "peekaboo-voe";
constexpr int kVersion = 2;
constexpr int kDeepest = 16;  // levels of nesting; the summary has 9
constexpr uintmax_t kMaxBytes = 1'000'000'000;

// ---- Writing ----

// The shortest decimal that reads back as the same float; JSON has no NaN.
OrderedJson Number(float value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return std::strtod(text, nullptr);
}

OrderedJson Numbers(const float* values, size_t count) {
  OrderedJson list = OrderedJson::array();
  for (size_t i = 0; i < count; ++i) list.push_back(Number(values[i]));
  return list;
}

OrderedJson ToJson(const SceneResult& scene, const VoeResults& results) {
  OrderedJson json = {{"name", scene.name},
                      {"concept", scene.concept_name},
                      {"title", scene.title},
                      {"source", scene.source},
                      {"age", {scene.age_low, scene.age_high}},
                      {"split", SplitName(scene.split)},
                      {"fingerprint", scene.fingerprint},
                      {"members", OrderedJson::array()},
                      {"films", OrderedJson::array()},
                      {"examples", OrderedJson::array()}};
  for (const ResultMember& member : scene.members) {
    json["members"].push_back(
        {{"name", member.name}, {"impossible", member.impossible}, {"like", member.like}});
  }
  for (const FilmScore& film : scene.films) {
    OrderedJson scores = OrderedJson::array();
    for (size_t model = 0; model < results.models.size(); ++model) {
      const size_t variants = results.variants.size();
      scores.push_back(Numbers(film.scores.data() + model * variants, variants));
    }
    json["films"].push_back({{"set", film.set},
                             {"member", film.member},
                             {"event_frame", film.event_frame},
                             {"seed", film.seed},
                             {"scores", std::move(scores)}});
  }
  for (const ExampleCurve& example : scene.examples) {
    json["examples"].push_back(
        {{"set", example.set},
         {"member", example.member},
         {"model", example.model},
         {"surprise", Numbers(example.surprise.data(), example.surprise.size())}});
  }
  return json;
}

OrderedJson Header(const VoeResults& results) {
  OrderedJson json = {{"format", kFormat},
                      {"version", kVersion},
                      {"created_by", results.created_by},
                      {"seed", results.seed},
                      {"commit", results.commit},
                      {"build", results.build},
                      {"machine", results.machine},
                      {"precision", results.precision},
                      {"seconds", results.seconds},
                      {"run", results.run},
                      {"primary_variant", results.primary_variant},
                      {"variants", results.variants},
                      {"models", OrderedJson::array()}};
  for (const ResultModel& model : results.models) {
    json["models"].push_back({{"name", model.name},
                              {"kind", ModelKindName(model.kind)},
                              {"seed", model.seed},
                              {"file", model.file},
                              {"fingerprint", model.fingerprint},
                              {"steps", model.steps},
                              {"training_seconds", model.training_seconds}});
  }
  return json;
}

void AddScenes(const VoeResults& results, OrderedJson* json) {
  (*json)["scenes"] = OrderedJson::array();
  for (const SceneResult& scene : results.scenes)
    (*json)["scenes"].push_back(ToJson(scene, results));
}

void Write(const std::string& path, const OrderedJson& json) {
  // Replaced rather than refused: a foreign byte in a title must not lose a battery's results.
  WriteFileAtomically(path,
                      json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

// ---- Reading ----

// A value of the file and the way to it, for errors: "scenes[2].films[17].seed".
class Node {
 public:
  Node(const std::string& file, const Json& json, std::string at = "")
      : file_(&file), json_(&json), at_(std::move(at)) {}

  [[noreturn]] void Fail(const std::string& what) const {
    throw UserError(*file_, at_.empty() ? what : at_ + ": " + what);
  }

  Node Get(const char* key) const {
    if (!json_->is_object()) Fail("is not an object");
    const auto found = json_->find(key);
    if (found == json_->end()) Fail(std::string("has no key \"") + key + "\"");
    return {*file_, *found, at_.empty() ? key : at_ + "." + key};
  }
  bool Has(const char* key) const { return json_->is_object() && json_->contains(key); }
  void OnlyKeys(std::initializer_list<const char*> keys) const {
    if (!json_->is_object()) Fail("is not an object");
    for (const auto& [key, value] : json_->items()) {
      const auto same = [&key = key](const char* known) { return key == known; };
      if (std::none_of(keys.begin(), keys.end(), same)) {
        Fail("has the unknown key " + Json(key.substr(0, 80)).dump(-1, ' ', true));
      }
    }
  }

  size_t Size() const {
    if (!json_->is_array()) Fail("is not a list");
    return json_->size();
  }
  Node At(size_t i) const { return {*file_, (*json_)[i], at_ + "[" + std::to_string(i) + "]"}; }
  template <typename Body>
  void Each(Body body) const {
    const size_t size = Size();
    for (size_t i = 0; i < size; ++i) body(At(i));
  }

  std::string Text() const {
    if (!json_->is_string()) Fail("is not a string");
    return json_->get<std::string>();
  }
  bool Flag() const {
    if (!json_->is_boolean()) Fail("is not true or false");
    return json_->get<bool>();
  }
  uint64_t Unsigned() const {
    if (!json_->is_number_unsigned()) Fail("is not a whole number from 0");
    return json_->get<uint64_t>();
  }
  int Integer() const {
    const bool fits = json_->is_number_integer() &&
                      (json_->is_number_unsigned() ? json_->get<uint64_t>() <= 1'000'000'000
                                                   : json_->get<int64_t>() >= -1'000'000'000);
    if (!fits) Fail("is not a whole number of a sensible size");
    return json_->get<int>();
  }
  double Real() const {
    if (!json_->is_number()) Fail("is not a number");
    return json_->get<double>();
  }
  float RealOrNull() const {
    if (json_->is_null()) return std::numeric_limits<float>::quiet_NaN();
    const double value = Real();
    if (std::abs(value) > std::numeric_limits<float>::max()) Fail("is too large");
    return static_cast<float>(value);
  }

 private:
  const std::string* file_;
  const Json* json_;
  std::string at_;
};

template <typename Enum, size_t N>
Enum OneOf(const Node& node, const Enum (&values)[N], const char* (*name)(Enum)) {
  const std::string text = node.Text();
  std::string known;
  for (const Enum value : values) {
    if (text == name(value)) return value;
    known += (known.empty() ? "" : ", ") + std::string(name(value));
  }
  node.Fail("is not one of " + known);
}

std::vector<float> Floats(const Node& node) {
  std::vector<float> values;
  node.Each([&](const Node& value) { values.push_back(value.RealOrNull()); });
  return values;
}

FilmScore ReadFilm(const Node& node, const VoeResults& results) {
  node.OnlyKeys({"set", "member", "event_frame", "seed", "scores"});
  FilmScore film;
  film.set = node.Get("set").Integer();
  film.member = node.Get("member").Integer();
  film.event_frame = node.Get("event_frame").Integer();
  film.seed = node.Get("seed").Unsigned();
  const Node scores = node.Get("scores");
  if (scores.Size() != results.models.size()) scores.Fail("needs one list for each model");
  scores.Each([&](const Node& row) {
    const std::vector<float> values = Floats(row);
    if (values.size() != results.variants.size()) row.Fail("needs one number for each variant");
    film.scores.insert(film.scores.end(), values.begin(), values.end());
  });
  return film;
}

SceneResult ReadScene(const Node& node, const VoeResults& results) {
  node.OnlyKeys({"name", "concept", "title", "source", "age", "split", "fingerprint", "members",
                 "films", "examples"});
  SceneResult scene;
  scene.name = node.Get("name").Text();
  scene.concept_name = node.Get("concept").Text();
  scene.title = node.Get("title").Text();
  scene.source = node.Get("source").Text();
  const Node age = node.Get("age");
  if (age.Size() != 2) age.Fail("is not a pair of months");
  scene.age_low = age.At(0).Real();
  scene.age_high = age.At(1).Real();
  scene.split = OneOf(node.Get("split"), sim::kSplits, SplitName);
  scene.fingerprint = node.Get("fingerprint").Unsigned();
  node.Get("members").Each([&](const Node& member) {
    member.OnlyKeys({"name", "impossible", "like"});
    scene.members.push_back(
        {member.Get("name").Text(), member.Get("impossible").Flag(), member.Get("like").Text()});
  });
  node.Get("films").Each([&](const Node& film) { scene.films.push_back(ReadFilm(film, results)); });
  node.Get("examples").Each([&](const Node& example) {
    example.OnlyKeys({"set", "member", "model", "surprise"});
    scene.examples.push_back({example.Get("set").Integer(), example.Get("member").Integer(),
                              example.Get("model").Integer(), Floats(example.Get("surprise"))});
  });
  return scene;
}

std::string ReadWhole(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw UserError(path, "does not exist");
  if (!std::filesystem::is_regular_file(path, error)) {
    throw UserError(path, "is not a regular file");
  }
  if (std::filesystem::file_size(path, error) > kMaxBytes) throw UserError(path, "is too large");
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw UserError(path, "cannot be read");
  return std::move(text).str();
}

}  // namespace

VoeResults LoadResults(const std::string& path) {
  const std::string text = ReadWhole(path);
  Json json;
  try {
    json = Json::parse(text, [&](int depth, Json::parse_event_t, Json&) {
      if (depth > kDeepest) throw UserError(path, "nests deeper than the format");
      return true;
    });
  } catch (const Json::exception& error) {
    const auto* parse = dynamic_cast<const Json::parse_error*>(&error);
    throw UserError(
        path, "is not JSON" + (parse ? " at byte " + std::to_string(parse->byte) : std::string()));
  }
  const Node root(path, json);
  if (root.Get("format").Text() != kFormat) root.Fail("is not a file of results");
  const int version = root.Get("version").Integer();
  if (version != kVersion) {
    root.Fail("has format version " + std::to_string(version) + ", this program reads " +
              std::to_string(kVersion));
  }
  root.OnlyKeys({"format", "version", "created_by", "seed", "commit", "build", "machine",
                 "precision", "seconds", "run", "primary_variant", "variants", "models", "summary",
                 "scenes"});
  VoeResults results;
  results.created_by = root.Get("created_by").Text();
  results.seed = root.Get("seed").Unsigned();
  results.commit = root.Get("commit").Text();
  results.build = root.Get("build").Text();
  results.machine = root.Get("machine").Text();
  if (root.Has("precision")) results.precision = root.Get("precision").Text();
  results.seconds = root.Get("seconds").Real();
  results.run = root.Get("run").Text();
  results.primary_variant = root.Get("primary_variant").Text();
  root.Get("variants").Each([&](const Node& name) { results.variants.push_back(name.Text()); });
  root.Get("models").Each([&](const Node& model) {
    model.OnlyKeys({"name", "kind", "seed", "file", "fingerprint", "steps", "training_seconds"});
    const ModelKind kind = OneOf(model.Get("kind"),
                                 {ModelKind::kTrained, ModelKind::kUntrained, ModelKind::kPixel,
                                  ModelKind::kFrameDifference},
                                 ModelKindName);
    results.models.push_back({model.Get("name").Text(), kind, model.Get("seed").Unsigned(),
                              model.Get("file").Text(), model.Get("fingerprint").Unsigned(),
                              static_cast<int64_t>(model.Get("steps").Unsigned()),
                              model.Get("training_seconds").Real()});
  });
  root.Get("scenes").Each(
      [&](const Node& scene) { results.scenes.push_back(ReadScene(scene, results)); });
  CheckResults(path, results);
  return results;
}

void SaveResults(const std::string& path, const VoeResults& results, const Summary* summary) {
  CheckResults(path, results);
  OrderedJson json = Header(results);
  json["summary"] = OrderedJson::parse(SummaryJson(summary ? *summary : Summarise(results)));
  AddScenes(results, &json);
  Write(path, json);
}

void SaveUnfinished(const std::string& path, const VoeResults& results) {
  CheckResults(path, results);
  OrderedJson json = Header(results);
  AddScenes(results, &json);
  Write(path, json);
}

}  // namespace peekaboo::lab
