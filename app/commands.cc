#include "app/commands.h"

namespace peekaboo::app {

std::span<const Command> Commands() {
  static constexpr Command kCommands[] = {
      {"inspect", "What a dataset or a model file holds", AddInspect},
  };
  return kCommands;
}

}  // namespace peekaboo::app
