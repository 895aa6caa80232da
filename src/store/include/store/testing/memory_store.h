// A Store in memory, for tests of what stands above: same meaning as SQLite's (one contract suite holds for both), nothing
// survives it. Belongs to the loop; completions are posted.
#pragma once

#include <memory>

#include "store/store.h"

namespace redd::store {

std::shared_ptr<Store> makeMemoryStore(Loop& loop, const Limits& limits = {});

}  // namespace redd::store
