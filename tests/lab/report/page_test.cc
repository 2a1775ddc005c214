#include "lab/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "lab/report/report.h"
#include "lab/statistics/summary.h"
#include "tests/lab/synthetic_report.h"
#include "tests/temp_folder.h"

namespace peekaboo::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// What the first group of `pattern` matches in `text`.
std::set<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> matches;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
    matches.insert(at->str(1));
  return matches;
}

// A name that only one of them has would show nothing, without a word.
TEST(PageTest, TemplateAndCodeUseTheSameNames) {
  const std::string html(kPageHtml);
  std::set<std::string> in_template = Matches(html, R"(\{\{[#/]?([A-Z_]+)[:}])");
  in_template.erase("BI_NEWLINE");  // of ctemplate
  std::set<std::string> in_code;
  const std::filesystem::path folder = std::filesystem::path(PEEKABOO_SOURCE_DIR) / "lab/report";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!std::regex_match(name, std::regex("(report.*|figures|page)\\.cc"))) continue;
    in_code.merge(Matches(ReadBytes(entry.path().string()), "\"([A-Z][A-Z_]*)\""));
  }
  EXPECT_EQ(in_template, in_code);
}

TEST(PageTest, OnlyPicturesAndStyleAreNotEscaped) {
  const std::string html(kPageHtml);
  EXPECT_THAT(Matches(html, R"(\{\{(\w+):none\}\})"), ElementsAre("STYLE", "SVG"));
  EXPECT_THAT(Matches(html, R"(\{\{\w+:([\w-]+)\}\})"), ElementsAre("none", "x-text"));
  EXPECT_EQ(html.find("{{%AUTOESCAPE context=\"HTML\"}}"), 0);
}

TEST(PageTest, LinesThatGoOnAreJoined) {
  EXPECT_THAT(std::string(kPageHtml), Not(HasSubstr("\n ")));
  EXPECT_THAT(std::string(kPageHtml), HasSubstr("</th><th>split</th><th class=\"n\">sets</th>"));
  EXPECT_THAT(std::string(kPageHtml), HasSubstr("in a space of its own. It was then shown"));
}

TEST(PageTest, SameFromAnyThread) {
  const ReportInput input = SyntheticReport(3);
  const Summary summary = Summarise(input.results, 50);
  const std::string expected = ReportHtml(input, &summary);
  std::vector<std::string> pages(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& page : pages)
      threads.emplace_back([&] { page = ReportHtml(input, &summary); });
  }
  for (const std::string& page : pages) EXPECT_TRUE(page == expected);
}

}  // namespace
}  // namespace peekaboo::lab
