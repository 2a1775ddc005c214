#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>

#include "agent/learning/clip_source.h"
#include "agent/learning/prefetcher.h"
#include "app/bench_planning.h"
#include "app/commands.h"
#include "app/options.h"
#include "base/error.h"
#include "sim/episode/episode_file.h"
#include "sim/episode/recorder.h"
#include "sim/render/renderer.h"
#include "worldmodel/kernels/compute.h"
#include "worldmodel/kernels/gemm_probe.h"
#include "worldmodel/learners/trainer.h"
#include "worldmodel/model/live_perception.h"

namespace peekaboo::app {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kEpisodes = 1024;      // filmed in one iteration
constexpr int64_t kTrainingFilms = 256;  // to learn from

sim::RecordOptions Films(int threads, int64_t episodes) {
  sim::RecordOptions options;
  options.episodes = episodes;
  options.seed = 1;
  options.threads = threads;
  return options;
}

/// What MuJoCo alone does for the same pictures, on as many threads as the benchmark has: the rate
/// that recording is held against, and what another thread is worth on this machine. Stepping needs
/// nothing but mj_step; a picture of moving things needs mjv_updateScene.
void BareMujoco(benchmark::State& state) {
  const auto gl = sim::GlContext::Create();
  gl->MakeCurrent();
  const sim::SceneMixture nursery("nursery");
  sim::World world(nursery.stage());
  const sim::RecordOptions options = Films(1, kEpisodes);
  mjvScene scene;
  mjvOption look;
  mjrContext context;
  mjvCamera camera;
  mjv_defaultScene(&scene);
  mjv_defaultOption(&look);
  mjr_defaultContext(&context);
  mjv_defaultCamera(&camera);
  mjv_makeScene(world.model(), &scene, 100);
  // As the recorder's renderer uploads it: wide squares of floor, one sample a pixel.
  sim::MakeRenderContext(world.model(), sim::RenderOptions(), &context);
  mjr_setBuffer(mjFB_OFFSCREEN, &context);
  scene.flags[mjRND_SHADOW] = scene.flags[mjRND_REFLECTION] = scene.flags[mjRND_SKYBOX] = 0;
  camera.type = mjCAMERA_FIXED;
  camera.fixedcamid = 0;
  std::vector<uint8_t> pixels(64 * 64 * 3);
  const mjrRect viewport = {0, 0, 64, 64};
  int64_t frames = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (int e = 0; e < kEpisodes; ++e) {
      const auto& film =
          *nursery.scenes()[nursery.Pick(options.seed, static_cast<uint64_t>(e))].first;
      world.Reset(film,
                  DrawFactors(*nursery.stage(), film,
                              {options.split, options.seed, static_cast<uint64_t>(e), 0}),
                  {});
      state.ResumeTiming();
      for (int t = 0; t < film.frames; ++t, ++frames) {
        for (int s = 0; t > 0 && s < 16; ++s) mj_step(world.model(), world.data());
        mjv_updateScene(world.model(), world.data(), &look, nullptr, &camera, mjCAT_ALL, &scene);
        mjr_render(viewport, &scene, &context);
        mjr_readPixels(pixels.data(), nullptr, viewport, &context);
      }
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  mjr_freeContext(&context);
  mjv_freeScene(&scene);
  state.counters["frames/s"] =
      benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate);
}

struct TemporaryFile {
  ~TemporaryFile() {
    std::error_code error;
    fs::remove(path, error);
  }
  std::string path =
      (fs::temp_directory_path() / fmt::format("peekaboo_bench_{}.h5", getpid())).string();
};

/// Simulate, render, deflate and store, as `peekaboo record` does.
void Record(benchmark::State& state) {
  const sim::SceneMixture nursery("nursery");
  const TemporaryFile file;
  int64_t frames = 0;
  for (auto _ : state) {
    const sim::EpisodeSchema schema =
        sim::FilmSchema(*nursery.stage(), nursery.first(), sim::FilmOptions());
    auto writer = sim::EpisodeWriter::Create(file.path, schema, nursery.first().frames, {});
    sim::RecordInto(&writer, nursery, Films(static_cast<int>(state.range(0)), kEpisodes), [&] {
      frames += nursery.first().frames;
      return true;
    });
    writer.Close();
  }
  state.counters["frames/s"] =
      benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate);
}

