// The alternative of a split space: derived from the space, so that it is never out of date.
#pragma once

#include "space/space.h"

namespace redd::space {

inline void completeSplit(Space& space) {
  space.alternative = nullptr;
  if (!space.split) return;
  auto other = std::make_shared<Space>(space);
  other->deployment = space.split->deployment;
  other->split.reset();
  other->version = Space::Version::alternative;
  space.alternative = std::move(other);
}

}  // namespace redd::space
