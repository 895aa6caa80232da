#include "bundler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child_process.h"
#include "files.h"

namespace redd::coho {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kSource = REDD_SOURCE_DIR;
const fs::path kShare = REDD_SHARE_DIR;

// A worker in small: the script as a CommonJS function body with DB in scope (spec 10.2, 10.3), then an expression about EntryPoint. Stacks
// are translated by Node's own reader of source maps.
constexpr std::string_view kEvaluate = R"js(
const vm = require('vm'), fs = require('fs'), { SourceMap } = require('module');
globalThis.DB = { open: async () => ({}) };
const text = fs.readFileSync(process.argv[1], 'utf8');
const map = new SourceMap(JSON.parse(Buffer.from(text.match(/\n\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/)[1], 'base64')));
const original = (all, line, column) => {
  const found = map.findEntry(line - 1, column - 1);
  return found.originalSource ? `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}` : all;
};
try {
  const run = vm.compileFunction(text + '\nreturn EntryPoint;', ['exports', 'require', 'module', '__filename', '__dirname'], { filename: 'bundle.js' });
  const EntryPoint = run({}, require, {}, '/bundle.js', '/');
  console.log(JSON.stringify(new Function('EntryPoint', 'return ' + process.argv[2])(EntryPoint)));
} catch (error) { console.log(error.stack + '\ntranslated\n' + error.stack.replace(/bundle\.js:(\d+):(\d+)/g, original)); }
process.exit(0);
)js";

class BundlerTest : public testing::Test {
 protected:
  BundlerTest() : folder_(*TemporaryFolder::create()), environment_(Environment::ofProcess()) {}

  void put(const fs::path& name, std::string_view text) { ASSERT_TRUE(writeFile(folder_.path() / name, text, Access::shared)); }
  void usePackages() { fs::create_directory_symlink(kSource / "tests" / "node_modules", folder_.path() / "node_modules"); }
  Result<Bundle> bundle() {
    auto entry = findEntry(folder_.path(), "");
    if (!entry) return entry.error();
    return makeBundle(folder_.path(), *entry, {kShare / "coho" / "esbuild", kShare / "coho" / "fallback"}, environment_);
  }
  std::string evaluate(const std::string& expression) {
    const auto made = bundle();
    if (!made) return std::string(made.error().text());
    const auto file = folder_.path() / "evaluated.js";
    if (!writeFile(file, made->script, Access::shared)) return "not written";
    const auto answer = runChild(
        {.arguments = {(kShare / "redd" / "node").string(), "--no-warnings", "-e", std::string(kEvaluate), file.string(), expression},
         .folder = "/",
         .environment = environment_});
    if (!answer) return std::string(answer.error().text());
    return answer->out + answer->err;
  }
  std::string refusal() {
    const auto made = bundle();
    return made ? "bundled" : std::string(made.error().text());
  }

  TemporaryFolder folder_;
  Environment environment_;
};

TEST_F(BundlerTest, TheFoundingAppGivesItsManifest) {
  usePackages();
  put("index.js", R"(import { app, Datastore } from 'codehooks-js';
import fetch from 'node-fetch';
app.use(async (req, res, next) => next());
app.get('/hello', async (req, res) => { await Datastore.open(); res.json({ fetch: typeof fetch }); });
export default app.init();
)");
  EXPECT_EQ(
      evaluate("[Object.keys(EntryPoint.default.routehooks), typeof EntryPoint.default.authhooks, EntryPoint.default.globalhooks.length]"),
      "[[\"GET /hello\"],\"object\",1]\n");
  const auto made = bundle();
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_THAT(made->script, HasSubstr("var EntryPoint"));
  EXPECT_LT(made->script.size(), std::size_t{1'200'000});  // a map of the packages too would double it
  EXPECT_EQ(made->language, "Javascript");
}

TEST_F(BundlerTest, NodeFetchThreeIsTheOneThatTheAppInstalled) {
  usePackages();
  put("index.js",
      "import fetch, { AbortError, Blob } from 'node-fetch';\nexport default [typeof fetch, typeof AbortError, typeof Blob, "
      "fetch.length];\n");
  EXPECT_EQ(evaluate("EntryPoint.default"), "[\"function\",\"function\",\"function\",2]\n");
}

TEST_F(BundlerTest, TheFallbackServesWhatTheAppDoesNotInstall) {
  put("index.js", "import Ajv from 'ajv';\nimport _ from 'lodash';\nexport default [typeof Ajv, _.VERSION];\n");
  EXPECT_EQ(evaluate("EntryPoint.default"), "[\"function\",\"4.17.21\"]\n");
  put("node_modules/lodash/package.json", R"({"name":"lodash","main":"i.js"})");
  put("node_modules/lodash/i.js", "exports.VERSION = 'own';");
  EXPECT_EQ(evaluate("EntryPoint.default"), "[\"function\",\"own\"]\n");
}

