#include "base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/toml_file.h"

namespace peekaboo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Optimizer {
  double rate = 1e-3;
  bool nesterov = true;

  bool operator==(const Optimizer&) const = default;
  static const ConfigDescription<Optimizer>& Describe() {
    static const auto description =
        ConfigDescription<Optimizer>("Gradient descent.")
            .Field("rate", &Optimizer::rate, "Step size", {.min = 1e-9, .max = 1})
            .Field("nesterov", &Optimizer::nesterov, "Look ahead");
    return description;
  }
};

struct Training {
  int batch = 64;
  int64_t steps = 100;
  uint64_t seed = 7;
  std::string objective = "vicreg";
  std::string note;
  std::vector<int> widths = {16, 32};
  std::vector<double> weights = {1, 0.5};
  std::vector<std::string> objects;
  Optimizer optimizer;

  bool operator==(const Training&) const = default;
  static const ConfigDescription<Training>& Describe() {
    static const auto description =
        ConfigDescription<Training>("How it learns.")
            .Field("batch", &Training::batch, "Clips in a step",
                   {.unit = "clips", .min = 1, .max = 4096})
            .Field("steps", &Training::steps, "How long", {.min = 0})
            .Field("seed", &Training::seed, "Of every random draw")
            .Field("objective", &Training::objective, "What keeps it from collapse",
                   {.choices = {"vicreg", "sigreg"}})
            .Field("note", &Training::note, "Free text")
            .Field("widths", &Training::widths, "Channels of the layers",
                   {.min = 1, .min_size = 1, .max_size = 4})
            .Field("weights", &Training::weights, "Of the terms")
            .Field("objects", &Training::objects, "Names of bodies")
            .Nested("optimizer", &Training::optimizer)
            .Formerly("learning_rate", "optimizer.rate");
    return description;
  }
};

Training Read(const std::string& text) {
  const TomlFile file = TomlFile::Parse(text, "train.toml");
  Training config;
  Training::Describe().Read(file.root(), &config);
  return config;
}

