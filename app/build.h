#pragma once

namespace peekaboo::app {

/// "peekaboo 0.1.0".
const char* BuildName();

/// The commit that this program was built from, "-dirty" with changes on top, "" outside a
/// repository.
const char* BuildCommit();

}  // namespace peekaboo::app
