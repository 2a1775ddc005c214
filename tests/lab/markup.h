#pragma once

#include <set>
#include <string>
#include <vector>

namespace peekaboo::lab {

/// Empty if every tag of an HTML page or SVG picture is closed by its own kind, else what is wrong.
inline std::string MarkupError(const std::string& text) {
  const std::set<std::string> kVoid = {"meta", "br", "!DOCTYPE"};
  std::vector<std::string> open;
  size_t at = 0;
  while ((at = text.find('<', at)) != std::string::npos) {
    const size_t end = text.find('>', at);
    if (end == std::string::npos) return "a tag without end";
    std::string tag = text.substr(at + 1, end - at - 1);
    at = end + 1;
    const bool empty = !tag.empty() && tag.back() == '/';
    const bool closing = !tag.empty() && tag.front() == '/';
    const std::string name = tag.substr(closing, tag.find_first_of(" \n/", closing) - closing);
    if (kVoid.contains(name) || empty) continue;
    if (!closing) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

/// The values of an attribute in all tags of one kind, in order of appearance. Only tags that
/// contain `with` count.
inline std::vector<std::string> Attributes(const std::string& text, const std::string& tag,
                                           const std::string& attribute,
                                           const std::string& with = "") {
  std::vector<std::string> values;
  const std::string key = " " + attribute + "=\"";
  for (size_t at = text.find("<" + tag + " "); at != std::string::npos;
       at = text.find("<" + tag + " ", at + 1)) {
    const std::string whole = text.substr(at, text.find('>', at) - at);
    const size_t begin = whole.find(key);
    if (begin == std::string::npos || whole.find(with) == std::string::npos) continue;
    const size_t value = begin + key.size();
    values.push_back(whole.substr(value, whole.find('"', value) - value));
  }
  return values;
}

}  // namespace peekaboo::lab
