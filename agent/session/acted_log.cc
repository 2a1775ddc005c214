#include "agent/session/acted_log.h"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

#include "agent/session/stage_task.h"
#include "base/check.h"
#include "base/error.h"
#include "sim/episode/film.h"
#include "sim/episode/recorder.h"
#include "sim/scene/scene_mixture.h"

namespace fs = std::filesystem;

namespace peekaboo::agent {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kBegin = "begin";
constexpr const char* kEnd = "end";
constexpr const char* kDrop = "drop";

/// What two runs must share, to act the same episodes.
std::string Identity(const EpisodeSpec& spec, int side) {
  Json factors = Json::object();
  for (const auto& [key, value] : spec.overrides)
    std::visit([&, name = key](const auto& is) { factors[name] = is; }, value);
  return Json{{"scene", spec.requested}, {"member", spec.member},
              {"seed", spec.seed},       {"factors", factors},
              {"pixels", side},          {"fingerprint", spec.mixture->fingerprint()}}
      .dump();
}

bool IsTrue(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) && json[key] == true;
}

/// An action of so many numbers; nothing if that is none.
std::optional<std::vector<float>> ReadAction(const Json& json, int size) {
  if (!json.is_array() || std::ssize(json) != size) return std::nullopt;
  for (const Json& number : json)
    if (!number.is_number() || std::abs(number.get<double>()) > 1) return std::nullopt;
  return json.get<std::vector<float>>();
}

/// Which of two identities' settings differs; empty: none.
std::string Difference(const std::string& one, const std::string& other) {
  const Json a = Json::parse(one), b = Json::parse(other, nullptr, /*allow_exceptions=*/false);
  if (!b.is_object()) return "format";
  for (const auto& [key, value] : a.items())
    if (!b.contains(key) || b[key] != value)
      return key == "fingerprint" ? "version of the scene or of MuJoCo" : key;
  return "";
}

}  // namespace

ActedLog::ActedLog(const std::string& path, int64_t limit, const EpisodeSpec& spec, int side,
                   const std::string& created_by)
    : path_(path),
      journal_path_(path + ".actions"),
      limit_(limit),
      frames_(EpisodeFrames(*spec.scene)),
      action_size_(spec.stage->actions().size()),
      seed_(spec.seed),
      identity_(Identity(spec, side)) {
  if (action_size_ == 0)
    throw UserError(path, "episodes of " + spec.requested + " cannot be kept: nothing acts there");
  sim::EpisodeSchema schema = sim::FilmSchema(*spec.stage, *spec.scene, {side, side, true});
  schema.action_size = action_size_;
  std::error_code error;
  const bool exists = fs::exists(path, error);
  if (exists && !fs::exists(journal_path_, error))
    throw UserError(path, "exists, but not " + journal_path_ + ", which says how it goes on");
  if (exists) writer_.emplace(sim::EpisodeWriter::Append(path, schema, frames_));
  Read();
  if (!exists) {
    sim::EpisodeAttributes attributes =
        sim::FilmAttributes(*spec.mixture, spec.requested, spec.seed, sim::Split::kSeen);
    attributes["created_by"] = created_by;
    writer_.emplace(sim::EpisodeWriter::Create(path, schema, frames_, attributes));
  }
  const int64_t ended = resume_.tally.episodes;
  written_ = resuming_ && writer_->size() == ended + 1;
  if (writer_->size() != ended && !written_) {
    throw UserError(path, fmt::format("holds {} episodes, and {} speaks of {}", writer_->size(),
                                      journal_path_, ended));
  }
}

// True if it is a line of such a file, where one may be.
bool ActedLog::ReadLine(const std::string& line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (const auto action = ReadAction(json, action_size_); action && resuming_) {
    resume_.actions.push_back(*action);
    return true;
  }
  if (!json.is_object()) return false;
  if (json.contains(kBegin) && json[kBegin].is_number_unsigned()) {
    resume_.index = json[kBegin].get<uint64_t>();
    resume_.actions.clear();
    return resuming_ = true;
  }
  if (!resuming_ || !(json.contains(kDrop) || json.contains(kEnd))) return false;
  if (json.contains(kEnd)) {
    TaskTally& tally = resume_.tally;
    ++tally.episodes;
    tally.ended_solved += IsTrue(json[kEnd], "solved");
    tally.ever_solved += IsTrue(json[kEnd], "ever");
    tally.intruded += IsTrue(json[kEnd], "intruded");
  }
  ++resume_.index;
  resume_.actions.clear();
  resuming_ = false;
  return true;
}

