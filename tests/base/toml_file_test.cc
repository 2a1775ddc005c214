#include "base/toml_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"

namespace peekaboo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(auto action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string ParseError(const std::string& text) {
  return ErrorOf([&] { TomlFile::Parse(text, "a.toml"); });
}

std::filesystem::path Temporary(const std::string& text) {
  auto path = std::filesystem::path(::testing::TempDir()) / "peekaboo_toml_file_test.toml";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(TomlFile, LoadsWhatWasWritten) {
  const auto path = Temporary("frames = 32\n[vary]\nx = 0.5\n");
  const TomlFile file = TomlFile::Load(path);
  EXPECT_EQ(file.root().Require<int>("frames"), 32);
  EXPECT_EQ(file.root().RequireTable("vary").Require<double>("x"), 0.5);
  std::filesystem::remove(path);
}

TEST(TomlFile, WhatIsNotAFileIsNamed) {
  EXPECT_EQ(ErrorOf([] { TomlFile::Load("nowhere/scene.toml"); }),
            "nowhere/scene.toml: no such file");
  EXPECT_THAT(ErrorOf([] { TomlFile::Load("/dev/zero"); }), HasSubstr("not a regular file"));
  EXPECT_THAT(ErrorOf([] { TomlFile::Load(::testing::TempDir()); }),
              HasSubstr("not a regular file"));
}

TEST(TomlFile, TooLargeIsRefusedBeforeItIsParsed) {
  const auto path = Temporary(std::string(TomlFile::kMaxBytes + 1, '\n'));
  EXPECT_THAT(ErrorOf([&] { TomlFile::Load(path); }), HasSubstr("larger than 4194304 bytes"));
  std::filesystem::remove(path);
}

TEST(TomlFile, ParseErrorsNameLineAndColumn) {
  EXPECT_THAT(ParseError("a = 1\nb = = 2\n"), HasSubstr("a.toml:2:5: "));
  EXPECT_THAT(ParseError("a = 1\na = 2\n"), HasSubstr("a.toml:2:"));
  EXPECT_THAT(ParseError("a = \"never closed\n"), HasSubstr("a.toml:1:"));
  EXPECT_THAT(ParseError(std::string("a = \"\xff\xfe\"\n")), HasSubstr("a.toml:1:"));
  EXPECT_THAT(ParseError(std::string("a = 1\0b = 2\n", 12)), HasSubstr("a.toml:"));
}

TEST(TomlFile, AbsurdNestingIsRefusedInsteadOfOverflowingTheStack) {
  std::string dotted = "a";
  for (int i = 0; i < 1000000; ++i) dotted += ".a";
  EXPECT_EQ(ParseError("x = 1\n" + dotted + " = 1"), "a.toml:2: nested too deeply");
  EXPECT_EQ(ParseError("[" + dotted + "]"), "a.toml:1: nested too deeply");
  EXPECT_EQ(ParseError("a = " + std::string(1000000, '[')), "a.toml:1: nested too deeply");
  EXPECT_EQ(ParseError("a = [\n" + std::string(40, '{')), "a.toml:2: nested too deeply");
}

TEST(TomlFile, DotsAndBracketsInStringsAndCommentsAreNotNesting) {
  const std::string noise(100, '[');
  const std::string dots(100, '.');
  EXPECT_EQ(
      ParseError("a = \"" + noise + "\\\"" + dots + "\"\nb = '" + noise + "'\n# " + noise +
                 "\nc = \"\"\"\n" + noise + "\"" + dots + "\"\"\"\nd = '''\n" + noise + "'''\n"),
      "no error");
  std::string floats = "a = [";
  for (int i = 0; i < 200; ++i) floats += "0.5,\n";
  EXPECT_EQ(ParseError(floats + "]"), "no error");
}

TEST(TomlTable, MissingKeysAndWrongTypesNameTheirPath) {
  const TomlFile file =
      TomlFile::Parse("[a.b]\nx = \"1\"\n[[m]]\ny = 1\n[[m]]\ny = 1.5\n", "a.toml");
  const TomlTable b = file.root().RequireTable("a").RequireTable("b");
  EXPECT_EQ(ErrorOf([&] { b.Require<double>("x"); }),
            "a.toml:2: a.b.x: expected a number, found a string");
  EXPECT_EQ(ErrorOf([&] { b.Require<double>("z"); }), "a.toml:1: a.b.z: missing");
  EXPECT_EQ(ErrorOf([&] { b.RequireTable("t"); }), "a.toml:1: a.b.t: missing table");
  EXPECT_EQ(ErrorOf([&] { b.RequireTable("x"); }), "a.toml:2: a.b.x: expected a table");
  const std::vector<TomlTable> members = file.root().Tables("m");
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].Require<int>("y"), 1);
  EXPECT_EQ(ErrorOf([&] { members[1].Require<int>("y"); }),
            "a.toml:6: m[1].y: expected an integer, found a number");
  EXPECT_THAT(ErrorOf([&] { file.root().Tables("a"); }), HasSubstr("[[a]]"));
}

TEST(TomlTable, OptionalValuesFallBack) {
  const TomlFile file = TomlFile::Parse("x = [1, 2]\ns = 'a'", "a.toml");
  EXPECT_EQ(file.root().Get("y", 3), 3);
  EXPECT_EQ(file.root().Get<std::string>("s", "b"), "a");
  EXPECT_FALSE(file.root().Find<bool>("y").has_value());
  EXPECT_FALSE(file.root().FindTable("y").has_value());
  EXPECT_TRUE(file.root().Tables("y").empty());
  EXPECT_THAT(file.root().Require<std::vector<double>>("x"), ElementsAre(1.0, 2.0));
  EXPECT_THROW(file.root().Get("s", 3), UserError);
}

TEST(TomlTable, UnknownKeysAreRefusedInTheOrderOfTheFile) {
  const TomlFile file = TomlFile::Parse("frames = 1\nzeta = 1\nfrmes = 2\nalpha = 1", "a.toml");
  EXPECT_THAT(file.root().Keys(), ElementsAre("frames", "zeta", "frmes", "alpha"));
  EXPECT_EQ(ErrorOf([&] {
              file.root().RejectUnknown({"frames", "zeta", "alpha"});
            }),
            "a.toml:3: frmes: unknown key; did you mean \"frames\"?");
  EXPECT_NO_THROW(file.root().RejectUnknown({"frames", "zeta", "alpha", "frmes"}));
}

}  // namespace
}  // namespace peekaboo
