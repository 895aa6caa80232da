// All that a script may ask for: implements the operations of wire/PROTOCOL.md over the stores. The space is always the one whose
// worker speaks (SEC-27); arguments come from user code and are checked here.
//
// Belongs to one loop. Owns the cursors of running invocations, nothing else.
#pragma once

#include <memory>

#include "base/limits.h"
#include "worker/host_calls.h"

namespace redd::store {
class Stores;
}

namespace redd::host {

class Host : public worker::HostCalls {
 public:
  static std::unique_ptr<Host> create(store::Stores& stores, const Limits& limits);
};

}  // namespace redd::host
