// Serves the admin UI below /_/ (docs/decisions/0013-admin-ui.md): its files, and its page for every other address there that no operation
// has, so that an address of a screen can be loaded anew. Holds no data and no credential; what the page does, it does through the operations.
#pragma once

#include <string_view>

#include "base/task.h"
#include "http/server.h"
#include "web_pack.h"

namespace redd::control {

class WebDoor {
 public:
  explicit WebDoor(WebPack pack) : pack_(std::move(pack)) {}

  // A file of the UI, or its front page; never true of a build without it.
  bool hasFile(const http::RequestHead& head) const;
  // An address below /_/ that only the UI may know, asked for by a browser that goes there; programs get the list of operations. Asked after
  // the operations.
  bool hasScreen(const http::RequestHead& head) const;
  // Answers one of these.
  Task<void> serve(http::Exchange& exchange) const;

 private:
  const WebFile* fileAt(std::string_view path) const;

  WebPack pack_;
};

}  // namespace redd::control
