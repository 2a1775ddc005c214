#pragma once

#include <string>

namespace peekaboo::lab {

/// A scene of one's own with the shared stage, anywhere on the disk; `text` is what it adds.
inline std::string SceneText(const std::string& text) {
  return "title = \"t\"\nconcept = \"c\"\ninclude = [\"" PEEKABOO_SOURCE_DIR
         "/scenes/stage/common.toml\"]\n" +
         text;
}

}  // namespace peekaboo::lab
