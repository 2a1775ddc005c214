#include "lab/experiment/live_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "agent/session/curves.h"
#include "agent/session/session.h"
#include "base/error.h"
#include "lab/experiment/progress.h"

namespace peekaboo::lab {
namespace {

namespace command = agent::command;

/// "step 120, loss 0.412, 900 frames/s" of a session that learns.
std::string LearningNote(const agent::Session& session) {
  const auto learning = session.learning();
  if (!learning || !learning->on) return "";
  if (learning->curve.empty()) return learning->doing;
  return fmt::format("step {}, loss {:.3f}, {:.0f} frames/s", learning->steps,
                     learning->curve.back().loss, learning->frames_per_second);
}

/// What is counted of a session that may outlive its history.
struct Tally {
  int64_t last = -1, alarms = 0;
  double most_surprise = 0;

  void Add(const agent::MindSnapshot& mind) {
    for (size_t i = mind.moments.size(); i-- > 0 && mind.moments[i]->observation.moment > last;) {
      const agent::TimelineEntry& moment = *mind.moments[i];
      alarms += moment.alarm;
      if (std::isfinite(moment.surprise)) most_surprise = std::max(most_surprise, moment.surprise);
    }
    if (!mind.moments.empty()) last = std::max(last, mind.moments.back()->observation.moment);
  }
};

/// Prints what people should know; true if something went wrong.
bool Print(const agent::Notices& notices, int64_t* seen) {
  bool wrong = false;
  for (const agent::Notice& notice : notices.After(*seen)) {
    *seen = notice.number;
    wrong = wrong || notice.level == agent::Notice::Level::kError;
    std::fprintf(stderr, "peekaboo: %s\n", notice.text.c_str());
  }
  return wrong;
}

nlohmann::ordered_json Summary(const agent::Session& session, const Tally& tally, double seconds) {
  nlohmann::ordered_json summary;
  summary["seconds"] = seconds;
  if (const auto stage = session.stage(); stage && stage->spec) {
    summary["scene"] = stage->spec->scene->name;
    summary["moments"] = stage->newest + 1;
    summary["episodes"] = stage->episode;
    summary["real_time_factor"] = stage->real_time_factor;
    summary["frame_ms"] = stage->frame_ms;
  }
  if (const auto mind = session.mind(); mind && mind->version) {
    summary["model"] = mind->version->name;
    summary["precision"] =
        worldmodel::PrecisionName(mind->version->model->config().ProductPrecision());
    summary["perception_ms"] = mind->perception_ms;
    if (mind->version->readout)
      summary["threshold"] = mind->version->readout->calibration.Threshold();
    summary["most_surprise"] = tally.most_surprise;
    summary["moments_above_threshold"] = tally.alarms;
  }
  if (const auto stage = session.stage(); stage && stage->goal) {
    summary["acted_episodes"] = stage->tally.episodes;
    summary["solved_at_the_end"] = stage->tally.ended_solved;
    summary["solved_at_some_time"] = stage->tally.ever_solved;
    if (const auto plan = session.plan()) {
      summary["plans"] = plan->plans;
      summary["plan_ms"] = plan->milliseconds;
      if (!plan->hindrance.empty()) summary["cannot_plan"] = plan->hindrance;
    }
  }
  if (const auto stage = session.stage(); stage && stage->kept)
    summary["kept_episodes"] = *stage->kept;
  if (const auto learning = session.learning()) {
    summary["learned_steps"] = learning->steps;
    for (const auto& version : learning->versions)
      summary["versions"].push_back({{"name", version->name}, {"exam", version->exam}});
    if (!learning->curve.empty()) {
      summary["loss"] = learning->curve.back().loss;
      summary["effective_rank"] = learning->curve.back().effective_rank;
    }
  }
  return summary;
}

/// The stage stops, what was learned to the end becomes a version, and that is examined, unless
/// people are in a hurry. `go_on` lets the session work; false: it cannot.
void Conclude(agent::Session& session, const std::atomic<bool>& stop,
              const std::function<bool()>& go_on) {
  session.Post(agent::StageCommand(command::SetPlaying{false}));
  session.Post(agent::LearnCommand(command::SetLearning{false}));
  const auto done = [&] {
    const auto learning = session.learning();
    return !learning || (!learning->on && (learning->doing.empty() || stop.load()));
  };
  while (!done() && go_on()) {
  }
}

/// A session that plays, and what is kept of it.
class LiveRun {
 public:
  LiveRun(const LiveOptions& options, const std::string& out, const ExperimentContext& context)
      : options_(options),
        out_(out),
        stop_(context.stop),
        wands_(options.wands),
        session_(OptionsOfSession(options)),
        created_by_(ProgramAndEngine(context.provenance)),
        progress_("live", options.frames > 0 ? options.frames : static_cast<int64_t>(Budget()) + 1,
                  Progress::StandardError(context.quiet), 0,
                  {options.frames > 0 ? "frames" : "s"}) {
    std::ranges::stable_sort(wands_, {}, &TimedWand::moment);
    if (!out.empty()) table_.emplace(out + "/surprise.csv");
  }

