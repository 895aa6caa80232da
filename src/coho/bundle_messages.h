// What esbuild says, read from its text and said again for people who write index.js, not build scripts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redd::coho {

struct BundleMessage {
  std::string text;
  std::string place;    // "index.js:2:7"; empty when the message has none
  std::string excerpt;  // the source line and the marks under it
  std::string package;  // that was not found
  std::string fix;      // "npm i NAME"; empty when we know none
};

struct BundleMessages {
  std::vector<BundleMessage> errors;
  std::vector<BundleMessage> warnings;
};

BundleMessages readBundleMessages(std::string_view stderrText);

// The package that `npm i` takes, of an import such as "a/b" or "@s/a/b"; empty for relative paths, "#…" and Node's own modules.
std::string packageOf(std::string_view import);

std::string describe(const BundleMessage& message);  // several lines, without newline at the end; not inert

}  // namespace redd::coho