/// Multiplications and additions of the matrix products of a training step, a frame, if every
/// picture were all new: each weight once on the way there and twice on the way back, but for the
/// frame's own gradient, which nobody needs.
double MostOperations(const worldmodel::ModelConfig& m, const worldmodel::TrainConfig& train) {
  const double stem_positions = m.StemSize() * m.StemSize(), grid = m.Patches();
  const double stem = stem_positions * 9 * m.StemChannels() * m.encoder_widths[0];
  const double encoder = stem_positions / 4 * 16 * m.encoder_widths[0] * m.encoder_widths[1] +
                         grid * (16 * m.encoder_widths[1] * m.encoder_widths[2] +
                                 m.encoder_widths[2] * m.patch_channels);
  const double context = m.LatentSize() + m.memory_size, out = m.Horizons() * m.LatentSize();
  const double memory = 3.0 * m.memory_size * context;
  const double predictor = m.predictor_hidden * (context + m.predictor_hidden + out);
  const double variance =
      m.variance_hidden * (context * 2 / 3 + out) * train.VarianceClips() / train.clips;
  return 2 * (2 * stem + 3 * (encoder + memory + predictor + variance));
}

std::vector<uint8_t> Noise(size_t bytes) {
  std::vector<uint8_t> pixels(bytes);
  uint32_t x = 1;
  for (uint8_t& pixel : pixels)
    pixel = static_cast<uint8_t>((x = x * 1664525u + 1013904223u) >> 24);
  return pixels;
}

/// Films of the nursery, where most of a frame stays as it was, or of noise, where nothing does:
/// the encoder works out what has changed.
std::vector<sim::Episode> FilmsInMemory(bool noise, int64_t count) {
  const sim::SceneMixture nursery("nursery");
  if (!noise) return sim::RecordInMemory(nursery, Films(0, count));
  sim::Episode film;
  film.frames = nursery.first().frames;
  film.pixels = Noise(static_cast<size_t>(film.frames) * worldmodel::ModelConfig().FrameBytes());
  return std::vector<sim::Episode>(static_cast<size_t>(count), film);
}

/// Training steps of the default recipe on films in memory, with the data thread running.
void Train(benchmark::State& state, const worldmodel::ModelConfig& model, bool noise) {
  worldmodel::SetComputeThreads(static_cast<int>(state.range(0)));
  const worldmodel::TrainConfig train;
  const std::vector<sim::Episode> films = FilmsInMemory(noise, kTrainingFilms);
  agent::MemoryStore store(films.front().frames, model.FrameBytes());
  for (const sim::Episode& film : films) store.Add(film);
  worldmodel::WorldModel infant(model, 0);
  worldmodel::Trainer trainer(infant, train);
  const agent::ClipSource source(store, model, train, "bench");
  agent::Prefetcher data(source, 0, [](int64_t) { return 0.0; });
  for (int warm = 0; warm < 3; ++warm) trainer.Step(data.Next(), 0);
  double forward = 0, backward = 0, optimiser = 0, operations = 0;
  const double waited = data.waited_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    const auto report = trainer.Step(data.Next(), 0);
    forward += report.forward_seconds;
    backward += report.backward_seconds;
    optimiser += report.optimiser_seconds;
    operations += report.operations;
  }
  const double all =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto steps = static_cast<double>(state.iterations());
  const double frames_per_second = steps * train.clips * train.frames / all;
  state.counters["frames/s"] = frames_per_second;
  if (!model.PredictsPixels()) {
    const double rate = operations / all / 1e9;
    state.counters["GFLOP/s"] = rate;
    state.counters["of_dense%"] =
        100 * operations / (steps * train.clips * train.frames * MostOperations(model, train));
    const worldmodel::GemmRate gemm = worldmodel::MeasureGemm();
    const bool bf16 = model.ProductPrecision() == worldmodel::Precision::kBf16;
    state.counters["of_GEMM%"] = 100 * rate / (bf16 ? gemm.bf16 : gemm.f32);
  }
  state.counters["waiting%"] = 100 * (data.waited_seconds() - waited) / all;
  state.counters["forward%"] = 100 * forward / all;
  state.counters["backward%"] = 100 * backward / all;
  state.counters["optimiser%"] = 100 * optimiser / all;
}

/// One frame after another on one thread, as the live window perceives.
void PerceiveLive(benchmark::State& state, const worldmodel::ModelConfig& config) {
  worldmodel::SetComputeThreads(1);
  const worldmodel::WorldModel model(config, 0);
  const auto frame = Noise(static_cast<size_t>(config.FrameBytes()));
  std::deque<worldmodel::FrameState> seen;
  for (auto _ : state) {
    std::vector<const worldmodel::FrameState*> recent;
    for (const auto& frame_state : seen) recent.push_back(&frame_state);
    seen.push_back(worldmodel::PerceiveFrame(model, frame, recent));
    if (static_cast<int>(seen.size()) > config.horizons.back()) seen.pop_front();
  }
}

