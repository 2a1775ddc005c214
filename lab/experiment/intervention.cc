#include "lab/experiment/intervention.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/mind/model_dynamics.h"
#include "agent/mind/task_cost.h"
#include "base/error.h"
#include "base/ordered_pool.h"
#include "base/random.h"
#include "lab/experiment/progress.h"
#include "sim/episode/player.h"
#include "sim/render/eye.h"
#include "sim/render/gl_context.h"
#include "sim/scene/draw.h"
#include "sim/scene/scene_mixture.h"
#include "sim/world/world.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/model/film_states.h"

namespace peekaboo::lab {
namespace {

constexpr int kLeastBefore = 4, kMostBefore = 16;  // actions of play before a situation
constexpr int kVisible = 8;                        // of 255: less is no difference
constexpr int kResamples = 1000;

/// Sums over the patches of one situation, of one number of actions.
struct Sums {
  double change = 0, off = 0;            // squared, of patches that are touched: truth, error
  double change_else = 0, off_else = 0;  // of the others
  double touched = 0, untouched = 0;     // patches

  void Add(const Sums& other) {
    change += other.change;
    off += other.off;
    change_else += other.change_else;
    off_else += other.off_else;
    touched += other.touched;
    untouched += other.untouched;
  }
  /// Of a patch, over the true change of one that is touched.
  double Share(double sum, double patches) const {
    return change > 0 && patches > 0 ? sum / patches / (change / touched) : 0;
  }
};
/// Of one situation: by model (the one that learned, the other), then by number of actions.
using Situation = std::array<std::vector<Sums>, 2>;

/// A future: pictures of all its frames, those before included, and its actions.
struct Future {
  std::vector<uint8_t> pixels;  // [frames, H, W, 3]
  at::Tensor actions;           // [1, L, A]
};

class Situations {
 public:
  Situations(const InterventionOptions& options, std::shared_ptr<const sim::Scene> scene,
             const std::shared_ptr<const sim::Stage>& stage,
             std::array<const agent::ModelDynamics*, 2> models)
      : options_(options),
        scene_(std::move(scene)),
        models_(models),
        gl_(sim::GlContext::Create()),
        world_(stage) {
    gl_->MakeCurrent();
    worldmodel::SetComputeThreads(1);
    const int side = models_[0]->model().config().image_size;
    eye_ = std::make_unique<sim::Eye>(world_.model(), side, side);
  }

  Situation See(int64_t index) {
    const at::NoGradGuard no_gradient;
    const auto number = static_cast<uint64_t>(index);
    RandomStream random(options_.seed, scene_->name + "/intervention", number);
    const uint64_t seed = random.Next();
    world_.Reset(*scene_, sim::DrawFactors(world_.stage(), *scene_, {sim::Split::kSeen, seed, 0}),
                 {});
    sim::Player player(*scene_, &world_, RandomStream(seed, "play"));
    const auto before =
        kLeastBefore + static_cast<int>(random.Below(kMostBefore - kLeastBefore + 1));
    std::vector<uint8_t> past;
    for (int action = 0; action < before; ++action) Play(&player, &past, nullptr);
    const sim::WorldState now = world_.Save();
    std::vector<float> played, rested;
    Future acted{past, {}}, rest{past, {}};
    for (int action = 0; action < options_.actions; ++action) Play(&player, &acted.pixels, &played);
    Look(&acted.pixels);
    world_.Restore(now);
    for (int action = 0; action < options_.actions; ++action) Play(nullptr, &rest.pixels, &rested);
    Look(&rest.pixels);
    acted.actions = at::tensor(played).view({1, options_.actions, -1});
    rest.actions = at::tensor(rested).view({1, options_.actions, -1});
    Situation sums;
    for (size_t model = 0; model < models_.size(); ++model)
      sums[model] = Compare(*models_[model], before, acted, rest);
    return sums;
  }

 private:
  void Look(std::vector<uint8_t>* pixels) {
    const size_t bytes = size_t{3} * eye_->width() * eye_->height();
    pixels->resize(pixels->size() + bytes);
    eye_->See(world_, world_.stage().CameraOf(*scene_),
              std::span(*pixels).subspan(pixels->size() - bytes));
  }

