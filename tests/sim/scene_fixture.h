#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "tests/sim/small_world.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {

/// Scene files in a folder of their own, beside the small stage.
class SceneFile : public ::testing::Test {
 protected:
  SceneFile() { folder_.Write("small.xml", kSmallStage); }

  std::shared_ptr<const Scene> Load(const std::string& toml) {
    return LoadScene(folder_.Write("scene.toml", toml));
  }
  /// What is said about a scene as it is read.
  std::string Error(const std::string& toml) {
    return ErrorOf([&] { Load(toml); });
  }
  std::string ErrorIn(const std::string& table, const std::string& line) {
    return Error("model = \"small.xml\"\n[" + table + "]\n" + line + "\n");
  }
  /// What is said about it as it is read, held against its stage, and drawn.
  std::string Use(const std::string& vary, const std::string& rest = "") {
    return ErrorOf([&] {
      const auto scene = Load(SmallScene("ball", vary, rest));
      const auto stage = Stage::Load(scene->model);
      stage->Check(*scene);
      DrawFactors(*stage, *scene, {});
    });
  }

  TempFolder folder_;
};

}  // namespace peekaboo::sim
