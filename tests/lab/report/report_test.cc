#include "lab/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "lab/report/report_sections.h"
#include "lab/statistics/summary.h"
#include "tests/lab/markup.h"
#include "tests/lab/synthetic_report.h"
#include "tests/temp_folder.h"

namespace peekaboo::lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kSets = 12;

std::vector<std::string> SentencesAbout(const ReportInput& input, const std::string& subject) {
  std::vector<std::string> sentences;
  for (const Failure& failure : Failures(input, Summarise(input.results, 50))) {
    if (failure.subject == subject) sentences.push_back(failure.text);
  }
  return sentences;
}

// Every network right in every set, every null wrong.
void MakePerfect(ReportInput* input) {
  for (SceneResult& scene : input->results.scenes) {
    for (FilmScore& film : scene.films) {
      const bool impossible = scene.members[film.member].impossible;
      for (size_t i = 0; i < film.scores.size(); ++i) {
        const bool trained = i < input->results.variants.size();
        film.scores[i] = trained == impossible ? 2.0f : 1.0f;
      }
    }
  }
  input->probes.clear();
}

TEST(ReportTest, PageIsWholeAndNeedsNoNetwork) {
  const std::string html = ReportHtml(SyntheticReport(kSets));
  EXPECT_EQ(MarkupError(html), "");
  for (const char* title :
       {"Is it surprised by the right films?", "What does not work", "Looking times of a network",
        "One set of every scene", "What is in its head", "How it learned",
        "Does the surprise of a film", "Every scene", "Where these numbers come from"}) {
    EXPECT_THAT(html, HasSubstr(title));
  }
  EXPECT_THAT(html, HasSubstr("object permanence"));
  EXPECT_THAT(html, HasSubstr("infants: 2–5 months"));
  EXPECT_THAT(html, HasSubstr("commit 0123abcd"));
  EXPECT_THAT(html, HasSubstr("runs/jepa.safetensors: seed 1, 17500 steps in 9.4 minutes"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr(" src=")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  // The only addresses are pictures inside the page and the name of the SVG language.
  for (const std::string& address : Attributes(html, "image", "href")) {
    EXPECT_EQ(address.substr(0, 22), "data:image/png;base64,");
  }
  for (size_t at = html.find("http"); at != std::string::npos; at = html.find("http", at + 1)) {
    EXPECT_EQ(html.substr(at, 17), "http://www.w3.org");
  }
}

TEST(ReportTest, SameInputSamePage) {
  EXPECT_EQ(ReportHtml(SyntheticReport(3)), ReportHtml(SyntheticReport(3)));
}

TEST(ReportTest, TextOfOthersCannotBecomeMarkup) {
  ReportInput input = SyntheticReport(3);
  const std::string evil = "</td><script>alert(1)</script>";
  input.title = evil;
  input.results.commit = input.results.machine = input.results.created_by = evil;
  for (SceneResult& scene : input.results.scenes) {
    scene.title = scene.source = scene.concept_name = evil;
    scene.members[2].name = evil;
  }
  input.results.models[0].name = evil;
  input.sets[0].films[0].member = evil;
  input.probes[0].quantity = evil;
  input.results.models[0].file = evil;
  input.metrics[0].values[evil] = 1;
  const std::string html = ReportHtml(input);
  EXPECT_EQ(MarkupError(html), "");
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
}

TEST(ReportTest, TextOfOthersIsShownAsItIs) {
  ReportInput input = SyntheticReport(3);
  const std::string name = "{{SEED}}\"'&\n\t\x01{{#ROW}}";
  const std::string shown = "{{SEED}}&quot;&#39;&amp;\n\t\xef\xbf\xbd{{#ROW}}";
  input.title = name;
  input.results.commit = name;
  input.results.models[0].name = name;
  for (SceneResult& scene : input.results.scenes) scene.concept_name = scene.title = name;
  input.probes[0].measure = name;
  const std::string html = ReportHtml(input);
  EXPECT_EQ(MarkupError(html), "");
  for (const std::string& place :
       {"<h1>" + shown + "</h1>", "commit " + shown + " · seed",
        "<th class=\"n\">" + shown + "</th>", "<b>" + shown + "</b><br><small>infants",
        "permanence/roll <small>" + shown + " · novel", "<dt>" + shown + ", novel</dt>",
        "<td>" + shown + "</td>", "on its weakest, " + shown + ","}) {
    EXPECT_THAT(html, HasSubstr(place));
  }
}

TEST(ReportTest, PartsThatAreEmptyAreLeftOut) {
  ReportInput input;
  const std::string nothing = ReportHtml(input);
  EXPECT_EQ(MarkupError(nothing), "");
  EXPECT_THAT(nothing, Not(HasSubstr("Every scene")));
  input = SyntheticReport(3);
  input.sets.clear();
  input.metrics.clear();
  input.probes.clear();
  const std::string html = ReportHtml(input);
  EXPECT_EQ(MarkupError(html), "");
  EXPECT_THAT(html, Not(HasSubstr("One set of every scene")));
  EXPECT_THAT(html, Not(HasSubstr("How it learned")));
}

TEST(ReportTest, ScoresThatAreNoNumbersAreDrawnAsNothing) {
  ReportInput input = SyntheticReport(3);
  for (FilmScore& film : input.results.scenes[0].films) {
    std::fill(film.scores.begin(), film.scores.end(), std::numeric_limits<float>::quiet_NaN());
  }
  const std::string html = ReportHtml(input);
  EXPECT_EQ(MarkupError(html), "");
  EXPECT_THAT(html, Not(::testing::ContainsRegex("[^a-z]nan[^a-z]")));
  EXPECT_THAT(html, HasSubstr("12 scores are not finite numbers"));
}

TEST(FailuresTest, NothingToSayOnlyWhenEverythingIsRight) {
  ReportInput input = SyntheticReport(30);
  MakePerfect(&input);
  EXPECT_TRUE(Failures(input, Summarise(input.results, 50)).empty());
  EXPECT_THAT(ReportHtml(input), HasSubstr("Every number on this page reached its bar"));
}

TEST(FailuresTest, NullsThatWinAreListed) {
  ReportInput input = SyntheticReport(40);
  MakePerfect(&input);
  // In one scene the pixel baseline does as well as the network: both right.
  SceneResult& scene = input.results.scenes[4];
  ASSERT_EQ(scene.name, "continuity/two-screens");
  const size_t pixel = 6 * input.results.variants.size();
  for (FilmScore& film : scene.films) film.scores[pixel] = film.scores[0];
  EXPECT_THAT(SentencesAbout(input, "continuity, seen"),
              ::testing::ElementsAre(
                  "pixel does at least as well on set accuracy: 100.0% against 100.0%.",
                  "pixel does at least as well on strict pair accuracy: 100.0% against 100.0%."));
  EXPECT_THAT(SentencesAbout(input, "continuity, novel"), ::testing::IsEmpty());
}

TEST(FailuresTest, WeakNumbersAreListed) {
  ReportInput input = SyntheticReport(40);
  MakePerfect(&input);
  // The novel colour scene: half of the sets wrong.
  SceneResult& scene = input.results.scenes.back();
  for (FilmScore& film : scene.films) {
    if (film.set % 2 == 0) film.scores[0] = 1;
  }
  const auto sentences = SentencesAbout(input, "shape and colour, novel");
  EXPECT_THAT(sentences, ::testing::Contains("set accuracy is 50.0%, below 95.0%."));
  EXPECT_THAT(sentences, ::testing::Contains(HasSubstr("50.0 points below the seen split")));
  EXPECT_THAT(SentencesAbout(input, "scene colour/swap, novel"),
              ::testing::Contains(HasSubstr("“vanishes” surprises more than its possible twin")));
}

TEST(FailuresTest, AnExperimentWithoutNullsIsNone) {
  ReportInput input = SyntheticReport(3);
  MakePerfect(&input);
  VoeResults& results = input.results;
  results.models.resize(3);  // the network and two untrained ones
  std::erase_if(results.scenes, [](const SceneResult& s) { return s.split == Split::kNovel; });
  for (SceneResult& scene : results.scenes) {
    for (FilmScore& film : scene.films) film.scores.resize(3 * results.variants.size());
  }
  EXPECT_THAT(SentencesAbout(input, "the experiment itself"),
              ::testing::UnorderedElementsAre(
                  HasSubstr("2 untrained networks, at least 5"), HasSubstr("pixel baseline"),
                  HasSubstr("frame difference"), HasSubstr("nothing was tested on the novel")));
  EXPECT_THAT(SentencesAbout(input, "continuity, seen"),
              ::testing::Contains(HasSubstr("only 3 sets")));
}

TEST(FailuresTest, Probes) {
  ReportInput input = SyntheticReport(30);
  EXPECT_EQ(SentencesAbout(input, "probe: velocity x, hidden").size(), 2u);
  EXPECT_THAT(SentencesAbout(input, "probe: position x, hidden"), ::testing::IsEmpty());
}

TEST(FailuresTest, APixelBaselineWithLessTimeIsSaid) {
  ReportInput input = SyntheticReport(30);
  for (ResultModel& model : input.results.models) {
    if (model.kind == ModelKind::kPixel) model.training_seconds = 90;
  }
  EXPECT_THAT(
      SentencesAbout(input, "the experiment itself"),
      ::testing::Contains(HasSubstr("learned for 1.5 minutes, the trained network for 9.4")));
}

// A task in which the model and chance act in ten layouts.
std::vector<ReportTask> Acted(int solved, int by_chance) {
  std::vector<ReportTask> tasks(2);
  for (int i = 0; i < 2; ++i) {
    PlanningResults& results = tasks[i].results;
    results.task = "tasks/guarded_reach";
    results.who = i == 0 ? "runs/table/model.safetensors" : PlanningResults::kRandom;
    results.rounds.emplace_back(10);
    for (int e = 0; e < 10; ++e) {
      PlanningEpisode& episode = results.rounds[0][e];
      episode.guarded = true;
      episode.end = episode.ever = e < (i == 0 ? solved : by_chance);
    }
  }
  tasks[0].strips = {SyntheticStrip(8, false)};
  return tasks;
}

TEST(ReportTest, ActingHasASection) {
  ReportInput input;
  input.tasks = Acted(9, 0);
  input.tasks[0].results.title = "</td><script>";
  const std::string html = ReportHtml(input);
  EXPECT_EQ(MarkupError(html), "");
  EXPECT_THAT(html, HasSubstr("Does it get what it wants?"));
  EXPECT_THAT(html, HasSubstr("90.0 <small>"));
  EXPECT_THAT(html, HasSubstr("table/model.safetensors"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("watched films"))) << "nothing was examined";
  EXPECT_EQ(Attributes(html, "image", "href").size(), 1);
}

TEST(FailuresTest, Acting) {
  const auto sentences = [](const std::vector<ReportTask>& tasks) {
    std::vector<std::string> texts;
    for (const Failure& failure : ActingFailures(tasks)) {
      EXPECT_EQ(failure.subject, "acting in tasks/guarded_reach");
      texts.push_back(failure.text);
    }
    return texts;
  };
  EXPECT_THAT(sentences(Acted(10, 0)), ::testing::IsEmpty());
  std::vector<ReportTask> tasks = Acted(10, 0);
  tasks[0].results.rounds[0][3].intruded = true;
  EXPECT_THAT(sentences(tasks), ::testing::ElementsAre(HasSubstr("zone was entered in 10.0%")));
  tasks = Acted(4, 3);
  EXPECT_THAT(sentences(tasks),
              ::testing::ElementsAre("solved at the end in 40.0% of layouts, below 95.0%.",
                                     "not clearly better than random actions, which solve 30.0%."));
  tasks.pop_back();
  EXPECT_THAT(sentences(tasks), ::testing::Contains(HasSubstr("not compared with random")));
}

TEST(WriteReportTest, WritesOrRefuses) {
  const TempFolder folder;
  const std::string path = folder / "report.html";
  const ReportInput input = SyntheticReport(3);
  WriteReport(path, input);
  EXPECT_EQ(ReadBytes(path), ReportHtml(input));

  ReportInput broken = input;
  broken.results.scenes[0].films.pop_back();
  EXPECT_THROW(WriteReport(path, broken), UserError);
  EXPECT_THROW(WriteReport(folder / "no/report.html", input), UserError);
  EXPECT_EQ(folder.Count(), 1);
}

}  // namespace
}  // namespace peekaboo::lab
