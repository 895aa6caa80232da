// One transfer of the client, with the seams that its tests need. Private to http.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/upload.h"

namespace redd::http {

struct TransferContext {
  std::stop_token stop;              // ends the transfer within a second
  std::vector<std::string> resolve;  // tests: "name:port:address[,address]" stands for the answer of the resolver
  UploadBody* upload = nullptr;      // the body, instead of the request's
};

Result<ClientResponse> transfer(ClientRequest request, const TransferContext& context);

}  // namespace redd::http
