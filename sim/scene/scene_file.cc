// Reading scene files: TOML -> Scene. What the keys mean is in docs/scenes.md.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/random.h"
#include "base/shipped_folder.h"
#include "base/suggest.h"
#include "base/toml_file.h"
#include "sim/scene/scene.h"
#include "sim/scene/scene_parts.h"

namespace fs = std::filesystem;

namespace peekaboo::sim {
namespace {

const std::vector<std::string> kSceneKeys = {"title",   "concept", "source",   "age",    "include",
                                             "model",   "camera",  "frame_hz", "frames", "objects",
                                             "vary",    "event",   "member",   "hidden", "require",
                                             "colours", "mixture", "play",     "task",   "plan"};
constexpr int kMaxIncludeDepth = 8;

void ReadColours(const TomlTable& table, Scene* scene) {
  for (const std::string& name : table.Keys()) {
    const auto rgb = table.Require<std::vector<double>>(name);
    if (rgb.size() != 3 ||
        std::any_of(rgb.begin(), rgb.end(), [](double c) { return c < 0 || c > 1; })) {
      table.Fail(name, "a colour is three numbers from 0 to 1: [red, green, blue]");
    }
    scene->colours[name] = {rgb[0], rgb[1], rgb[2]};
  }
}

void ReadMixture(const TomlTable& root, Scene* scene) {
  for (const TomlTable& part : root.Tables("mixture")) {
    part.RejectUnknown({"scene", "weight"});
    const double weight = part.Require<double>("weight");
    if (!(weight > 0)) part.Fail("weight", "must be above 0");
    const fs::path file = fs::path(scene->path).parent_path() / part.Require<std::string>("scene");
    scene->mixture.emplace_back(file.lexically_normal().string(), weight);
  }
}

Member ReadMember(const TomlTable& table, const Scene& scene) {
  table.RejectUnknown({"name", "impossible", "like", "set", "event", "splice"});
  Member member;
  member.name = table.Require<std::string>("name");
  member.where = table.Where("name");
  member.impossible = table.Get("impossible", false);
  member.like = table.Get<std::string>("like", "");
  if (const auto set = table.FindTable("set")) member.set = ReadFactors(*set);
  member.events = ReadEvents(table);
  member.splice = table.Get<std::vector<std::string>>("splice", {});
  if (!member.splice.empty() && (!member.events.empty() || !member.set.empty())) {
    table.Fail("splice",
               "a spliced film is made of other members' frames: it has no event and no set");
  }
  if (scene.FindMember(member.name))
    table.Fail("name", fmt::format("two members are called '{}'", member.name));
  return member;
}

void CheckMembers(const TomlTable& root, const Scene& scene) {
  for (const Member& member : scene.members) {
    const auto fail = [&](const std::string& what) {
      throw UserError(root.file(), fmt::format("member '{}' {}", member.name, what));
    };
    if (!member.impossible) {
      if (!member.like.empty()) fail("is possible: 'like' is for impossible ones");
      if (!member.splice.empty()) fail("is spliced but not called impossible");
      continue;
    }
    const std::string like = member.splice.empty() ? member.like : member.splice.front();
    const Member* source = scene.FindMember(like);
    if (!source || source->impossible) {
      fail(
          "is impossible: 'like' (or the first of 'splice') must name a possible member that "
          "begins the same");
    }
    if (!member.splice.empty()) {
      if (member.splice.size() < 2) fail("is spliced of fewer than two films");
      if (scene.hidden.empty())
        fail("is spliced, but the scene has no key 'hidden' to say behind what body");
      for (const std::string& part : member.splice) {
        const Member* film = scene.FindMember(part);
        if (!film || film->impossible)
          fail(fmt::format("is spliced of '{}', which is not a possible member", part));
      }
    } else if (member.events.empty()) {
      fail("is impossible, but has neither an event nor a splice");
    }
  }
}

void ReadInto(const fs::path& path, int depth, std::vector<fs::path>* open, Scene* scene) {
  if (depth > kMaxIncludeDepth || std::find(open->begin(), open->end(), path) != open->end()) {
    throw UserError(path.string(), "files include one another in a circle");
  }
  open->push_back(path);
  const TomlFile file = TomlFile::Load(path);
  scene->fingerprint = Fingerprint(ReadSmallFile(path.string()), scene->fingerprint);
  const TomlTable root = file.root();
  root.RejectUnknown(kSceneKeys);
  if (root.Has("include")) {
    for (const std::string& include : root.Require<std::vector<std::string>>("include")) {
      const fs::path included = (path.parent_path() / include).lexically_normal();
      std::error_code error;
      if (!fs::exists(included, error)) root.Fail("include", included.string() + ": no such file");
      ReadInto(included, depth + 1, open, scene);
    }
  }
  scene->title = root.Get("title", scene->title);
  scene->concept_name = root.Get("concept", scene->concept_name);
  scene->source = root.Get("source", scene->source);
  scene->age = root.Get("age", scene->age);
  if (!scene->age.empty() &&
      (scene->age.size() != 2 ||
       !(0 <= scene->age[0] && scene->age[0] <= scene->age[1] && scene->age[1] < 1200))) {
    root.Fail("age", "is two numbers of months from 0 to 1200, [from, to]");
  }
  if (const auto model = root.Find<std::string>("model")) {
    scene->model = (path.parent_path() / *model).lexically_normal().string();
  }
  scene->camera = root.Get("camera", scene->camera);
  scene->frame_hz = root.Get("frame_hz", scene->frame_hz);
  if (!(scene->frame_hz >= 0.1 && scene->frame_hz <= 1000))
    root.Fail("frame_hz", "must be from 0.1 to 1000 [1/s]");
  scene->frames = root.Get("frames", scene->frames);
  if (scene->frames < 2 || scene->frames > 4096) root.Fail("frames", "must be from 2 to 4096");
  scene->objects = root.Get("objects", scene->objects);
  scene->hidden = root.Get("hidden", scene->hidden);
  if (const auto colours = root.FindTable("colours")) ReadColours(*colours, scene);
  if (const auto play = root.FindTable("play")) ReadPlay(*play, &scene->play);
  if (const auto task = root.FindTable("task")) ReadTask(*task, &scene->task);
  if (root.FindTable("plan")) scene->task.plan.push_back(std::make_shared<TomlFile>(file));
  if (const auto vary = root.FindTable("vary")) {
    for (Factor& factor : ReadFactors(*vary)) {
      const auto same = std::find_if(scene->vary.begin(), scene->vary.end(),
                                     [&](const Factor& f) { return f.key == factor.key; });
      if (same != scene->vary.end()) {
        *same = std::move(factor);
      } else {
        scene->vary.push_back(std::move(factor));
      }
    }
  }
  for (Event& event : ReadEvents(root)) scene->events.push_back(std::move(event));
  for (const TomlTable& table : root.Tables("member"))
    scene->members.push_back(ReadMember(table, *scene));
  if (root.Has("require")) {
    for (const std::string& text : root.Require<std::vector<std::string>>("require")) {
      scene->require.emplace_back(text, root.Where("require"));
    }
  }
  ReadMixture(root, scene);
  if (depth == 0) {
    CheckMembers(root, *scene);
    if (!scene->mixture.empty() && !scene->model.empty())
      root.Fail("mixture", "a mixture of scenes has no model of its own");
    if (scene->mixture.empty() && scene->model.empty())
      root.Fail("model", "is missing: the path of an MJCF file");
  }
  open->pop_back();
}

/// Where a user's own scenes are, if anywhere.
const char* UsersScenes() {
  const char* folder = std::getenv("PEEKABOO_SCENES");
  return folder && *folder ? folder : nullptr;
}

/// "voe/support/car" out of ".../scenes/voe/support/car.toml" or $PEEKABOO_SCENES/voe/support/
/// car.toml; the stem elsewhere.
std::string SceneName(const fs::path& path) {
  const fs::path bare = fs::path(path).replace_extension();
  if (const char* root = UsersScenes()) {
    const fs::path own = bare.lexically_relative(fs::absolute(root).lexically_normal());
    if (!own.empty() && *own.begin() != "..") return own.string();
  }
  fs::path name;
  bool below = false;
  for (const fs::path& part : bare) {
    if (below) name /= part;
    if (part == "scenes") {
      below = true;
      name.clear();
    }
  }
  return below && !name.empty() ? name.string() : bare.filename().string();
}

void AddMixture(const std::string& path, double weight, int depth,
                std::vector<std::pair<std::shared_ptr<const Scene>, double>>* out) {
  if (depth > kMaxIncludeDepth) throw UserError(path, "mixtures name one another in a circle");
  auto scene = LoadScene(path);
  if (scene->mixture.empty()) {
    out->emplace_back(std::move(scene), weight);
    return;
  }
  double sum = 0;
  for (const auto& part : scene->mixture) sum += part.second;
  for (const auto& part : scene->mixture)
    AddMixture(part.first, weight * part.second / sum, depth + 1, out);
}

}  // namespace

const Member* Scene::FindMember(const std::string& member) const {
  for (const Member& m : members) {
    if (m.name == member) return &m;
  }
  return nullptr;
}

const char* SplitName(Split split) {
  switch (split) {
    case Split::kSeen:
      return "seen";
    case Split::kDev:
      return "dev";
    case Split::kNovel:
      return "novel";
    case Split::kDevNovel:
      return "dev_novel";
  }
  return "";
}

std::string SplitNames() {
  std::string names;
  for (const Split split : kSplits)
    names += (names.empty() ? "" : ", ") + std::string(SplitName(split));
  return names;
}

Split SplitFromName(const std::string& name) {
  for (const Split split : kSplits) {
    if (name == SplitName(split)) return split;
  }
  throw UserError("split", fmt::format("'{}' is not one of {}", name, SplitNames()));
}

std::shared_ptr<const Scene> LoadScene(const std::string& path) {
  auto scene = std::make_shared<Scene>();
  scene->path = fs::path(path).lexically_normal().string();
  scene->name = SceneName(fs::absolute(scene->path));
  std::vector<fs::path> open;
  ReadInto(scene->path, 0, &open, scene.get());
  std::error_code error;  // whether there is such a model is not said here
  if (fs::is_regular_file(scene->model, error))
    scene->fingerprint = Fingerprint(ReadSmallFile(scene->model), scene->fingerprint);
  return scene;
}

std::vector<std::pair<std::shared_ptr<const Scene>, double>> LoadMixture(const std::string& path) {
  std::vector<std::pair<std::shared_ptr<const Scene>, double>> scenes;
  AddMixture(path, 1.0, 0, &scenes);
  return scenes;
}

std::string FindScene(const std::string& name) {
  std::vector<fs::path> roots = {fs::path()};
  if (const char* root = UsersScenes()) roots.emplace_back(root);
  const std::string shipped = ShippedFolder("scenes");
  roots.emplace_back(shipped);
  for (const fs::path& root : roots) {
    // "nursery" also finds nursery/nursery.toml.
    for (const std::string& path :
         {name, name + ".toml", name + "/" + fs::path(name).filename().string() + ".toml"}) {
      const fs::path candidate = root / path;
      std::error_code error;
      if (fs::is_regular_file(candidate, error)) return candidate.string();
    }
  }
  throw UserError(name, fmt::format("no such scene (looked here and in {})", shipped));
}

}  // namespace peekaboo::sim
