// The live infant without a window: plays a scene, lets the car vanish, prints how surprised it is.
//
//   session_without_window [MODEL]

#include <cstdio>
#include <exception>

#include "agent/session/session.h"
#include "base/shipped_folder.h"

namespace agent = peekaboo::agent;
namespace sim = peekaboo::sim;
namespace command = agent::command;

int main(int argc, char** argv) try {
  const std::string model =
      argc > 1 ? argv[1] : peekaboo::ShippedFolder("models") + "/infant.safetensors";
  agent::Session session(agent::SessionOptions{});
  session.Post(agent::LearnCommand(command::LoadModel{model}));
  session.Post(agent::StageCommand(command::LoadScene{"voe/support/car", ""}));

  // A tick is a frame: commands, then each worker's step, on this thread.
  for (int tick = 0; tick < 30; ++tick) {
    if (tick == 14) {
      session.Post(
          agent::StageCommand(command::Wand{sim::Intervention::Kind::kVanish, "car", {}, ""}));
    }
    session.Tick();
    const auto mind = session.mind();
    const agent::TimelineEntry* now = mind->Find(session.stage()->moment);
    if (now)
      std::printf("frame %2d: surprise %5.2f%s\n", tick, now->surprise,
                  now->alarm ? ("  alarm: " + now->concerned).c_str() : "");
  }
  for (const agent::Notice& notice : session.notices().After(0))
    std::printf("note: %s\n", notice.text.c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "session_without_window: %s\n", error.what());
  return 1;
}