std::string ErrorOf(auto action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string ReadError(const std::string& text) {
  return ErrorOf([&] { Read(text); });
}

Training Set(const std::string& assignment) {
  Training config;
  Training::Describe().Set(assignment, &config);
  return config;
}

Training Unusual() {
  return {.batch = 3,
          .steps = int64_t{1} << 60,
          .seed = std::numeric_limits<int64_t>::max(),
          .objective = "sigreg",
          .note = "tab\t quote\" backslash\\ line\nbreak # hash \x7f \u00e9 \x01",
          .widths = {1, 2, 3},
          .weights = {0.1, 1e-300, -4, 1e22, 1.0 / 3, 5e-324},
          .objects = {"car", "a, b"},
          .optimizer = {.rate = 3e-5, .nesterov = false}};
}

TEST(Config, ReadsEveryTypeAndKeepsDefaultsOfTheRest) {
  const Training config = Read(R"(
      batch = 8
      steps = 1_000_000
      objective = "sigreg"
      weights = [1, 2.5]   # an integer is a number too
      objects = ["car", "ball"]
      [optimizer]
      rate = 0.01
      nesterov = false
  )");
  EXPECT_EQ(config.batch, 8);
  EXPECT_EQ(config.steps, 1000000);
  EXPECT_EQ(config.objective, "sigreg");
  EXPECT_THAT(config.weights, ElementsAre(1.0, 2.5));
  EXPECT_THAT(config.objects, ElementsAre("car", "ball"));
  EXPECT_EQ(config.optimizer.rate, 0.01);
  EXPECT_FALSE(config.optimizer.nesterov);
  EXPECT_EQ(config.seed, 7u);
  EXPECT_THAT(config.widths, ElementsAre(16, 32));
}

TEST(Config, ErrorsNameFileLineAndKey) {
  EXPECT_EQ(ReadError("steps = 1\nbatch = 0"), "train.toml:2: batch: 0 is outside 1 to 4096 clips");
  EXPECT_EQ(ReadError("[optimizer]\nrate = 2"),
            "train.toml:2: optimizer.rate: 2.0 is outside 1e-09 to 1");
}

TEST(Config, UnknownKeysGetTheNearestOne) {
  EXPECT_EQ(ReadError("bacth = 1"), "train.toml:1: bacth: unknown key; did you mean \"batch\"?");
  EXPECT_EQ(ReadError("optimizer.rat = 1"),
            "train.toml:1: optimizer.rat: unknown key; did you mean \"optimizer.rate\"?");
  EXPECT_THAT(ReadError("qwertyuiop = 1"), HasSubstr("known: batch, steps, seed"));
  EXPECT_THAT(ReadError("[batch.x]"), HasSubstr("found a table"));
  EXPECT_THAT(ReadError("optimizer = 3"), HasSubstr("expected a table"));
}

TEST(Config, WrongTypesAreNamed) {
  EXPECT_THAT(ReadError("batch = \"8\""), HasSubstr("expected an integer, found a string"));
  EXPECT_THAT(ReadError("batch = 8.0"), HasSubstr("expected an integer, found a number"));
  EXPECT_THAT(ReadError("optimizer.nesterov = 1"), HasSubstr("expected true or false"));
  EXPECT_THAT(ReadError("widths = 3"), HasSubstr("expected a list, found an integer"));
  EXPECT_THAT(ReadError("widths = [1, true]"), HasSubstr("element 1: expected an integer"));
  EXPECT_THAT(ReadError("weights = [[1]]"), HasSubstr("element 0: expected a number"));
  EXPECT_THAT(ReadError("note = 1979-05-27"), HasSubstr("dates"));
}

TEST(Config, NumbersThatAreNoneOrDoNotFitAreRefused) {
  EXPECT_THAT(ReadError("optimizer.rate = nan"), HasSubstr("finite"));
  EXPECT_THAT(ReadError("weights = [1, inf]"), HasSubstr("finite"));
  EXPECT_THAT(ReadError("batch = 5000000000"), HasSubstr("too large"));
  EXPECT_THAT(ReadError("seed = -1"), HasSubstr("too small"));
}

TEST(Config, ListsHaveSizesAndElementsHaveRanges) {
  EXPECT_THAT(ReadError("widths = []"), HasSubstr("0 elements"));
  EXPECT_THAT(ReadError("widths = [1,1,1,1,1]"), HasSubstr("5 elements"));
  EXPECT_THAT(ReadError("widths = [1, 0]"), HasSubstr("0 is outside at least 1"));
}

TEST(Config, ChoicesAreSuggested) {
  EXPECT_THAT(ReadError("objective = \"vicrag\""), HasSubstr("did you mean \"vicreg\"?"));
}

TEST(Config, TomlRoundTripsExactly) {
  const Training config = Unusual();
  EXPECT_EQ(Read(Training::Describe().ToToml(config)), config);
  EXPECT_EQ(Read(Training::Describe().ToToml(Training())), Training());
}

TEST(Config, JsonRoundTripsExactly) {
  Training config;
  const std::string json = Training::Describe().ToJson(Unusual());
  Training::Describe().FromJson(json, "model", &config);
  EXPECT_EQ(config, Unusual());
}

TEST(Config, BadJsonIsOneLineWithFileAndKey) {
  const auto error = [](const std::string& json) {
    return ErrorOf([&] {
      Training config;
      Training::Describe().FromJson(json, "model.safetensors", &config);
    });
  };
  EXPECT_EQ(error("{\"batch\": 0}"), "model.safetensors: batch: 0 is outside 1 to 4096 clips");
  EXPECT_THAT(error("{\"bach\": 1}"), HasSubstr("did you mean \"batch\"?"));
  EXPECT_THAT(error("{\"batch\": null}"), HasSubstr("batch: expected a value, found null"));
  EXPECT_THAT(error("{\"seed\": 18446744073709551615}"), HasSubstr("too large"));
  EXPECT_THAT(error("{\"weights\": [[1]]}"), HasSubstr("a list inside a list"));
  EXPECT_THAT(error("{\"optimizer.rate\": 1e999}"), Not(HasSubstr("no error")));
  EXPECT_THAT(error("{\"batch\": "), HasSubstr("expected a JSON object"));
  EXPECT_THAT(error("[]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(error(std::string(1000000, '[')), HasSubstr("expected a JSON object"));
}

TEST(Config, OverridesNeedNoQuotesOrBrackets) {
  EXPECT_EQ(Set("batch=8").batch, 8);
  EXPECT_EQ(Set(" batch = 8 ").batch, 8);
  EXPECT_EQ(Set("optimizer.rate=1e-4").optimizer.rate, 1e-4);
  EXPECT_EQ(Set("optimizer.nesterov=false").optimizer.nesterov, false);
  EXPECT_EQ(Set("objective=sigreg").objective, "sigreg");
  EXPECT_EQ(Set("objective=\"sigreg\"").objective, "sigreg");
  EXPECT_EQ(Set("note=12").note, "12");
  EXPECT_EQ(Set("note=a=b # c").note, "a=b # c");
  EXPECT_EQ(Set("note=").note, "");
  EXPECT_THAT(Set("widths=4,5").widths, ElementsAre(4, 5));
  EXPECT_THAT(Set("widths=[4, 5]").widths, ElementsAre(4, 5));
  EXPECT_THAT(Set("objects=car, ball").objects, ElementsAre("car", "ball"));
  EXPECT_THAT(Set("objects=").objects, ElementsAre());
}

TEST(Config, BadOverridesNameTheKey) {
  EXPECT_EQ(ErrorOf([] { Set("batch=0"); }), "--set: batch: 0 is outside 1 to 4096 clips");
  EXPECT_EQ(ErrorOf([] { Set("batch"); }), "--set: expected key=value, found \"batch\"");
  EXPECT_THAT(ErrorOf([] { Set("batch=eight"); }), HasSubstr("expected an integer"));
  EXPECT_THAT(ErrorOf([] { Set("batch=1\nsteps=2"); }), HasSubstr("batch: expected an integer"));
  EXPECT_THAT(ErrorOf([] { Set("optimizer=1"); }), HasSubstr("unknown key"));
  EXPECT_THAT(ErrorOf([] { Set("widths=1,x"); }), HasSubstr("expected an integer"));
  EXPECT_THAT(ErrorOf([] { Set("optimizer.rate=nan"); }), HasSubstr("finite"));
}

TEST(Config, AFailedOverrideLeavesTheValue) {
  Training config;
  EXPECT_THROW(Training::Describe().Set("batch=0", &config), UserError);
  EXPECT_EQ(config, Training());
}

TEST(Config, ValidateChecksWhatCodeFilledIn) {
  Training config;
  EXPECT_NO_THROW(Training::Describe().Validate(config, "run"));
  config.optimizer.rate = std::nan("");
  EXPECT_EQ(ErrorOf([&] { Training::Describe().Validate(config, "run"); }),
            "run: optimizer.rate: expected a finite number");
  config = Training();
  config.seed = std::numeric_limits<uint64_t>::max();  // TOML could not write it
  EXPECT_THAT(ErrorOf([&] { Training::Describe().Validate(config, "run"); }), HasSubstr("seed"));
}

TEST(Config, HelpNamesEveryKeyWithDefaultUnitAndRange) {
  const std::string help = Training::Describe().Help("train.");
  for (const ConfigField& field : Training::Describe().fields()) {
    EXPECT_THAT(help, HasSubstr("train." + field.key + "="));
  }
  EXPECT_THAT(help, HasSubstr("train.batch=64"));
  EXPECT_THAT(help, HasSubstr("Clips in a step (1 to 4096 clips)"));
  EXPECT_THAT(help, HasSubstr("vicreg | sigreg"));
}

TEST(Config, ADescriptionWithAKeyTwiceIsABug) {
  ConfigDescription<Optimizer> description("");
  description.Field("rate", &Optimizer::rate, "");
  EXPECT_THROW(description.Field("rate", &Optimizer::rate, ""), std::logic_error);
}

TEST(Config, AFormerKeyIsReadAndNoLongerWritten) {
  Training expected;
  expected.optimizer.rate = 0.5;
  EXPECT_EQ(Read("learning_rate = 0.5"), expected);
  EXPECT_EQ(Set("learning_rate=0.5"), expected);
  Training config;
  Training::Describe().FromJson("{\"learning_rate\": 0.5}", "metadata", &config);
  EXPECT_EQ(config, expected);
  EXPECT_THAT(Training::Describe().ToToml(config), Not(HasSubstr("learning_rate")));
  EXPECT_THAT(Training::Describe().Help(), Not(HasSubstr("learning_rate")));
  EXPECT_THAT(ErrorOf([] { Read("learning_rate = \"fast\""); }),
              HasSubstr("train.toml:1: learning_rate"));
}

TEST(Config, AFormerKeyOfNothingOrOfAFieldIsABug) {
  ConfigDescription<Optimizer> description("");
  description.Field("rate", &Optimizer::rate, "");
  EXPECT_THROW(description.Formerly("speed", "rates"), std::logic_error);
  EXPECT_THROW(description.Formerly("rate", "rate"), std::logic_error);
}

TEST(Config, TheFirstDifferenceIsNamedWithBothValues) {
  const Training begun;
  Training now;
  EXPECT_EQ(Training::Describe().Difference(begun, now), "");
  now.optimizer.rate = 0.5;
  EXPECT_EQ(Training::Describe().Difference(begun, now), "optimizer.rate = 0.001, now 0.5");
  now.objects = {"car"};
  EXPECT_EQ(Training::Describe().Difference(begun, now), "objects = [], now [\"car\"]");
}

}  // namespace
}  // namespace peekaboo
