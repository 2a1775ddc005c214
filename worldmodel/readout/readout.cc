#include "worldmodel/readout/readout.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "worldmodel/io/safetensors.h"
#include "worldmodel/io/tensor_reader.h"
#include "worldmodel/model/weights_file.h"

namespace peekaboo::worldmodel {
namespace {

constexpr char kFormat[] = "peekaboo.readout";
constexpr char kVersion[] = "2";
constexpr char kKind[] = "a Peekaboo readout";
constexpr char kDecoder[] = "visual.";
constexpr std::string_view kProbe = "probe.", kWeight = ".weight", kBias = ".bias";

using Numbers = std::vector<double>;

Numbers Copy(std::span<const double> numbers) { return {numbers.begin(), numbers.end()}; }

void StoreProjection(const LatentProjection& projection, SafetensorsFile* file) {
  Numbers axes, explained;
  for (int i = 0; i < LatentProjection::kAxes; ++i) {
    axes.insert(axes.end(), projection.Axis(i).begin(), projection.Axis(i).end());
    explained.push_back(projection.Explained(i));
  }
  const int64_t size = projection.size(), count = LatentProjection::kAxes;
  file->tensors["projection.mean"] = ToTensor(projection.mean(), {size});
  file->tensors["projection.axes"] = ToTensor(std::span<const double>(axes), {count, size});
  file->tensors["projection.explained"] = ToTensor(std::span<const double>(explained), {count});
}

LatentProjection RestoreProjection(TensorReader* reader, int64_t size) {
  const int64_t count = LatentProjection::kAxes;
  return LatentProjection::FromNumbers(Copy(reader->Doubles("projection.mean", {size})),
                                       Copy(reader->Doubles("projection.axes", {count, size})),
                                       reader->Doubles("projection.explained", {count}));
}

// Rows: mean error, usual. Infinite where nothing had been seen.
void StoreCalibration(const SurpriseCalibration& calibration, SafetensorsFile* file) {
  const int horizons = calibration.horizons();
  Numbers rows;
  for (int k = 0; k < horizons; ++k) rows.push_back(calibration.MeanError(k));
  for (int k = 0; k < horizons; ++k) rows.push_back(calibration.Usual(k));
  file->tensors["calibration.horizons"] = ToTensor(std::span<const double>(rows), {2, horizons});
  const Numbers thresholds = {calibration.Threshold(), calibration.LastingThreshold()};
  file->tensors["calibration.thresholds"] = ToTensor(std::span<const double>(thresholds), {2});
}

SurpriseCalibration RestoreCalibration(TensorReader* reader, int64_t horizons) {
  const auto rows = reader->NonNegativeDoubles("calibration.horizons", {2, horizons});
  const auto thresholds = reader->NonNegativeDoubles("calibration.thresholds", {2});
  return SurpriseCalibration::FromNumbers(Copy(rows.first(horizons)), Copy(rows.last(horizons)),
                                          thresholds[0], thresholds[1]);
}

void StoreProbe(const std::string& name, const LinearProbe& probe, SafetensorsFile* file) {
  const int64_t in = probe.feature_size(), out = probe.target_size();
  const std::string stem = std::string(kProbe) + name;
  file->tensors[stem + std::string(kWeight)] = ToTensor(probe.weight(), {in, out});
  file->tensors[stem + std::string(kBias)] = ToTensor(probe.bias(), {out});
}

// The probe of a weight of this name, if it is one.
std::string ProbeName(std::string_view tensor) {
  if (!tensor.starts_with(kProbe) || !tensor.ends_with(kWeight) ||
      tensor.size() <= kProbe.size() + kWeight.size())
    return "";
  tensor.remove_prefix(kProbe.size());
  tensor.remove_suffix(kWeight.size());
  return std::string(tensor);
}

LinearProbe RestoreProbe(const std::string& path, const std::string& name,
                         const std::vector<int64_t>& shape, TensorReader* reader) {
  const std::string stem = std::string(kProbe) + name, weight = stem + std::string(kWeight);
  constexpr int64_t kMost = std::numeric_limits<int>::max();
  if (shape.size() != 2 || std::ranges::any_of(shape, [](int64_t n) { return n < 1 || n > kMost; }))
    throw UserError(path + ": tensor " + weight, "must have two dimensions, none of them empty");
  return LinearProbe::FromNumbers(static_cast<int>(shape[0]), Copy(reader->Doubles(weight, shape)),
                                  Copy(reader->Doubles(stem + std::string(kBias), {shape[1]})));
}

// What Load would refuse is not written.
Readout Restore(const std::string& path, const SafetensorsFile& file, const WorldModel& model) {
  const ModelConfig& config = model.config();
  TensorReader reader(path, file);
  reader.ExpectFormat(kFormat, kVersion, kKind);
  if (reader.Text("weights", kKind) != WeightsFingerprint(model.network()))
    throw UserError(path + ": metadata: weights", "this readout belongs to another model");
  Readout readout{VisualDecoder(config, /*seed=*/0),
                  RestoreProjection(&reader, config.LatentSize()),
                  RestoreCalibration(&reader, config.Horizons()),
                  {}};
  FillParameters(&reader, kDecoder, &readout.decoder.parameters());
  for (const auto& [tensor, content] : file.tensors) {
    const std::string name = ProbeName(tensor);
    if (!name.empty())
      readout.probes.emplace(name, RestoreProbe(path, name, content.shape, &reader));
  }
  reader.ExpectNoOthers(kKind);
  return readout;
}

}  // namespace

void Readout::Save(const std::string& path, const WorldModel& model) const {
  PEEKABOO_CHECK(decoder.config() == model.config());
  PEEKABOO_CHECK(projection.size() == model.config().LatentSize());
  PEEKABOO_CHECK(calibration.horizons() == model.config().Horizons());
  SafetensorsFile file;
  file.metadata = {
      {"format", kFormat}, {"version", kVersion}, {"weights", WeightsFingerprint(model.network())}};
  StoreParameters(decoder.parameters(), kDecoder, &file);
  StoreProjection(projection, &file);
  StoreCalibration(calibration, &file);
  for (const auto& [name, probe] : probes) {
    PEEKABOO_CHECK(!name.empty());
    StoreProbe(name, probe, &file);
  }
  Restore(path, file, model);
  SaveSafetensors(path, file);
}

Readout Readout::Load(const std::string& path, const WorldModel& model) {
  return Restore(path, LoadSafetensors(path), model);
}

std::string ReadoutPath(const std::string& model_path) {
  const std::filesystem::path path(model_path);
  return (path.parent_path() / path.stem()).string() + ".readout" + path.extension().string();
}

}  // namespace peekaboo::worldmodel
