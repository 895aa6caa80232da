// The files of the admin UI as admin/pack.mjs put them into one: read in place, nothing is copied.
//
// The pack is text lines `PATH TYPE ETAG SIZE BROTLI_SIZE GZIP_SIZE`, an empty line, then for each line its bytes as they are, as brotli and as
// gzip. A size of 0: it is not kept in that form. An empty pack has no files (a build without the admin UI).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::control {

struct WebFile {
  std::string_view type;
  std::string_view etag;  // without quotes
  std::string_view plain;
  std::string_view brotli;  // "": not kept
  std::string_view gzip;
};

class WebPack {
 public:
  // `pack` must stay where it is for as long as this lives. Error: it is no pack.
  static Result<WebPack> read(std::string_view pack);
  static constexpr std::string_view kPage = "index.html";  // in every pack that has files
  const WebFile* find(std::string_view path) const;  // path as in "ui/index-1a2b.js"; nullptr: no such file
  bool isEmpty() const { return files_.empty(); }

 private:
  std::map<std::string_view, WebFile> files_;
};

}  // namespace redd::control
