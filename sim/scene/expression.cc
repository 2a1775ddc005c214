#include "sim/scene/expression.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>

#include "base/error.h"

namespace peekaboo::sim {

namespace {
constexpr size_t kMaxLength = 4096;
}  // namespace

struct Expression::Node {
  enum class Op {
    kNumber,
    kName,
    kNegate,
    kNot,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kEqual,
    kNotEqual,
    kAnd,
    kOr,
    kAbs,
    kMin,
    kMax,
    kSqrt,
    kSin,
    kCos,
    kTan,
  };
  Op op = Op::kNumber;
  double value = 0;
  std::string name;
  std::vector<std::unique_ptr<Node>> children;
};

/// Recursive descent, one function a precedence level.
class Expression::Parser {
 public:
  Parser(const std::string& text, const std::string& where, std::vector<std::string>* names)
      : text_(text), where_(where), names_(names) {}

  std::unique_ptr<Node> Parse() {
    auto node = Or();
    Skip();
    if (at_ != text_.size()) Fail("does not belong here");
    return node;
  }

 private:
  using NodePtr = std::unique_ptr<Node>;
  static constexpr int kMaxDepth = 64;

  static NodePtr Make(Node::Op op, NodePtr a, NodePtr b = nullptr) {
    auto node = std::make_unique<Node>();
    node->op = op;
    node->children.push_back(std::move(a));
    if (b) node->children.push_back(std::move(b));
    return node;
  }

  NodePtr Or() {
    auto node = And();
    while (Word("or")) node = Make(Node::Op::kOr, std::move(node), And());
    return node;
  }

  NodePtr And() {
    auto node = Comparison();
    while (Word("and")) node = Make(Node::Op::kAnd, std::move(node), Comparison());
    return node;
  }

  NodePtr Comparison() {
    auto node = Sum();
    if (Symbol("<=")) return Make(Node::Op::kLessEqual, std::move(node), Sum());
    if (Symbol(">=")) return Make(Node::Op::kGreaterEqual, std::move(node), Sum());
    if (Symbol("==")) return Make(Node::Op::kEqual, std::move(node), Sum());
    if (Symbol("!=")) return Make(Node::Op::kNotEqual, std::move(node), Sum());
    if (Symbol("<")) return Make(Node::Op::kLess, std::move(node), Sum());
    if (Symbol(">")) return Make(Node::Op::kGreater, std::move(node), Sum());
    return node;
  }

  NodePtr Sum() {
    auto node = Product();
    while (true) {
      if (Symbol("+")) {
        node = Make(Node::Op::kAdd, std::move(node), Product());
      } else if (Symbol("-")) {
        node = Make(Node::Op::kSubtract, std::move(node), Product());
      } else {
        return node;
      }
    }
  }

  NodePtr Product() {
    auto node = Unary();
    while (true) {
      if (Symbol("*")) {
        node = Make(Node::Op::kMultiply, std::move(node), Unary());
      } else if (Symbol("/")) {
        node = Make(Node::Op::kDivide, std::move(node), Unary());
      } else {
        return node;
      }
    }
  }

  NodePtr Unary() {
    if (++depth_ > kMaxDepth) Fail("is nested too deeply");
    NodePtr node;
    if (Symbol("-")) {
      node = Make(Node::Op::kNegate, Unary());
    } else if (Word("not")) {
      node = Make(Node::Op::kNot, Unary());
    } else {
      node = Primary();
    }
    --depth_;
    return node;
  }

  NodePtr Primary() {
    Skip();
    if (at_ == text_.size()) Fail("ends too early");
    if (Symbol("(")) {
      auto node = Or();
      if (!Symbol(")")) Fail("lacks a closing parenthesis");
      return node;
    }
    const char c = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return Number();
    if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') return Name();
    Fail("is not a number, a name or a parenthesis");
  }

  NodePtr Number() {
    const char* begin = text_.c_str() + at_;
    char* end = nullptr;
    auto node = std::make_unique<Node>();
    node->value = std::strtod(begin, &end);
    if (end == begin || !std::isfinite(node->value)) Fail("is not a number");
    at_ += static_cast<size_t>(end - begin);
    return node;
  }

