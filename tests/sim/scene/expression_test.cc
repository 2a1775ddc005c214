#include "sim/scene/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool Lookup(const std::string& name, double* value) {
  static const std::map<std::string, double> kValues = {
      {"x", 2}, {"y", -3}, {"platform.end", 0.4}, {"event.ball.x", -0.7}, {"zero", 0}, {"min", 9}};
  const auto found = kValues.find(name);
  if (found != kValues.end()) *value = found->second;
  return found != kValues.end();
}

double Value(const std::string& text) { return Expression(text, "here").Evaluate(Lookup); }
std::string Error(const std::string& text) {
  return ErrorOf([&] { Value(text); });
}

TEST(Expression, BindsAsArithmeticDoes) {
  EXPECT_EQ(Value("1 + 2 * 3"), 7);
  EXPECT_EQ(Value("(1 + 2) * 3"), 9);
  EXPECT_EQ(Value("10 - 2 - 3"), 5);
  EXPECT_EQ(Value("12 / 3 / 2"), 2);
  EXPECT_EQ(Value("2 - -3"), 5);
  EXPECT_EQ(Value("-2 * 3"), -6);
  EXPECT_EQ(Value("- -2"), 2);
  EXPECT_EQ(Value("1.5e1 + .5"), 15.5);
}

TEST(Expression, TruthIsOne) {
  EXPECT_EQ(Value("2 < 3"), 1);
  EXPECT_EQ(Value("3 < 3"), 0);
  EXPECT_EQ(Value("3 <= 3"), 1);
  EXPECT_EQ(Value("3 > 3"), 0);
  EXPECT_EQ(Value("3 >= 3"), 1);
  EXPECT_EQ(Value("3 == 3"), 1);
  EXPECT_EQ(Value("3 != 3"), 0);
  EXPECT_EQ(Value("not 0"), 1);
  EXPECT_EQ(Value("not 2"), 0);
  EXPECT_EQ(Value("5 and 7"), 1);
  EXPECT_EQ(Value("0 or 7"), 1);
  EXPECT_EQ(Value("1 or 0 and 0"), 1) << "and binds tighter than or";
  EXPECT_EQ(Value("1 + 1 == 2 and 3 > 2"), 1);
}

TEST(Expression, AndAndOrStopEarly) {
  EXPECT_EQ(Value("zero == 0 or 1 / zero"), 1);
  EXPECT_EQ(Value("zero != 0 and 1 / zero"), 0);
}

TEST(Expression, KnowsNames) {
  EXPECT_EQ(Value("x * y"), -6);
  EXPECT_DOUBLE_EQ(Value("platform.end - 0.05"), 0.35);
  EXPECT_EQ(Value("abs(event.ball.x) < 0.85"), 1);
  EXPECT_EQ(Value("min"), 9) << "a function's name without parentheses is a name";
}

TEST(Expression, KnowsFunctions) {
  EXPECT_EQ(Value("abs(y)"), 3);
  EXPECT_EQ(Value("min(x, y)"), -3);
  EXPECT_EQ(Value("max(x, y + 10)"), 7);
  EXPECT_EQ(Value("sqrt(16)"), 4);
  EXPECT_DOUBLE_EQ(Value("sin(x)"), std::sin(2.0));
  EXPECT_DOUBLE_EQ(Value("cos(x)"), std::cos(2.0));
  EXPECT_DOUBLE_EQ(Value("tan(x)"), std::tan(2.0));
}

TEST(Expression, ListsItsNames) {
  EXPECT_THAT(Expression("a.b + max(c, 2) * a.b", "").names(), ElementsAre("a.b", "c", "a.b"));
  EXPECT_TRUE(Expression(3.0).names().empty());
}

TEST(Expression, AConstantIsItself) {
  EXPECT_EQ(Expression(0.1).Evaluate(Lookup), 0.1);
  EXPECT_EQ(Expression(-1e-12).Evaluate(Lookup), -1e-12);
}

TEST(Expression, ErrorsNameThePlace) {
  EXPECT_EQ(Error("1 + "), "here: '1 + ' ends too early (column 5)");
  EXPECT_THAT(Error(""), HasSubstr("ends too early"));
  EXPECT_THAT(Error("1 2"), HasSubstr("does not belong here (column 3)"));
  EXPECT_THAT(Error("(1 + 2"), HasSubstr("lacks a closing parenthesis"));
  EXPECT_THAT(Error("min(1)"), HasSubstr("lacks an argument of min"));
  EXPECT_THAT(Error("abs(1, 2)"), HasSubstr("closing parenthesis after abs"));
  EXPECT_THAT(Error("2 * $"), HasSubstr("is not a number, a name or a parenthesis (column 5)"));
  EXPECT_THAT(Error("1 < 2 < 3"), HasSubstr("does not belong here"));
  EXPECT_THAT(Error("x = 2"), HasSubstr("does not belong here"));
  EXPECT_THAT(Error("1e999"), HasSubstr("is not a number"));
}

TEST(Expression, UnknownNamesAndWhatIsNoNumberAreErrors) {
  EXPECT_EQ(Error("ball.q + 1"), "here: unknown name 'ball.q'");
  EXPECT_THAT(Error("1 / zero"), HasSubstr("'1 / zero' is not a finite number here"));
  EXPECT_THAT(Error("sqrt(y)"), HasSubstr("is not a finite number"));
  EXPECT_THAT(Error("zero / zero"), HasSubstr("is not a finite number"));
}

TEST(Expression, AbsurdNestingIsRefusedNotCrashed) {
  EXPECT_THAT(Error(std::string(4000, '(') + "1"), HasSubstr("nested too deeply"));
  EXPECT_THAT(Error(std::string(4000, '-') + "1"), HasSubstr("nested too deeply"));
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not ";
  EXPECT_THAT(Error(nots + "1"), HasSubstr("nested too deeply"));
}

TEST(Expression, AbsurdLengthIsRefusedNotCrashed) {
  std::string sum = "1";
  for (int i = 0; i < 2000; ++i) sum += "+1";
  EXPECT_EQ(Value(sum), 2001);
  for (int i = 0; i < 1000000; ++i) sum += "+1";
  EXPECT_THAT(Error(sum), HasSubstr("too long"));
}

TEST(Expression, CopiesShareTheTree) {
  const Expression copy = [] {
    Expression original("x + 1", "here");
    return original;
  }();
  EXPECT_EQ(copy.Evaluate(Lookup), 3);
}

}  // namespace
}  // namespace peekaboo::sim
