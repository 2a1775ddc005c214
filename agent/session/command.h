#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sim/scene/scene.h"

namespace peekaboo::agent {

/// A half-line in the world: what lies under a mouse pointer.
struct Ray {
  std::array<double, 3> origin = {};     ///< m, world frame
  std::array<double, 3> direction = {};  ///< any length above 0
  bool through = false;                  ///< screens and platforms: what is behind them
};

/// Whom or what a command is about: by name, or what a ray hits first.
using Target = std::variant<std::string, Ray>;

/// Who moves the body of a stage that has actuators.
enum class Mode {
  kWatch,  ///< nobody: its controls are 0
  kPlay,   ///< it plays, as films of the scene's [play] do
  kGoal,   ///< it carries out plans, towards the goal of the scene's [task]
};

/// What people ask of a Session; taken at frame boundaries, in order. A command that cannot be done
/// leaves everything as it was and says why in a Notice.
namespace command {

// Of the stage.
/// Plays another scene, from its first draw.
struct LoadScene {
  std::string scene;   ///< name or path, as sim::FindScene
  std::string member;  ///< of a matched set: whose events happen; empty: none but the scene's own
};
struct Restart {};  ///< the same draw, from its first frame
/// Plays another draw of the scene.
struct Reseed {
  std::optional<uint64_t> index;  ///< of the draw; nothing: the next one
};
/// Lets time go on, or stand still.
struct SetPlaying {
  bool playing = true;
};
/// Goes some frames on or back.
struct Step {
  /// Forward, or back through the history if negative; pauses. A body acts by the plan that there
  /// is: nobody waits for another one.
  int frames = 1;
};
/// Goes to a moment.
struct Seek {
  int64_t moment = 0;  ///< into the history; pauses. What comes after it is kept until time goes on
};
/// How fast time goes.
struct SetSpeed {
  double factor = 1;  ///< simulated seconds a second; 0: as fast as it goes
};
/// What happens when a scene has played its frames.
enum class OnEpisodeEnd {
  kNext,  ///< its next draw
  kAgain,
  kGoOn,  ///< the world goes on
};
/// OnEpisodeEnd.
struct SetOnEpisodeEnd {
  OnEpisodeEnd on_episode_end = OnEpisodeEnd::kNext;
};
/// Holds what a draw varies at a value.
struct SetFactor {
  std::string key;  ///< "stage.gravity", "ball.colour"
  sim::Value value;
};
/// Time step of the physics.
struct SetTimeStep {
  double seconds = 0.002;  ///< of the physics; stays for the episodes to come
};
/// Lets a factor vary again that SetFactor holds.
struct ResetFactors {
  std::string key;  ///< empty: all
};
/// Breaks a law of physics for one body.
struct Wand {
  sim::Intervention::Kind kind = sim::Intervention::Kind::kVanish;
  Target target;
  /// Teleport, appear: where to, x and z [m]; nothing: what appears does so where it was.
  std::optional<std::array<double, 2>> place;
  std::string word;  ///< the new colour or shape; empty: the next one
};
/// Selects a body, for Pull and Twist.
struct Select {
  Target target;
};
struct Deselect {};
/// Drags what is selected towards a point, as with a spring.
struct Pull {
  std::array<double, 3> point = {};  ///< m, world frame
};
/// Turns what is selected about y, likewise; again: further.
struct Twist {
  double by = 0;  ///< rad, clockwise for the audience
};
struct LetGo {};
/// Who moves the body. Until it was said once, what suits each scene: a task is carried out.
struct SetMode {
  Mode mode = Mode::kWatch;
};
/// Whether time stands still while the plan for the present moment is made: a slow machine then
/// acts as well as a quick one, but slowly. Otherwise what is left of an older plan goes on.
struct SetLockStep {
  bool on = true;
};
/// Wants a body of the task to be elsewhere, from now on and in this episode.
struct MoveGoal {
  std::string body;                  ///< of the task's; empty: its first
  std::array<double, 3> point = {};  ///< m, world frame; as near as its joints allow
};
/// Keeps the episodes that the body acts from now on, of the scene as it now is (ActedLog), or goes
/// on where the file ends: its next episode begins.
struct KeepEpisodes {
  std::string path;             ///< HDF5, made if it is missing
  int64_t most = 4096;          ///< episodes
  std::string created_by = {};  ///< what the file says of the program
};

// Of the mind.
/// Perceives with the model of a file.
struct LoadModel {
  std::string path;
};
/// Perceives with an infant that has learned nothing.
struct NewModel {
  uint64_t seed = 0;
};
/// Writes the model, and its readout beside it.
struct SaveModel {
  std::string path;
};
/// Learns or stops; what was learned until it stops becomes a version.
struct SetLearning {
  bool on = true;
};
/// Peak of the learning rate from now on.
struct SetLearningRate {
  double rate = 5e-5;
};
/// How often a scene is filmed to learn from.
struct SetWeight {
  std::string scene;
  double weight = 1;
};
/// Goes on from a version that was kept.
struct UseVersion {
  int number = 0;
};

// Of planning.
/// A setting of [plan] ("KEY=VALUE"), over what tasks say, from now on.
struct SetPlan {
  std::string setting;
};

}  // namespace command

using StageCommand =
    std::variant<command::LoadScene, command::Restart, command::Reseed, command::SetPlaying,
                 command::Step, command::Seek, command::SetSpeed, command::SetOnEpisodeEnd,
                 command::SetFactor, command::ResetFactors, command::SetTimeStep, command::Wand,
                 command::Select, command::Deselect, command::Pull, command::Twist, command::LetGo,
                 command::SetMode, command::SetLockStep, command::MoveGoal, command::KeepEpisodes>;
using LearnCommand =
    std::variant<command::LoadModel, command::NewModel, command::SaveModel, command::SetLearning,
                 command::SetLearningRate, command::SetWeight, command::UseVersion>;
using PlanCommand = std::variant<command::SetPlan>;
using Command = std::variant<StageCommand, LearnCommand, PlanCommand>;

}  // namespace peekaboo::agent
