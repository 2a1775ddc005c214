#include "agent/mind/readout_fitter.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "sim/world/hiding.h"

namespace peekaboo::agent {
namespace {

using worldmodel::LinearProbe;
using worldmodel::Readout;

constexpr double kFalseAlarms = 0.05;  // share of possible films above either threshold
constexpr int kFramesAStep = 32;       // of the decoder
constexpr double kRidge = 1;           // as in lab/probing: less overfits to what is hidden
constexpr int64_t kFewest = 20;        // hidden frames below which nothing is fitted

/// Where the one hidden object of a frame is; nothing if none or several are hidden.
struct HiddenObject {
  std::vector<std::optional<std::array<float, 2>>> where;  ///< [T]
  std::vector<bool> certain;                               ///< [T], none is hidden, or just one
};

HiddenObject FindHidden(const sim::Episode& film) {
  const size_t objects = film.present.size() / static_cast<size_t>(film.frames);
  std::vector<sim::Hiding> hidings(objects);
  HiddenObject one;
  for (int t = 0; t < film.frames; ++t) {
    int hidden = 0;
    std::optional<std::array<float, 2>> where;
    for (size_t o = 0; o < objects; ++o) {
      const size_t at = static_cast<size_t>(t) * objects + o;
      const std::array<float, 2> place = {film.image_xy[2 * at], film.image_xy[2 * at + 1]};
      if (!hidings[o].Note({film.visible[at], film.present[at] != 0, place})) continue;
      ++hidden;
      where = place;
    }
    one.certain.push_back(hidden <= 1);
    one.where.push_back(hidden == 1 ? where : std::nullopt);
  }
  return one;
}

/// Fits what a predecessor's probe leaves over, so that few films do not undo what many have
/// taught.
LinearProbe FitFrom(const LinearProbe* previous, const std::vector<float>& features, int size,
                    std::vector<float> targets, int width) {
  if (!previous || previous->feature_size() != size || previous->target_size() != width)
    return LinearProbe::Fit(features, size, targets, width, kRidge);
  const std::vector<float> known = previous->Predict(features);
  for (size_t i = 0; i < targets.size(); ++i) targets[i] -= known[i];
  const LinearProbe rest = LinearProbe::Fit(features, size, targets, width, kRidge);
  std::vector<double> weight(previous->weight().begin(), previous->weight().end());
  std::vector<double> bias(previous->bias().begin(), previous->bias().end());
  for (size_t i = 0; i < weight.size(); ++i) weight[i] += rest.weight()[i];
  for (size_t i = 0; i < bias.size(); ++i) bias[i] += rest.bias()[i];
  return LinearProbe::FromNumbers(size, std::move(weight), std::move(bias));
}

const LinearProbe* Find(const Readout* readout, const std::string& name) {
  if (!readout) return nullptr;
  const auto found = readout->probes.find(name);
  return found == readout->probes.end() ? nullptr : &found->second;
}

}  // namespace

ReadoutFitter::ReadoutFitter(const Options& options, Nursery* nursery)
    : options_(options), nursery_(nursery) {
  PEEKABOO_CHECK(options.films >= 1 && options.decoder_steps >= 0);
}

void ReadoutFitter::Begin(std::shared_ptr<const worldmodel::WorldModel> model,
                          std::shared_ptr<const Readout> previous) {
  const bool fits = previous && previous->decoder.config() == model->config();
  previous_ = fits ? std::move(previous) : nullptr;
  model_ = std::move(model);
  readout_ = nullptr;
  watched_ = 0;
  taught_ = 0;
  latents_.clear();
  memories_.clear();
  errors_.clear();
  normalised_errors_.clear();
  decoder_ = std::make_unique<worldmodel::VisualDecoder>(
      previous_ ? previous_->decoder.Clone()
                : worldmodel::VisualDecoder(model_->config(), options_.seed));
}

std::shared_ptr<const Readout> ReadoutFitter::Work() {
  if (!model_) return nullptr;
  if (watched_ < static_cast<size_t>(options_.films)) {
    WatchFilm();
    return nullptr;
  }
  if (!readout_) {
    readout_ = Fit();
    if (options_.decoder_steps == 0) Stop();
    return readout_;
  }
  TeachDecoder();
  if (++taught_ < options_.decoder_steps) return nullptr;
  Stop();
  return std::make_shared<const Readout>(
      Readout{decoder_->Clone(), readout_->projection, readout_->calibration, readout_->probes});
}

void ReadoutFitter::WatchFilm() {
  if (films_.size() <= watched_)
    films_.push_back(nursery_->ShootKnown(sim::Split::kDev, static_cast<uint64_t>(watched_)));
  const sim::Episode& film = films_[watched_++];
  const auto seen = model_->Perceive(film.pixels, 1, film.frames);
  latents_.insert(latents_.end(), seen.z.begin(), seen.z.end());
  memories_.insert(memories_.end(), seen.h.begin(), seen.h.end());
  errors_.insert(errors_.end(), seen.error.begin(), seen.error.end());
  normalised_errors_.insert(normalised_errors_.end(), seen.normalised_error.begin(),
                            seen.normalised_error.end());
}

std::shared_ptr<const Readout> ReadoutFitter::Fit() {
  const worldmodel::ModelConfig& config = model_->config();
  const int horizons = config.Horizons(), memory = config.memory_size;
  std::map<std::string, LinearProbe> probes;
  std::vector<float> all, hidden, there, where;
  size_t row = 0;
  for (size_t f = 0; f < watched_; ++f) {
    const HiddenObject one = FindHidden(films_[f]);
    for (size_t t = 0; t < one.where.size(); ++t, ++row) {
      if (!one.certain[t]) continue;
      const auto from = memories_.begin() + static_cast<ptrdiff_t>(row * memory);
      all.insert(all.end(), from, from + memory);
      there.push_back(one.where[t] ? 1 : 0);
      if (!one.where[t]) continue;
      hidden.insert(hidden.end(), from, from + memory);
      where.insert(where.end(), one.where[t]->begin(), one.where[t]->end());
    }
  }
  const size_t hiding = where.size() / 2, showing = there.size() - hiding;
  if (static_cast<int64_t>(hiding) >= kFewest) {
    // As many rows of either kind, or the rarer would be drawn towards the other.
    for (size_t more = hiding; more < showing; more += hiding) {
      all.insert(all.end(), hidden.begin(), hidden.end());
      there.insert(there.end(), hiding, 1.0f);
    }
    probes.emplace(kHiddenProbe,
                   FitFrom(Find(previous_.get(), kHiddenProbe), all, memory, std::move(there), 1));
    probes.emplace(kHiddenAtProbe, FitFrom(Find(previous_.get(), kHiddenAtProbe), hidden, memory,
                                           std::move(where), 2));
  } else if (previous_) {
    probes = previous_->probes;
  }
  return std::make_shared<const Readout>(Readout{
      decoder_->Clone(),
      worldmodel::LatentProjection::Fit(latents_, config.LatentSize(),
                                        previous_ ? &previous_->projection : nullptr),
      worldmodel::SurpriseCalibration::Fit(errors_, normalised_errors_, static_cast<int>(watched_),
                                           static_cast<int>(errors_.size() / horizons / watched_),
                                           horizons, kFalseAlarms),
      std::move(probes)});
}

void ReadoutFitter::TeachDecoder() {
  const worldmodel::ModelConfig& config = model_->config();
  const auto latent = static_cast<size_t>(config.LatentSize());
  RandomStream random(options_.seed, "decoder", static_cast<uint64_t>(decoder_->steps()));
  std::vector<float> z;
  std::vector<uint8_t> frames;
  for (int i = 0; i < kFramesAStep; ++i) {
    const auto film = static_cast<size_t>(random.Below(watched_));
    const auto t = static_cast<int>(random.Below(static_cast<uint64_t>(films_[film].frames)));
    const size_t row = film * films_[film].frames + t;
    z.insert(z.end(), latents_.begin() + static_cast<ptrdiff_t>(row * latent),
             latents_.begin() + static_cast<ptrdiff_t>((row + 1) * latent));
    const auto pixels = films_[film].Frame(t, config.FrameBytes());
    frames.insert(frames.end(), pixels.begin(), pixels.end());
  }
  decoder_->Learn(z, frames, kFramesAStep);
}

}  // namespace peekaboo::agent