  /// One action, of the player or of rest, and what is seen before each of its frames.
  void Play(sim::Player* player, std::vector<uint8_t>* pixels, std::vector<float>* actions) {
    const std::vector<float> rest(static_cast<size_t>(world_.stage().actions().size()));
    for (int frame = 0; frame < scene_->play.repeat; ++frame) {
      Look(pixels);
      const std::span<const float> action = player ? player->Next() : std::span<const float>(rest);
      if (frame == 0 && actions) actions->insert(actions->end(), action.begin(), action.end());
      world_.Act(action);
      world_.StepFrame();
    }
  }

  std::vector<Sums> Compare(const agent::ModelDynamics& dynamics, int before, const Future& acted,
                            const Future& rest) const {
    const worldmodel::ModelConfig& config = dynamics.model().config();
    const int frames = (before + options_.actions) * scene_->play.repeat + 1;
    const int64_t patches = config.Patches();
    // Rows: moments, the situation is number `before`.
    const auto lived = [&](const Future& future) {
      return worldmodel::StatesOfFilm(dynamics.model(), future.pixels, frames);
    };
    const worldmodel::LatentState one = lived(acted), other = lived(rest);
    const worldmodel::LatentState start{one.z.slice(0, before, before + 1),
                                        one.h.slice(0, before, before + 1),
                                        one.before.slice(0, before, before + 1)};
    const at::Tensor imagined =
        (dynamics.Rollout(start, acted.actions).z - dynamics.Rollout(start, rest.actions).z)[0];
    const at::Tensor change = (one.z - other.z).slice(0, before + 1);
    const auto per_patch = [&](const at::Tensor& all) {
      return all.view({options_.actions, patches, -1}).square().sum(2).to(at::kDouble).contiguous();
    };
    const at::Tensor truth = per_patch(change), wrong = per_patch(imagined - change);
    std::vector<Sums> sums(static_cast<size_t>(options_.actions));
    for (int k = 0; k < options_.actions; ++k) {
      const std::vector<char> touched =
          Touched(acted, rest, (before + k + 1) * scene_->play.repeat, config);
      for (int64_t p = 0; p < patches; ++p) {
        const int64_t at = k * patches + p;
        Sums& sum = sums[static_cast<size_t>(k)];
        if (touched[static_cast<size_t>(p)]) {
          sum.change += truth.data_ptr<double>()[at];
          sum.off += wrong.data_ptr<double>()[at];
          ++sum.touched;
        } else {
          sum.change_else += truth.data_ptr<double>()[at];
          sum.off_else += wrong.data_ptr<double>()[at];
          ++sum.untouched;
        }
      }
    }
    return sums;
  }

  /// By patch: whether the pictures of a frame differ there.
  static std::vector<char> Touched(const Future& one, const Future& other, int frame,
                                   const worldmodel::ModelConfig& config) {
    const int side = config.image_size, grid = config.Grid();
    std::vector<char> touched(static_cast<size_t>(config.Patches()), 0);
    const size_t first = static_cast<size_t>(frame) * config.FrameBytes();
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < 3 * side; ++x) {
        const size_t at = first + static_cast<size_t>(y) * 3 * side + x;
        if (std::abs(one.pixels[at] - other.pixels[at]) > kVisible) {
          const int patch = y * grid / side * grid + x / 3 * grid / side;
          touched[static_cast<size_t>(patch)] = 1;
        }
      }
    }
    return touched;
  }

  const InterventionOptions& options_;
  std::shared_ptr<const sim::Scene> scene_;
  std::array<const agent::ModelDynamics*, 2> models_;
  std::unique_ptr<sim::GlContext> gl_;
  sim::World world_;
  std::unique_ptr<sim::Eye> eye_;
};

std::vector<InterventionScore> Score(const std::vector<Situation>& all, size_t model, int actions,
                                     uint64_t seed) {
  std::vector<InterventionScore> scores;
  for (size_t k = 0; k < static_cast<size_t>(actions); ++k) {
    Sums whole;
    for (const Situation& situation : all) whole.Add(situation[model][k]);
    InterventionScore score;
    score.touched = whole.Share(whole.off, whole.touched);
    score.untouched = whole.Share(whole.off_else, whole.untouched);
    score.untouched_copy = whole.Share(whole.change_else, whole.untouched);
    RandomStream random(seed, "intervention/bootstrap", k);
    std::vector<double> touched, untouched;
    for (int i = 0; i < kResamples; ++i) {
      Sums sample;
      for (size_t n = 0; n < all.size(); ++n) sample.Add(all[random.Below(all.size())][model][k]);
      touched.push_back(sample.Share(sample.off, sample.touched));
      untouched.push_back(sample.Share(sample.off_else, sample.untouched));
    }
    score.touched_interval = PercentileInterval(std::move(touched));
    score.untouched_interval = PercentileInterval(std::move(untouched));
    scores.push_back(score);
  }
  return scores;
}

}  // namespace

