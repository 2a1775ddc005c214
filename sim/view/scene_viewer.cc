#include "sim/view/scene_viewer.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "sim/render/camera_pose.h"

namespace peekaboo::sim {
namespace {

SceneView::Camera ReadCamera(const mjModel* m, const mjData* d, int id) {
  const CameraPose pose = PoseOfCamera(m, d, id);
  SceneView::Camera camera;
  const char* name = id < 0 ? kFreeCamera : mj_id2name(m, mjOBJ_CAMERA, id);
  camera.name = name ? name : "camera " + std::to_string(id);
  camera.position = pose.position;
  for (int k = 0; k < 3; ++k) {
    camera.up[k] = pose.orientation[3 * k + 1];
    camera.forward[k] = -pose.orientation[3 * k + 2];
  }
  camera.fovy = pose.fovy;
  return camera;
}

}  // namespace

SceneViewer::SceneViewer(const Stage& stage) : scenery_(LoadScenery(stage)) {
  const mjModel* model = stage.model();
  mjv_defaultOption(&visible_);
  std::fill(std::begin(visible_.sitegroup), std::end(visible_.sitegroup), mjtByte{0});
  visible_.flags[mjVIS_RANGEFINDER] = 0;
  visible_.geomgroup[2] = 0;
  visible_.geomgroup[3] = 1;
  mjv_defaultScene(&scene_);
  mjv_makeScene(model, &scene_, 2 * model->ngeom + 100);
}

SceneViewer::~SceneViewer() { mjv_freeScene(&scene_); }

SceneView SceneViewer::Capture(const World& world) {
  const mjModel* m = world.model();
  const mjData* d = world.data();
  mjvCamera camera;
  mjv_defaultCamera(&camera);
  mjv_updateScene(m, world.data(), &visible_, nullptr, &camera, mjCAT_ALL, &scene_);
  SceneView view;
  view.scenery = scenery_;
  if (scenery_) view.geoms = scenery_->geoms;
  std::copy_if(scene_.geoms, scene_.geoms + scene_.ngeom, std::back_inserter(view.geoms),
               [](const mjvGeom& geom) { return geom.rgba[3] > 0; });
  if (scenery_) {
    view.lights = scenery_->lights;
  } else {
    view.lights.assign(scene_.lights, scene_.lights + scene_.nlight);
  }
  for (int c = 0; c < m->ncam; ++c) view.cameras.push_back(ReadCamera(m, d, c));
  if (m->ncam == 0) view.cameras.push_back(ReadCamera(m, d, -1));
  for (int c = 0; scenery_ && c < scenery_->model->ncam; ++c)
    view.cameras.push_back(ReadCamera(scenery_->model.get(), scenery_->data.get(), c));
  for (const Entity& entity : world.stage().entities()) {
    if (!entity.IsTangible()) continue;
    const mjtNum* at = d->xpos + 3 * entity.id;
    view.things.push_back({entity.name, {at[0], at[1], at[2]}, world.IsPresent(entity)});
  }
  return view;
}

}  // namespace peekaboo::sim
