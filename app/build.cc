#include "app/build.h"

#include "peekaboo_commit.h"

namespace peekaboo::app {

const char* BuildName() { return "peekaboo " PEEKABOO_VERSION; }

const char* BuildCommit() { return PEEKABOO_COMMIT; }

}  // namespace peekaboo::app