  NodePtr Name() {
    const std::string name = Identifier();
    static const std::map<std::string, std::pair<Node::Op, int>> kFunctions = {
        {"abs", {Node::Op::kAbs, 1}},   {"min", {Node::Op::kMin, 2}}, {"max", {Node::Op::kMax, 2}},
        {"sqrt", {Node::Op::kSqrt, 1}}, {"sin", {Node::Op::kSin, 1}}, {"cos", {Node::Op::kCos, 1}},
        {"tan", {Node::Op::kTan, 1}},
    };
    auto node = std::make_unique<Node>();
    const auto function = kFunctions.find(name);
    if (function != kFunctions.end() && Symbol("(")) {
      node->op = function->second.first;
      for (int i = 0; i < function->second.second; ++i) {
        if (i > 0 && !Symbol(",")) Fail("lacks an argument of " + name);
        node->children.push_back(Or());
      }
      if (!Symbol(")")) Fail("lacks a closing parenthesis after " + name);
      return node;
    }
    node->op = Node::Op::kName;
    node->name = name;
    names_->push_back(name);
    return node;
  }

  std::string Identifier() {
    const size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '_' || text_[at_] == '.')) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  void Skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  bool Symbol(const std::string& symbol) {
    Skip();
    if (text_.compare(at_, symbol.size(), symbol) != 0) return false;
    at_ += symbol.size();
    return true;
  }

  bool Word(const std::string& word) {
    Skip();
    const size_t begin = at_;
    if (Identifier() == word) return true;
    at_ = begin;
    return false;
  }

  [[noreturn]] void Fail(const std::string& why) const {
    throw UserError(where_, fmt::format("'{}' {} (column {})", text_, why, at_ + 1));
  }

  const std::string& text_;
  const std::string& where_;
  std::vector<std::string>* names_;
  size_t at_ = 0;
  int depth_ = 0;
};

Expression::Expression(const std::string& text, const std::string& where)
    : text_(text), where_(where) {
  // Each operator deepens the tree, which is evaluated and destroyed recursively.
  if (text.size() > kMaxLength) {
    throw UserError(where, fmt::format("an expression of {} characters is too long (at most {})",
                                       text.size(), kMaxLength));
  }
  root_ = Parser(text_, where_, &names_).Parse();
}

Expression::Expression(double value) : text_(std::to_string(value)) {
  auto node = std::make_unique<Node>();
  node->value = value;
  root_ = std::move(node);
}

double Expression::Evaluate(const NameLookup& lookup) const {
  const double value = Eval(*root_, lookup, where_);
  if (!std::isfinite(value))
    throw UserError(where_, fmt::format("'{}' is not a finite number here", text_));
  return value;
}

double Expression::Eval(const Node& node, const NameLookup& lookup, const std::string& where) {
  const auto child = [&](int i) { return Eval(*node.children[i], lookup, where); };
  switch (node.op) {
    case Node::Op::kNumber:
      return node.value;
    case Node::Op::kName: {
      double value = 0;
      if (!lookup(node.name, &value))
        throw UserError(where, fmt::format("unknown name '{}'", node.name));
      return value;
    }
    case Node::Op::kNegate:
      return -child(0);
    case Node::Op::kNot:
      return child(0) == 0;
    case Node::Op::kAdd:
      return child(0) + child(1);
    case Node::Op::kSubtract:
      return child(0) - child(1);
    case Node::Op::kMultiply:
      return child(0) * child(1);
    case Node::Op::kDivide:
      return child(0) / child(1);
    case Node::Op::kLess:
      return child(0) < child(1);
    case Node::Op::kLessEqual:
      return child(0) <= child(1);
    case Node::Op::kGreater:
      return child(0) > child(1);
    case Node::Op::kGreaterEqual:
      return child(0) >= child(1);
    case Node::Op::kEqual:
      return child(0) == child(1);
    case Node::Op::kNotEqual:
      return child(0) != child(1);
    case Node::Op::kAnd:
      return child(0) != 0 && child(1) != 0;
    case Node::Op::kOr:
      return child(0) != 0 || child(1) != 0;
    case Node::Op::kAbs:
      return std::abs(child(0));
    case Node::Op::kMin:
      return std::min(child(0), child(1));
    case Node::Op::kMax:
      return std::max(child(0), child(1));
    case Node::Op::kSqrt:
      return std::sqrt(child(0));
    case Node::Op::kSin:
      return std::sin(child(0));
    case Node::Op::kCos:
      return std::cos(child(0));
    case Node::Op::kTan:
      return std::tan(child(0));
  }
  return 0;
}

}  // namespace peekaboo::sim
