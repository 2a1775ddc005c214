#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace peekaboo::sim {

/// Looks up the value of a name such as "screen.x". Returns false if there is no such name.
using NameLookup = std::function<bool(const std::string& name, double* value)>;

/// Arithmetic over named quantities, as scene files write it: "platform.end - 0.35",
/// "event.frame >= 6 and abs(event.ball.x) < 0.8". Operators by falling precedence: unary - and
/// `not`; * /; + -; < <= > >= == !=; and; or. Functions: abs, min, max, sqrt, sin, cos, tan.
/// Truth is 1, falsehood 0. Immutable after parsing; safe to share between threads.
class Expression {
 public:
  /// Throws UserError(where, ...) with the column if `text` is not an expression.
  Expression(const std::string& text, const std::string& where);
  /// A constant.
  explicit Expression(double value);

  /// Throws UserError(where, ...) for an unknown name or a result that is not finite.
  double Evaluate(const NameLookup& lookup) const;

  /// Every name that occurs, in order of occurrence.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }

 private:
  struct Node;
  class Parser;
  static double Eval(const Node& node, const NameLookup& lookup, const std::string& where);

  std::string text_;
  std::string where_;
  std::vector<std::string> names_;
  std::shared_ptr<const Node> root_;
};

}  // namespace peekaboo::sim
