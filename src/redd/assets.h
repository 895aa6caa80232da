// Files of browser pages that the server itself provides, under /_/assets/: what the page of app.openapi() needs (spec 80.5). Public,
// the same under every host name, and never changing: the version is in the path. Read once, at the start; immutable.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"

namespace redd {

namespace http {
class Exchange;
}

class Assets {
 public:
  // `folder`: a node_modules with swagger-ui-dist. Error: which file is missing, with the fix.
  static Result<Assets> read(const std::filesystem::path& folder);
  static bool owns(std::string_view path);
  Task<void> serve(http::Exchange& exchange) const;

 private:
  struct File {
    std::string_view type;
    std::string bytes;
  };
  std::map<std::string, File, std::less<>> files_;  // by path
};

}  // namespace redd
