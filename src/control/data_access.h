// What the operations on a space's data share: its store, names checked, streams of lines with their ends.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "handlers.h"
#include "store/store.h"

namespace redd::control {

using StorePtr = std::shared_ptr<store::Store>;

// The store of a space, opened when need be; of the one that the path names.
Task<Result<StorePtr>> openStore(store::Stores& stores, std::string spaceId);
Task<Result<StorePtr>> openStore(Call& call);
Result<std::string> collectionName(const Call& call);

// An answer of one JSON value a line, or the same as one JSON array.
enum class Lines : std::uint8_t { each, array };
Result<Lines> linesFormat(const Call& call);  // of the argument "format": jsonl (default) or json

// Sends values as they come, under the back-pressure of the client. The head leaves with the first of them, or with finish(): until
// then a failure can be told with a status of its own.
class LineSender {
 public:
  LineSender(http::Exchange& exchange, Lines format) : exchange_(exchange), format_(format) {}
  void add(std::string_view json);    // gathered; breaks between the tokens of a document become spaces
  Task<Result<void>> send();          // what has been gathered
  Task<Result<void>> finish();

 private:
  http::Exchange& exchange_;
  Lines format_;
  std::string out_;
  bool isFirst_ = true;
};

// How a stream ended: a failure is told to the caller when that is still possible, and otherwise breaks the answer off; logged here.
Task<void> endStream(std::string_view operation, Result<void> done, http::Exchange& exchange);

std::string countJson(std::uint64_t count);
inline Error stoppingError() { return Error::make(ErrorCode::unavailable, "The server is stopping."); }

}  // namespace redd::control
