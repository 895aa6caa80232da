// A request whose body is larger than memory: as fetch(), with the body asked for piece by piece. Blocks; for coho.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace redd::http {

struct UploadBody {
  std::optional<std::uint64_t> bytes;  // absent: nobody knows, and it goes chunked
  // The next piece, valid until the next call; empty at the end. An error ends the transfer and is its result.
  std::move_only_function<Result<std::string_view>()> next;
};

Result<ClientResponse> upload(ClientRequest request, UploadBody body);  // request.body is not looked at

}  // namespace redd::http
