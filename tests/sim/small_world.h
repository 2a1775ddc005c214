#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/scene/draw.h"
#include "sim/scene/scene.h"
#include "sim/scene/stage.h"
#include "sim/world/world.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {

/// A stage small enough to have closed-form solutions: real gravity, solid bodies, a step of 1 ms.
/// `ball` and `other` are spheres of radius 0.1 m, `box` a box of half side 0.1 m, `thing` wears a
/// sphere or a box; `block` and `slope` are fixtures.
inline constexpr char kSmallStage[] = R"(<mujoco model="small">
  <option timestep="0.001" gravity="0 0 -9.81" cone="elliptic"/>
  <default><geom friction="0 0.005 0.0001" solref="0.01 1"/></default>
  <worldbody>
    <light name="lamp" pos="0 -1 3" dir="0 0.3 -1" castshadow="false"/>
    <camera name="audience" pos="0 -3 0.5" xyaxes="1 0 0 0 0 1" fovy="45"/>
    <geom name="floor" type="plane" size="20 20 0.1"/>
    <body name="block" mocap="true" pos="0 0 -5"><geom type="box" size="0.5 0.5 0.1"/></body>
    <body name="slope" mocap="true" pos="0 0 -9"><geom type="box" size="6 0.5 0.05"/></body>
    <body name="ball">
      <joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/><joint type="hinge" axis="0 1 0"/>
      <geom type="sphere" size="0.1" mass="1"/>
    </body>
    <body name="other">
      <joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/><joint type="hinge" axis="0 1 0"/>
      <geom type="sphere" size="0.1" mass="1"/>
    </body>
    <body name="box">
      <joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/><joint type="hinge" axis="0 1 0"/>
      <geom type="box" size="0.1 0.1 0.1" mass="1"/>
    </body>
    <body name="thing">
      <joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/><joint type="hinge" axis="0 1 0"/>
      <geom name="thing.sphere" type="sphere" size="0.1" mass="1"/>
      <geom name="thing.box" type="box" size="0.2 0.2 0.2" mass="1"/>
    </body>
  </worldbody>
</mujoco>)";

/// Goes before the [vary] of a scene on the small stage: everything is absent but what `present`
/// says.
inline std::string SmallScene(const std::string& present, const std::string& vary,
                              const std::string& rest = "") {
  std::string text =
      "model = \"small.xml\"\nframe_hz = 50\nframes = 50\n"
      "objects = [\"ball\", \"other\", \"box\", \"thing\"]\n"
      "[colours]\nred = [1, 0, 0]\nblue = [0, 0, 1]\n[vary]\n";
  for (const char* body : {"ball", "other", "box", "thing", "block", "slope"}) {
    const bool is = (" " + present + " ").find(std::string(" ") + body + " ") != std::string::npos;
    text += "\"" + std::string(body) + ".present\" = " + (is ? "true" : "false") + "\n";
  }
  return text + vary + "\n" + rest + "\n";
}

/// A scene on a stage in a folder of its own, and a world that has been reset to it.
struct SmallWorld {
  explicit SmallWorld(const std::string& toml, const DrawId& id = {},
                      const std::string& mjcf = kSmallStage)
      : model(folder.Write("small.xml", mjcf)),
        scene(LoadScene(folder.Write("scene.toml", toml))),
        stage(Stage::Load(scene->model)),
        world(stage) {
    stage->Check(*scene);
    draw = DrawFactors(*stage, *scene, id);
    world.Reset(*scene, draw, {});
  }

  BodyReading Read(const std::string& body) const {
    return world.Read(stage->Require(body, "test"));
  }
  void Step(int frames) {
    for (int i = 0; i < frames; ++i) world.StepFrame();
  }
  /// qpos and qvel, to be compared bit for bit.
  std::vector<double> State() const {
    std::vector<double> state(world.data()->qpos, world.data()->qpos + world.model()->nq);
    state.insert(state.end(), world.data()->qvel, world.data()->qvel + world.model()->nv);
    return state;
  }

  TempFolder folder;
  std::string model;
  std::shared_ptr<const Scene> scene;
  std::shared_ptr<const Stage> stage;
  Draw draw;
  World world;
};

}  // namespace peekaboo::sim
