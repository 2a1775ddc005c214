#pragma once

#include <optional>
#include <string>
#include <vector>

namespace peekaboo::ui {

/// Whether the letters of `wanted` occur in `text` in that order, in upper or lower case.
bool FuzzyMatch(const std::string& text, const std::string& wanted);

/// A list of scenes that narrows as one types. The window's thread.
class ScenePicker {
 public:
  explicit ScenePicker(std::vector<std::string> scenes);

  void Open() { open_ = true; }
  void Close() { open_ = false; }
  /// Takes the first scene of the list.
  void Accept() { accepted_ = open_; }
  bool is_open() const { return open_; }
  /// Draws it, if it is open. The scene that was chosen, if one was.
  std::optional<std::string> Draw();

 private:
  std::vector<std::string> scenes_;
  bool open_ = false, accepted_ = false;
  char filter_[128] = "";
};

}  // namespace peekaboo::ui