  LiveOutcome Run() {
    Begin();
    if (options_.frames > 0) {
      PlayTicks();
    } else {
      PlayOnThreads();
    }
    wrong_ = Print(session_.notices(), &seen_) || wrong_;
    progress_.Finish();
    for (size_t i = 0; i < wands_.size() && !stop_ && !wrong_; ++i)
      std::fprintf(stderr, "peekaboo: --wand %s: it was over before that moment\n",
                   wands_[i].text.c_str());
    wrong_ = wrong_ || (!wands_.empty() && !stop_);
    if (const auto mind = session_.mind()) tally_.Add(*mind);
    if (!out_.empty()) Write();
    return {!wrong_, Summary(session_, tally_, now_() - start_).dump()};
  }

 private:
  static agent::SessionOptions OptionsOfSession(const LiveOptions& options) {
    agent::SessionOptions session;
    session.simulate.seed = session.learn.seed = session.plan.seed = options.seed;
    return session;
  }

  double Budget() const { return 60 * options_.minutes; }  // seconds
  void Post(agent::StageCommand what) { session_.Post(agent::Command(std::move(what))); }
  void Post(agent::LearnCommand what) { session_.Post(agent::Command(std::move(what))); }

  void Begin() {
    Post(agent::StageCommand(command::SetPlaying{false}));
    Post(agent::StageCommand(command::LoadScene{options_.scene, options_.member}));
    for (const auto& factor : options_.factors) Post(agent::StageCommand(factor));
    Post(agent::StageCommand(command::SetSpeed{options_.speed}));
    if (options_.mode) Post(agent::StageCommand(command::SetMode{*options_.mode}));
    Post(agent::StageCommand(command::SetLockStep{options_.lock_step}));
    for (const std::string& setting : options_.plan)
      session_.Post(agent::PlanCommand(command::SetPlan{setting}));
    if (options_.model.empty()) {
      Post(agent::LearnCommand(command::NewModel{options_.seed}));
    } else {
      Post(agent::LearnCommand(command::LoadModel{options_.model}));
    }
    for (const auto& weight : options_.weights) Post(agent::LearnCommand(weight));
    if (options_.learning_rate > 0)
      Post(agent::LearnCommand(command::SetLearningRate{options_.learning_rate}));
    if (options_.learn) Post(agent::LearnCommand(command::SetLearning{true}));
    if (options_.keep > 0)
      Post(agent::StageCommand(
          command::KeepEpisodes{out_ + "/acted.h5", options_.keep, created_by_}));
    start_ = now_();
  }

  void PlayTicks() {
    int64_t moments = 0;
    while (!stop_ && !wrong_ && moments < options_.frames) {
      session_.Tick();
      moments = Follow();
      progress_.Update(moments, LearningNote(session_));
    }
    const auto go_on = [&] {
      session_.Tick();
      return true;
    };
    if (options_.learn && !wrong_) Conclude(session_, stop_, go_on);
  }

  void PlayOnThreads() {
    session_.Start();
    const auto wait = [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      wrong_ = Print(session_.notices(), &seen_) || wrong_;
      return !wrong_;
    };
    while (!stop_ && !wrong_ && now_() - start_ < Budget()) {
      wait();
      Follow();
      progress_.Update(static_cast<int64_t>(now_() - start_), LearningNote(session_));
    }
    if (options_.learn && !wrong_) Conclude(session_, stop_, wait);
    session_.Stop();
  }

  /// The first frame waits for the model, so that nothing goes by unseen.
  bool Ready() const {
    const auto mind = session_.mind();
    return mind && mind->version && mind->version->readout && !mind->moments.empty();
  }

  /// Keeps what happened, casts what is due. Returns how many moments were played.
  int64_t Follow() {
    wrong_ = Print(session_.notices(), &seen_) || wrong_;
    if (const auto mind = session_.mind(); playing_) {
      tally_.Add(*mind);
      if (table_) table_->Add(*mind);
    }
    if (!playing_ && Ready()) {
      playing_ = true;
      Post(agent::StageCommand(command::SetPlaying{true}));
    }
    const auto stage = session_.stage();
    while (!wands_.empty() && stage && stage->moment + 1 >= wands_.front().moment) {
      Post(agent::StageCommand(wands_.front().wand));
      wands_.erase(wands_.begin());
    }
    return stage ? stage->moment + 1 : 0;
  }

  void Write() {
    if (const auto mind = session_.mind()) table_->Add(*mind);
    table_->Commit();
    const auto learning = session_.learning();
    if (learning) agent::WriteLearning(*learning, out_ + "/learning.csv");
    if (!options_.learn || !learning || learning->versions.empty()) return;
    const std::string path = out_ + "/model.safetensors";
    const agent::ModelVersion& version = *learning->versions.back();
    version.model->Save(path);
    if (version.own_readout) version.readout->Save(worldmodel::ReadoutPath(path), *version.model);
  }

  const LiveOptions& options_;
  std::string out_;
  const std::atomic<bool>& stop_;
  std::vector<TimedWand> wands_;  // those still to come
  agent::Session session_;
  std::string created_by_;
  agent::Clock now_ = agent::SteadyClock();
  double start_ = 0;  // s
  Progress progress_;
  std::optional<agent::SurpriseTable> table_;
  Tally tally_;
  int64_t seen_ = 0;  // the last notice that was printed
  bool playing_ = false, wrong_ = false;
};

}  // namespace

LiveOutcome RunLive(const LiveOptions& options, const std::string& out,
                    const ExperimentContext& context) {
  if (!out.empty()) {
    std::error_code error;
    std::filesystem::create_directories(out, error);
    if (error) throw UserError(out, error.message());
  }
  return LiveRun(options, out, context).Run();
}

}  // namespace peekaboo::lab
