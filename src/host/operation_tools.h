// What the operations share: names checked, results of the store turned into replies.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "errors.h"
#include "operations.h"

namespace redd::host {

inline constexpr std::size_t kNameBytesMax = 255;

// The store's result as a reply: `toPayload` makes JSON of it, or bytes.
template <class T, class ToPayload>
Completion<T> answering(Call& call, ToPayload toPayload, worker::CallReply::Kind kind = worker::CallReply::Kind::value) {
  return [reply = std::move(call.reply), toPayload = std::move(toPayload), kind](Result<T> result) mutable {
    if (!result) return reply(errorReply(result.error()));
    if constexpr (std::is_void_v<T>) {
      reply({kind, toPayload()});
    } else {
      reply({kind, toPayload(*result)});
    }
  };
}

inline Result<std::string> collectionName(Call& call) {
  REDD_TRY(std::string name, call.arguments.text("collection", kNameBytesMax));
  if (name.empty()) return invalid("collection must not be empty");
  if (name.contains('\0')) return invalid("collection must not contain a zero byte");
  return name;
}

// operations_collections.cc
Result<void> collectionCreate(Call& call);
Result<void> collectionDrop(Call& call);
Result<void> collectionGet(Call& call);
Result<void> collectionList(Call& call);
Result<void> collectionCap(Call& call);
Result<void> schemaGet(Call& call);
Result<void> schemaSet(Call& call);
Result<void> indexCreate(Call& call);
Result<void> indexRemove(Call& call);

// operations_files.cc
Result<void> fileAppend(Call& call);
Result<void> fileClose(Call& call);
Result<void> fileCommit(Call& call);
Result<void> fileCreate(Call& call);
Result<void> fileList(Call& call);
Result<void> fileOpen(Call& call);
Result<void> fileRead(Call& call);
Result<void> fileRemove(Call& call);

}  // namespace redd::host
