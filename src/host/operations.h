// The operations of wire/PROTOCOL.md, one function each: arguments in, store called, JSON out.
#pragma once

#include <memory>
#include <string_view>

#include "arguments.h"
#include "base/limits.h"
#include "cursors.h"
#include "space/space.h"
#include "store/store.h"
#include "worker/host_calls.h"

namespace redd::host {

using Reply = std::move_only_function<void(worker::CallReply)>;

// One call on its way. An operation either calls `reply`, hands it on to the store, or returns an error and leaves it alone.
struct Call {
  Arguments& arguments;
  const std::shared_ptr<store::Store>& store;
  const std::shared_ptr<Cursors>& cursors;
  const space::Space& space;
  const Limits& limits;
  std::uint64_t workerId;
  std::uint32_t invocation;  // 0: detached work
  std::string_view bytes;    // of a callBytes frame
  Reply& reply;
};

using Operation = Result<void> (*)(Call&);

struct OperationRow {
  enum class Names : std::int8_t { none = -1, first, second, third };  // which argument says what it works on: collection, keyspace or path
  std::string_view name;  // in a call frame
  Operation operation;
  std::string_view shown;  // to people, in the timeline of a request
  Names names;
};
const OperationRow* findOperation(std::string_view name);  // nullptr: there is none

}  // namespace redd::host