/// Whole films, as an examination perceives.
void PerceiveFilms(benchmark::State& state, const worldmodel::ModelConfig& config, bool noise) {
  worldmodel::SetComputeThreads(static_cast<int>(state.range(0)));
  constexpr int kFilms = 16;
  const worldmodel::WorldModel model(config, 0);
  std::vector<uint8_t> pixels;
  int frames = 0;
  for (const sim::Episode& film : FilmsInMemory(noise, kFilms)) {
    pixels.insert(pixels.end(), film.pixels.begin(), film.pixels.end());
    frames = film.frames;
  }
  for (auto _ : state) benchmark::DoNotOptimize(model.Perceive(pixels, kFilms, frames));
  state.counters["frames/s"] = benchmark::Counter(
      static_cast<double>(state.iterations() * kFilms * frames), benchmark::Counter::kIsRate);
}

void Gemm(benchmark::State& state) {
  worldmodel::SetComputeThreads(static_cast<int>(state.range(0)));
  worldmodel::GemmRate rate;
  for (auto _ : state) rate = worldmodel::MeasureGemm();
  state.counters["f32_GFLOP/s"] = rate.f32;
  state.counters["bf16_GFLOP/s"] = rate.bf16;
}

/// Every benchmark says what a round of it took in milliseconds of wall clock.
benchmark::internal::Benchmark* Register(const std::string& name,
                                         const std::function<void(benchmark::State&)>& run) {
  return benchmark::RegisterBenchmark(name.c_str(), run)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

SubcommandFn AddBench(CLI::App& command) {
  auto options = std::make_shared<CommonOptions>();
  auto filter = std::make_shared<std::string>(".");
  auto rounds = std::make_shared<int>(3);
  auto precision = std::make_shared<std::string>("auto");
  command.add_option("--filter", *filter,
                     "Only benchmarks whose name matches this regular expression");
  command
      .add_option("--rounds", *rounds,
                  "How often each is run, shuffled with the others, so that a machine that changes "
                  "its speed does not change the ratios; the median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  AddPrecision(command, precision.get());
  AddThreads(command, options.get());
  AddJson(command, options.get());
  AddExamples(command,
              "  peekaboo bench\n  peekaboo bench --filter train --json\n"
              "  peekaboo bench --filter train/jepa --precision f32");
  return [options, filter, rounds, precision] {
    const int threads = options->Threads();
    auto* bare = Register("bare_mujoco", BareMujoco)->Threads(1);
    if (threads > 1) bare->Threads(threads);
    auto* record = Register("record", Record)->ArgName("threads")->Arg(1);
    if (threads > 1) record->Arg(threads);
    auto* gemm = Register("gemm", Gemm)->ArgName("threads")->Arg(1);
    if (threads > 1) gemm->Arg(threads);
    worldmodel::ModelConfig model;
    model.precision = *precision;
    model.precision = worldmodel::PrecisionName(model.ProductPrecision());
    Register("perceive/live/" + model.precision,
             [model](benchmark::State& state) { PerceiveLive(state, model); });
    const auto with_threads = [threads](benchmark::internal::Benchmark* each) {
      each->ArgName("threads")->Arg(1);
      if (threads > 1) each->Arg(threads);
    };
    RegisterPlanningBenchmarks(model, threads);
    for (const bool noise : {false, true}) {
      const std::string name = noise ? "perceive/noise/" : "perceive/films/";
      with_threads(Register(name + model.precision, [model, noise](benchmark::State& state) {
        PerceiveFilms(state, model, noise);
      }));
    }
    for (const std::string name : {"jepa", "pixel", "noise"}) {
      const bool noise = name == "noise";
      model.kind = noise ? "jepa" : name;
      with_threads(Register(fmt::format("train/{}/{}", name, model.precision),
                            [model, noise](benchmark::State& state) { Train(state, model, noise); })
                       ->MinTime(3));
    }
    std::vector<std::string> arguments = {
        "peekaboo bench", "--benchmark_filter=" + *filter,
        fmt::format("--benchmark_repetitions={}", *rounds),
        "--benchmark_enable_random_interleaving=true",
        fmt::format("--benchmark_display_aggregates_only={}", *rounds > 1)};
    if (options->json) arguments.emplace_back("--benchmark_format=json");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    int argc = static_cast<int>(argv.size());
    for (const char* name : {"OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"}) {
      if (const char* value = std::getenv(name)) benchmark::AddCustomContext(name, value);
    }
    benchmark::Initialize(&argc, argv.data());
    if (benchmark::RunSpecifiedBenchmarks() == 0)
      throw UserError("--filter", fmt::format("no benchmark's name matches \"{}\"", *filter));
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::fprintf(stderr, "peak memory %.2f GiB\n",
                 static_cast<double>(usage.ru_maxrss) / (1024.0 * 1024.0));
    return 0;
  };
}

}  // namespace peekaboo::app
