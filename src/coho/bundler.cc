#include "bundler.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "child_process.h"
#include "files.h"
#include "json_text.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kScriptBytesMax = 64 << 20;
constexpr std::size_t kMapBytesMax = 256 << 20;
constexpr std::size_t kMessagesShownMax = 10;
constexpr std::size_t kPackageBytesMax = 1 << 20;

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::vector<std::string> arguments(const std::string& entry, const fs::path& esbuild, const fs::path& outFile) {
  std::vector<std::string> out{esbuild.string(), entry.starts_with('/') ? entry : "./" + entry, "--outfile=" + outFile.string(), "--bundle",
                               "--platform=node", "--format=iife", "--global-name=EntryPoint", "--target=node22", "--charset=utf8",
                               "--minify-whitespace", "--legal-comments=none", "--sourcemap=external", "--sources-content=false",
                               // Node decides the rest: what a module asks of import.meta is a file that no worker has.
                               R"(--define:import.meta.url="file:///index.js")", R"(--define:import.meta.dirname="/")",
                               R"(--define:import.meta.filename="/index.js")", "--resolve-extensions=.ts,.tsx,.js,.mjs,.cjs,.json",
                               "--log-level=warning", "--color=false", fmt::format("--log-limit={}", kMessagesShownMax),
                               "--log-override:assert-to-with=silent"};
  for (const auto* type : {".txt", ".html", ".htm", ".css", ".hbs"}) out.push_back(fmt::format("--loader:{}=text", type));
  return out;
}

// Packages that package.json lists are only not installed yet.
void fitFixes(BundleMessages& messages, const fs::path& folder) {
  const auto text = readFile(folder / "package.json", kPackageBytesMax);
  if (!text) return;
  const auto json = parseJson(text->value_or(""));
  if (!json) return;
  for (auto& message : messages.errors) {
    if (!message.package.empty() && memberOf(*json, "dependencies").contains(message.package)) message.fix = "npm install";
  }
}

Error failure(const BundleMessages& messages, const ChildAnswer& answer) {
  std::string text;
  for (const auto& message : messages.errors) text += (text.empty() ? "" : "\n\n") + describe(message);
  if (text.empty()) text = fmt::format("the bundler ended with {}: {}", answer.exitCode, answer.err);
  return invalid(inert(text));
}

bool isFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Result<std::string> readOutput(const fs::path& path, std::size_t bytesMax) {
  REDD_TRY(auto text, readFile(path, bytesMax));
  if (!text) return Error::make(ErrorCode::internal, fmt::format("the bundler wrote no {}", path.filename().string()));
  return *std::move(text);
}

// The last line of the script, where the worker looks for it; it is read when somebody asks for the first stack, not at the start.
std::string withMap(std::string script, const SourceMap& map) {
  return std::move(script) + fmt::format("//# sourceMappingURL=data:application/json;base64,{}\n", base64(map.toJson()));
}

}  // namespace

Result<BundleTools> findBundleTools(const Environment& environment) {
  std::error_code failed;
  const auto share = fs::read_symlink("/proc/self/exe", failed).parent_path().parent_path() / "share" / "coho";
  BundleTools tools{share / "esbuild", share / "fallback"};
  const auto own = environment.get("COHO_ESBUILD");
  if (!own.empty()) tools.esbuild = own;
  if (access(tools.esbuild.c_str(), X_OK) != 0) {
    return notFound(
        own.empty() ? fmt::format("the bundler is missing: {} cannot be run. Fix: install coho with its share folder, or set COHO_ESBUILD "
                                  "to an esbuild program",
                                  tools.esbuild.string())
                    : fmt::format("COHO_ESBUILD names {}, which cannot be run. Fix: set it to an esbuild program, or unset it", own));
  }
  return tools;
}

Result<std::string> findEntry(const fs::path& folder, std::string_view main) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return notFound(fmt::format("{} is no folder. Fix: --dir DIR", folder.string()));
  if (!main.empty()) {
    if (isFile(folder / main)) return std::string(main);
    return notFound(fmt::format("missing {} (from --main) in {}", main, folder.string()));
  }
  for (const auto* name : {"index.ts", "index.js"}) {
    if (isFile(folder / name)) return std::string(name);
  }
  REDD_TRY(const auto text, readFile(folder / "package.json", kPackageBytesMax));
  if (const auto json = parseJson(text.value_or("")); json) {
    const auto named = textOf(*json, "main");
    if (!named.empty() && isFile(folder / named)) return named;
  }
  if (isFile(folder / "server.js")) return std::string("server.js");  // a published template's name for it
  return notFound(fmt::format(
      "missing index.js in {}. Fix: write one (coho create NAME makes a first), or name the file with --main, the folder with --dir",
      folder.string()));
}

Result<Bundle> makeBundle(const fs::path& folder, const std::string& entry, const BundleTools& tools, const Environment& environment) {
  std::error_code failed;
  const auto appFolder = fs::canonical(folder, failed);
  if (failed) return notFound(fmt::format("{}: {}", folder.string(), failed.message()));
  REDD_TRY(const auto temporary, TemporaryFolder::create());
  const auto outFolder = fs::canonical(temporary.path(), failed);
  const auto outFile = outFolder / "bundle.js";

  auto variables = environment.all();
  const auto before = environment.get("NODE_PATH");
  variables["NODE_PATH"] = before.empty() ? tools.fallback.string() : before + ":" + tools.fallback.string();
  const Environment childEnvironment(std::move(variables));
  REDD_TRY(const auto answer,
           runChild({.arguments = arguments(entry, tools.esbuild, outFile), .folder = appFolder, .environment = childEnvironment}));
  auto messages = readBundleMessages(answer.err);
  fitFixes(messages, appFolder);
  if (answer.exitCode != 0) return failure(messages, answer);

  REDD_TRY(auto script, readOutput(outFile, kScriptBytesMax));
  REDD_TRY(const auto mapText, readOutput(outFolder / "bundle.js.map", kMapBytesMax));
  REDD_TRY(auto map, SourceMap::ofApp(mapText, outFolder, appFolder));
  const bool typed = entry.ends_with(".ts") || entry.ends_with(".tsx");
  return Bundle{withMap(std::move(script), map), typed ? "Typescript" : "Javascript", std::move(map), std::move(messages.warnings)};
}

}  // namespace redd::coho
