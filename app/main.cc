#include "app/run.h"

int main(int argc, char** argv) {
#ifdef PEEKABOO_WINDOW
  using peekaboo::app::AddGui;
  static constexpr peekaboo::app::Subcommand kWindow[] = {
      {"gui", "Open the window: what the infant sees, expects and is surprised by", AddGui}};
  return peekaboo::app::Run(argc, argv, kWindow);
#else
  return peekaboo::app::Run(argc, argv);
#endif
}
