#include "sim/scene/stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "sim/scene/collision_bits.h"
#include "tests/temp_folder.h"

namespace peekaboo::sim {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

std::shared_ptr<const Stage> Load(const TempFolder& folder, const std::string& world) {
  return Stage::Load(
      folder.Write("model.xml", "<mujoco><worldbody>" + world + "</worldbody></mujoco>"));
}

TEST(StageTest, WhatDoesNotMoveInThePlaneIsAMechanism) {
  const TempFolder folder;
  const auto stage =
      Load(folder,
           "<body name='arm'><joint name='shoulder' type='hinge' axis='0 0 1'/>"
           "<geom size='.1'/><body name='hand'><joint name='wrist' type='ball'/>"
           "<geom size='.1'/></body></body>"
           "<body name='free'><freejoint/><geom size='.1'/></body>"
           "<body name='post'><geom size='.1'/></body>"
           "<body name='turned' euler='0 0 90'><joint type='slide' axis='1 0 0'/>"
           "<joint type='slide' axis='0 0 1'/><geom size='.1'/></body>"
           "<body name='disc' mocap='true'><geom type='cylinder' size='.1 .1'/></body>"
           "<body><joint name='loose' type='slide'/><geom size='.1'/></body>");
  for (const char* name : {"arm", "free", "post", "turned", "disc"})
    EXPECT_EQ(stage->Require(name, "").kind, Entity::Kind::kMechanism) << name;
  EXPECT_EQ(stage->Require("arm", "").bodies.size(), 2u);
  EXPECT_EQ(stage->Require("shoulder", "").kind, Entity::Kind::kJoint);
  EXPECT_EQ(stage->Require("loose", "").kind, Entity::Kind::kJoint);
  EXPECT_EQ(stage->Find("wrist"), nullptr) << "has no single position";
  EXPECT_EQ(stage->Find("hand"), nullptr) << "a part of the arm";
}

TEST(StageTest, ABodyKeepsItsNameBesideOthers) {
  const TempFolder folder;
  const auto stage = Load(folder,
                          "<light name='head'/><camera name='head'/><geom name='stage' size='.1'/>"
                          "<body name='head'><joint name='head' type='hinge'/><geom size='.1'/>"
                          "</body>");
  EXPECT_EQ(stage->Require("head", "").kind, Entity::Kind::kMechanism);
  EXPECT_EQ(stage->Require("joint.head", "").kind, Entity::Kind::kJoint);
  EXPECT_EQ(stage->Require("light.head", "").kind, Entity::Kind::kLight);
  EXPECT_EQ(stage->Require("camera.head", "").kind, Entity::Kind::kCamera);
  EXPECT_EQ(stage->Require("stage", "").kind, Entity::Kind::kStage);
  EXPECT_EQ(stage->Require("geom.stage", "").kind, Entity::Kind::kSurface);
  const Entity* entity = nullptr;
  const Attribute* attribute = nullptr;
  EXPECT_TRUE(stage->Resolve("joint.head.position", &entity, &attribute));
  EXPECT_STREQ(attribute->name, "position");
}

TEST(StageTest, ABodyAtAnyDepthHasAnId) {
  const TempFolder folder;
  const auto stage = Load(folder,
                          "<light name='lamp'/><body name='arm'><joint name='hand'/>"
                          "<geom size='.1'/><body name='hand'><geom size='.1'/>"
                          "<body><geom size='.1'/></body></body></body>");
  EXPECT_EQ(stage->BodyId("arm", ""), 1);
  EXPECT_EQ(stage->BodyId("hand", ""), 2) << "not the joint";
  EXPECT_EQ(stage->BodyId("#3", ""), 3) << "without a name";
  EXPECT_EQ(stage->BodyId("#2", "task"), 2) << "or with one";
  EXPECT_EQ(stage->BodyName(2), "hand");
  EXPECT_EQ(stage->BodyName(3), "#3");
  const auto error = [&](const std::string& name) {
    return ErrorOf([&] { stage->BodyId(name, "task"); });
  };
  EXPECT_THAT(error("lamp"), HasSubstr("task: 'lamp' is no body"));
  EXPECT_THAT(error("hnad"), HasSubstr("did you mean \"hand\""));
  EXPECT_THAT(error("#4"), HasSubstr("no body is called '#4'"));
  EXPECT_THAT(error("#0"), HasSubstr("no body is called '#0'")) << "the world does not move";
}

TEST(StageTest, AModelWithoutCamerasIsSeenThroughTheFreeOne) {
  const TempFolder folder;
  const auto stage = Load(folder, "<geom size='.1'/>");
  Scene scene;
  scene.camera = "free";
  EXPECT_EQ(stage->CameraOf(scene), -1);
  scene.camera = "audience";
  EXPECT_THROW(stage->CameraOf(scene), UserError);
}

bool Collide(const mjModel* m, int a, int b) {
  return (m->geom_contype[a] & m->geom_conaffinity[b]) != 0 ||
         (m->geom_contype[b] & m->geom_conaffinity[a]) != 0;
}

TEST(CollisionBits, TheSamePairsCollideAsBefore) {
  const TempFolder folder;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RandomStream random(seed, "masks", 0);
    std::string world;
    const auto geom = [&] {
      world += "<geom size='.1' contype='" + std::to_string(random.Below(4)) + "' conaffinity='" +
               std::to_string(random.Below(4)) + "'/>";
    };
    for (int body = 0; body < 5; ++body) {
      world += body == 0 ? "<body>" : "<body><joint type='hinge'/>";
      geom();
      geom();
      world += "<body pos='1 0 0'><joint type='slide'/>";
      geom();
      world += "</body></body>";
    }
    geom();
    const std::string path =
        folder.Write("model.xml", "<mujoco><worldbody>" + world + "</worldbody></mujoco>");
    const ModelPtr before(mj_loadXML(path.c_str(), nullptr, nullptr, 0));
    const ModelPtr after(mj_copyModel(nullptr, before.get()));
    std::vector<int> bits;
    ASSERT_TRUE(SeparateCollisionBits(after.get(), &bits));
    for (int a = 0; a < before->ngeom; ++a) {
      for (int b = 0; b < a; ++b) {
        const int body_a = before->geom_bodyid[a], body_b = before->geom_bodyid[b];
        if (before->body_weldid[body_a] == 0 && before->body_weldid[body_b] == 0) continue;
        EXPECT_EQ(Collide(before.get(), a, b), Collide(after.get(), a, b)) << seed << a << b;
        if (before->body_rootid[body_a] == before->body_rootid[body_b]) continue;
        EXPECT_EQ(after->geom_contype[a] & after->geom_contype[b], 0) << "told apart";
      }
      EXPECT_EQ(after->geom_contype[a] & ~bits[before->geom_bodyid[a]], 0);
    }
  }
}

TEST(CollisionBits, AModelWithTooManyKindsOfGeomsStaysAsItIs) {
  const TempFolder folder;
  std::string world;
  for (int body = 0; body < 32; ++body)
    world += "<body><joint type='hinge'/><geom size='.1' contype='3' conaffinity='5'/></body>";
  const std::string path =
      folder.Write("model.xml", "<mujoco><worldbody>" + world + "</worldbody></mujoco>");
  const ModelPtr model(mj_loadXML(path.c_str(), nullptr, nullptr, 0));
  std::vector<int> bits;
  EXPECT_FALSE(SeparateCollisionBits(model.get(), &bits));
  EXPECT_THAT(bits, Each(0));
  EXPECT_EQ(model->geom_contype[31], 3);
  EXPECT_EQ(model->geom_conaffinity[31], 5);
}

}  // namespace
}  // namespace peekaboo::sim