InterventionOutcome RunIntervention(const InterventionOptions& options,
                                    const ExperimentContext& context) {
  const auto scene = sim::LoadScene(sim::FindScene(options.scene));
  if (!scene->play.acts()) throw UserError(scene->path + ": play", "is missing: nobody acts there");
  const auto stage = sim::Stage::Load(scene->model);
  stage->Check(*scene);
  const auto model = worldmodel::WorldModel::Load(options.model);
  agent::CheckActs(*scene, *stage, agent::ActorConfig(), model.config(), options.model);
  const agent::ModelDynamics learned(model);
  const agent::ModelDynamics untrained(worldmodel::WorldModel(model.config(), options.seed));
  Progress progress("intervening", options.situations, Progress::StandardError(context.quiet));
  std::vector<Situation> all;
  RunOrdered<Situation>(
      options.threads, options.situations,
      [&]() -> std::function<Situation(int64_t)> {
        auto situations =
            std::make_shared<Situations>(options, scene, stage, std::array{&learned, &untrained});
        return [situations](int64_t index) { return situations->See(index); };
      },
      [&](int64_t, const Situation& situation) {
        all.push_back(situation);
        progress.Update(std::ssize(all));
        return !context.stop.load();
      });
  progress.Finish();
  InterventionOutcome outcome;
  outcome.situations = std::ssize(all);
  if (all.empty()) return outcome;
  outcome.model = Score(all, 0, options.actions, options.seed);
  outcome.untrained = Score(all, 1, options.actions, options.seed);
  return outcome;
}

std::string InterventionTable(const InterventionOutcome& outcome) {
  std::string text = fmt::format(
      "{} situations, each lived and imagined with the actions of play and at rest; squared error "
      "of "
      "the change\nthat is imagined, a patch, over the true change of a patch that is touched\n\n"
      "{:<9}{:<40}{}\n{:<9}{:<22}{:<8}{:<10}{:<22}{:<8}{}\n",
      outcome.situations, "", "where the pictures differ", "where they are the same", "actions",
      "model", "copy", "untrained", "model", "copy", "untrained");
  for (size_t k = 0; k < outcome.model.size(); ++k) {
    const InterventionScore &model = outcome.model[k], &untrained = outcome.untrained[k];
    const auto with = [](double value, const Interval& interval) {
      return fmt::format("{:.3f} [{:.3f}, {:.3f}]", value, interval.low, interval.high);
    };
    text += fmt::format("{:<9}{:<22}{:<8}{:<10.3g}{:<22}{:<8.3f}{:.3g}\n", k + 1,
                        with(model.touched, model.touched_interval), "1", untrained.touched,
                        with(model.untouched, model.untouched_interval), model.untouched_copy,
                        untrained.untouched);
  }
  return text;
}

std::string InterventionJson(const InterventionOptions& options, const InterventionOutcome& outcome,
                             const ExperimentContext& context) {
  nlohmann::ordered_json json;
  json["scene"] = options.scene;
  json["model"] = options.model;
  json["situations"] = outcome.situations;
  json["seed"] = options.seed;
  json["created_by"] = ProgramAndEngine(context.provenance);
  json["commit"] = context.provenance.commit;
  const auto scores = [](const std::vector<InterventionScore>& all) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (size_t k = 0; k < all.size(); ++k) {
      const InterventionScore& score = all[k];
      list.push_back({{"actions", k + 1},
                      {"touched", score.touched},
                      {"touched_low", score.touched_interval.low},
                      {"touched_high", score.touched_interval.high},
                      {"untouched", score.untouched},
                      {"untouched_low", score.untouched_interval.low},
                      {"untouched_high", score.untouched_interval.high},
                      {"untouched_copy", score.untouched_copy}});
    }
    return list;
  };
  json["by_actions"] = scores(outcome.model);
  json["untrained"] = scores(outcome.untrained);
  return json.dump(2) + "\n";
}

}  // namespace peekaboo::lab
