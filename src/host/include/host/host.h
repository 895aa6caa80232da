// All that a script may ask for: implements the operations of wire/PROTOCOL.md over the stores. The space is always the one whose
// worker speaks (SEC-27), or another of the same project that the operation names, as in "prod/doc.find" (spec 10.3); arguments come from user code and are checked here.
//
// Belongs to one loop. Owns the cursors of running invocations, nothing else.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/limits.h"
#include "worker/host_calls.h"

namespace redd::store {
class Stores;
}

namespace redd::host {

// The space `name` of the project of `space`; nullptr when there is none. Called on the loop.
using FindSibling = std::function<space::SpacePtr(const space::Space& space, std::string_view name)>;

class Host : public worker::HostCalls {
 public:
  static std::unique_ptr<Host> create(store::Stores& stores, const Limits& limits, FindSibling findSibling = nullptr);
};

}  // namespace redd::host
