// One script out of an app's files (spec 10.2, 10.8), made by the esbuild that comes with coho.
//
// Everything but Node's own modules goes in; the app's copy of a package wins over the fallback folder (ajv, lodash, node-fetch 2:
// codehooks-js needs ajv and does not declare it). The script declares `var EntryPoint`; errors inside it name the app's files, through a
// source map that holds only those.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle_messages.h"
#include "environment.h"
#include "source_map.h"

namespace redd::coho {

inline constexpr std::string_view kScriptName = "bundle.js";  // the worker's name for the script, in stacks

struct BundleTools {
  std::filesystem::path esbuild;
  std::filesystem::path fallback;  // a node_modules folder
};

// Beside the executable in ../share/coho; COHO_ESBUILD names another esbuild. Error: notFound, with the fix.
Result<BundleTools> findBundleTools(const Environment& environment);

// index.ts, index.js, what package.json calls main, or server.js; `main` (--main) before all of them. Error: "missing index.js …".
Result<std::string> findEntry(const std::filesystem::path& folder, std::string_view main);

struct Bundle {
  std::string script;
  std::string language;  // "Javascript" or "Typescript", as x-language of spec 70.5
  SourceMap map;
  std::vector<BundleMessage> warnings;
};

// Blocks for as long as the bundler takes. Error: invalidArgument with esbuild's messages, each with place, source line and fix.
Result<Bundle> makeBundle(const std::filesystem::path& folder, const std::string& entry, const BundleTools& tools,
                          const Environment& environment);

}  // namespace redd::coho
