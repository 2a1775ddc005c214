#include "sim/view/scenery.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "sim/view/surface_mesh.h"

namespace peekaboo::sim {
namespace {

constexpr float kFacet = 0.4f;  // m: light is worked out at corners so far apart
constexpr float kDegree = 0.017453293f;

/// What OpenGL's fixed pipeline makes of a light at a point, without highlights.
void AddLight(const mjvLight& light, const SurfaceMesh::Vertex& at, float scale[3]) {
  float to[3], length = 0, facing = 0, along = 0;
  for (int k = 0; k < 3; ++k) {
    to[k] = light.directional ? -light.dir[k] : light.pos[k] - at.position[k];
    length += to[k] * to[k];
  }
  length = std::max(1e-6f, std::sqrt(length));
  for (int k = 0; k < 3; ++k) {
    facing += to[k] / length * at.normal[k];
    along -= to[k] / length * light.dir[k];
  }
  float strength = 1;
  if (!light.directional) {
    const float* fade = light.attenuation;
    strength = 1 / std::max(1e-6f, fade[0] + length * (fade[1] + length * fade[2]));
    if (light.cutoff <= 90) {
      // Dies away before the edge of the cone: a step would follow the corners.
      const float edge = std::cos(light.cutoff * kDegree);
      const float inside =
          std::clamp((along - edge) / std::max(1e-3f, 0.35f * (1 - edge)), 0.f, 1.f);
      strength *= inside * inside * (3 - 2 * inside) *
                  std::pow(std::max(along, 0.f), std::max(0.f, light.exponent));
    }
  }
  for (int k = 0; k < 3; ++k)
    scale[k] += strength * (light.ambient[k] + std::max(facing, 0.f) * light.diffuse[k]);
}

/// Adds what a geom looks like in the light of the lamps, or its own colour.
void Paint(const mjvGeom& geom, bool lit, Scenery* scenery) {
  SurfaceMesh mesh;
  AppendSurface(geom, kFacet, &mesh);
  const auto first = static_cast<uint32_t>(scenery->vertices.size());
  for (const SurfaceMesh::Vertex& vertex : mesh.vertices) {
    float scale[3] = {1, 1, 1};
    if (lit) {
      std::fill_n(scale, 3, geom.emission);
      for (const mjvLight& light : scenery->lights) AddLight(light, vertex, scale);
    }
    PaintedVertex painted;
    for (int k = 0; k < 3; ++k) {
      painted.position[k] = vertex.position[k];
      painted.rgba[k] =
          static_cast<uint8_t>(std::lround(255 * std::clamp(geom.rgba[k] * scale[k], 0.f, 1.f)));
    }
    painted.rgba[3] = 255;
    scenery->vertices.push_back(painted);
  }
  for (const uint32_t index : mesh.indices) scenery->indices.push_back(first + index);
}

}  // namespace

std::shared_ptr<const Scenery> LoadScenery(const Stage& stage) {
  const int text = mj_name2id(stage.model(), mjOBJ_TEXT, "theatre");
  if (text < 0) return nullptr;
  const auto path = std::filesystem::path(stage.path()).parent_path() /
                    std::string(stage.model()->text_data + stage.model()->text_adr[text]);
  auto scenery = std::make_shared<Scenery>();
  char error[500] = "";
  scenery->model.reset(mj_loadXML(path.c_str(), nullptr, error, sizeof error));
  if (!scenery->model) {
    std::string reason = error;
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    throw UserError(path, "MuJoCo cannot load it: " + reason);
  }
  mjModel* model = scenery->model.get();
  for (int g = 0; g < model->ngeom; ++g) {
    if (!HasSurface(model->geom_type[g]))
      throw UserError(path,
                      "scenery is made of spheres, capsules, ellipsoids, cylinders and boxes");
  }
  scenery->data.reset(mj_makeData(model));
  mj_forward(model, scenery->data.get());
  model->vis.headlight.active = 0;
  mjvOption visible;
  mjv_defaultOption(&visible);
  visible.geomgroup[2] = 1;
  std::fill(std::begin(visible.sitegroup), std::end(visible.sitegroup), mjtByte{0});
  mjvCamera camera;
  mjv_defaultCamera(&camera);
  mjvScene scene;
  mjv_defaultScene(&scene);
  mjv_makeScene(model, &scene, 2 * model->ngeom + 100);
  mjv_updateScene(model, scenery->data.get(), &visible, nullptr, &camera, mjCAT_ALL, &scene);
  scenery->lights.assign(scene.lights, scene.lights + scene.nlight);
  // What is nearer to the audience hides what is behind it before that is drawn.
  std::stable_sort(scene.geoms, scene.geoms + scene.ngeom,
                   [](const mjvGeom& a, const mjvGeom& b) { return a.pos[1] < b.pos[1]; });
  for (const int group : {0, 1, 2}) {
    if (group == 2) scenery->stains = scenery->indices.size();
    for (int i = 0; i < scene.ngeom; ++i) {
      mjvGeom geom = scene.geoms[i];
      if (geom.objtype != mjOBJ_GEOM || model->geom_group[geom.objid] != group) continue;
      if (group != 0) {
        Paint(geom, group == 1, scenery.get());
        continue;
      }
      // It is no geom of the stage, and its texture would be looked for there.
      geom.objtype = mjOBJ_UNKNOWN;
      geom.objid = geom.segid = geom.texid = -1;
      scenery->geoms.push_back(geom);
    }
  }
  mjv_freeScene(&scene);
  return scenery;
}

}  // namespace peekaboo::sim