TEST_F(BundlerTest, ImportsOfEveryKind) {
  put("package.json", R"({"type":"commonjs","imports":{"#lib/*":"./lib/*.js"}})");
  put("lib/sub.js", "export const sub = 'sub';");
  put("lib/typed.ts", "export const typed: string = 'typed' satisfies string;");
  put("data.json", R"({"a":1})");
  for (const auto* type : {"txt", "html", "htm", "css", "hbs"}) put(std::string("page.") + type, std::string("<") + type + ">");
  put("index.js", R"(import { sub } from '#lib/sub';
import { typed } from './lib/typed';
import plain from './data.json';
import old from './data.json' assert { type: 'json' };
import current from './data.json' with { type: 'json' };
import txt from './page.txt'; import html from './page.html'; import htm from './page.htm'; import css from './page.css';
const hbs = require('./page.hbs');
import { readFileSync } from 'fs';
import { createRequire } from 'node:module';
export default [sub, typed, plain.a, old.a, current.a, txt, html, htm, css, hbs, typeof readFileSync, typeof createRequire(import.meta.url)];
)");
  const auto made = bundle();
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_TRUE(made->warnings.empty()) << describe(made->warnings[0]);
  EXPECT_EQ(evaluate("EntryPoint.default"),
            "[\"sub\",\"typed\",1,1,1,\"<txt>\",\"<html>\",\"<htm>\",\"<css>\",\"<hbs>\",\"function\",\"function\"]\n");
}

TEST_F(BundlerTest, AnErrorNamesTheAppsFileAndLine) {
  usePackages();
  put("lib/deep.js", "\n\nexport function boom() {\n  throw new Error('not today');\n}\n");
  put("index.js", "import { app } from 'codehooks-js';\nimport { boom } from './lib/deep';\n\nboom();\nexport default app.init();\n");
  const auto stack = evaluate("1");
  const auto translated = stack.find("translated");
  ASSERT_NE(translated, std::string::npos) << stack;
  const auto explained = bundle()->map.explain(stack.substr(0, translated), kScriptName);
  for (const auto& text : {stack.substr(translated), explained}) {
    EXPECT_THAT(text, HasSubstr("at boom (lib/deep.js:4:9)"));
    EXPECT_THAT(text, HasSubstr("at index.js:4:1"));
  }
}

TEST_F(BundlerTest, TypescriptGoesFirstAndPackageJsonLast) {
  put("package.json", R"({"main":"src/start.js"})");
  put("src/start.js", "export default 'main';");
  EXPECT_EQ(evaluate("EntryPoint.default"), "\"main\"\n");
  put("index.js", "export default 'js';");
  EXPECT_EQ(evaluate("EntryPoint.default"), "\"js\"\n");
  put("index.ts", "enum E { ts = 'ts' }\nexport default E.ts as string;");
  EXPECT_EQ(evaluate("EntryPoint.default"), "\"ts\"\n");
  EXPECT_EQ(bundle()->language, "Typescript");
  EXPECT_EQ(findEntry(folder_.path(), "src/start.js").value(), "src/start.js");
  EXPECT_THAT(findEntry(folder_.path(), "nope.js").error().text(), HasSubstr("missing nope.js (from --main)"));
}

TEST_F(BundlerTest, WhatIsMissingIsNamedWithTheFix) {
  EXPECT_THAT(refusal(), testing::StartsWith("missing index.js in "));
  EXPECT_THAT(findEntry(folder_.path() / "nowhere", "").error().text(), HasSubstr("nowhere is no folder"));
  put("index.js", "import x from 'no-such-package';\nexport default x;\n");
  EXPECT_THAT(refusal(), HasSubstr("Could not resolve \"no-such-package\"\n    index.js:1:14\n      1 │ import x from 'no-such-package';"));
  EXPECT_THAT(refusal(), HasSubstr("Fix: npm i no-such-package"));
  put("package.json", R"({"dependencies":{"no-such-package":"1.0.0"}})");
  EXPECT_THAT(refusal(), testing::EndsWith("Fix: npm install"));
  put("index.js", "const a = 1;\nconst = 2;\n");
  EXPECT_THAT(refusal(), HasSubstr("index.js:2:6\n      2 │ const = 2;"));
}

TEST_F(BundlerTest, SourceTextCannotDriveTheTerminal) {
  put("index.js", "const = '\x1b[2J';\n");
  EXPECT_EQ(refusal().find('\x1b'), std::string::npos);
}

TEST(BundleTools, AMissingBundlerIsNamed) {
  const auto tools = findBundleTools(Environment({{"COHO_ESBUILD", "/nowhere/esbuild"}}));
  ASSERT_FALSE(tools);
  EXPECT_THAT(tools.error().text(), HasSubstr("COHO_ESBUILD names /nowhere/esbuild"));
}

}  // namespace
}  // namespace redd::coho