// Also cuts off a last line that did not reach the disk whole.
void ActedLog::Read() {
  std::ifstream in(journal_path_, std::ios::binary);
  int64_t good = 0;
  bool first = true;
  for (std::string line; std::getline(in, line) && !in.eof();) {
    if (first) {
      const std::string other = Difference(identity_, line);
      if (!other.empty())
        throw UserError(journal_path_,
                        "is of another " + other + ": choose another folder, or remove it");
    } else if (!ReadLine(line)) {
      throw UserError(journal_path_, fmt::format("byte {}: is no line of such a file", good));
    }
    first = false;
    good += static_cast<int64_t>(line.size()) + 1;
  }
  in.close();
  if (std::ssize(resume_.actions) >= frames_)
    throw UserError(journal_path_, "has an episode that is too long");
  std::error_code error;
  if (fs::exists(journal_path_, error))
    fs::resize_file(journal_path_, static_cast<uintmax_t>(good), error);
  if (error) throw UserError(journal_path_, "cannot be written: " + error.message());
  journal_.open(journal_path_, std::ios::binary | std::ios::app);
  if (!journal_)
    throw UserError(journal_path_, fmt::format("cannot be written: {}", std::strerror(errno)));
  if (first) Note(identity_);
  noted_ = resume_.actions.size();
}

void ActedLog::Note(const std::string& line) {
  journal_ << line << '\n';
  journal_.flush();  // to the system, which keeps it when this process is killed
  if (!journal_) throw UserError(journal_path_, "cannot be written: is the disk full?");
}

void ActedLog::Begin(const Observation& observation) {
  if (under_way_) Drop("it did not come to its end");
  under_way_ = true;
  number_ = observation.episode;
  episode_ = {};
  episode_.seed = seed_;
  episode_.index = observation.spec->index;
  if (!std::exchange(resuming_, false)) Note(Json{{kBegin, episode_.index}}.dump());
}

void ActedLog::Drop(const std::string& why) {
  under_way_ = false;
  noted_ = 0;
  Note(Json{{kDrop, why}}.dump());
}

void ActedLog::Finish(const Observation& last) {
  sim::EndActions(action_size_, &episode_);
  if (!std::exchange(written_, false)) {
    writer_->Write(sim::EpisodeWriter::Compress(std::move(episode_)));
    writer_->Commit();
  }
  under_way_ = false;
  Note(Json{{kEnd,
             {{"solved", last.progress.success},
              {"ever", last.progress.ever},
              {"intruded", last.progress.intruded}}}}
           .dump());
}

void ActedLog::Add(const Observation& observation) {
  if (full() && !written_) return;
  if (observation.frame == 0) {
    Begin(observation);
  } else if (!under_way_ || observation.episode != number_) {
    return;
  } else if (observation.frame != episode_.frames) {
    return Drop("somebody went back in time");
  } else if (std::ssize(observation.action) != action_size_) {
    return Drop("nothing acted");
  }
  for (const Mark& mark : observation.marks) {
    const bool event = mark.kind == Mark::Kind::kBeginning || mark.kind == Mark::Kind::kEvent;
    if (!event) return Drop(mark.text);
  }
  sim::AppendFrame({.pixels = *observation.pixels,
                    .qpos = observation.qpos,
                    .qvel = observation.qvel,
                    .objects = observation.objects,
                    .visible = true},
                   &episode_);
  if (observation.frame > 0) {
    episode_.action.insert(episode_.action.end(), observation.action.begin(),
                           observation.action.end());
    if (noted_ > 0) {
      --noted_;
    } else {
      Note(Json(observation.action).dump());
    }
  }
  if (episode_.frames == frames_) Finish(observation);
}

}  // namespace peekaboo::agent
