#include "devidp/devidp.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/random.h"
#include "base/suspend.h"

namespace redd::devidp {
namespace {

using Started = Result<std::unique_ptr<DevIdp>>;

Task<void> startInto(std::optional<Started>& out, Loop& loop, Options options) { out = co_await DevIdp::start(loop, std::move(options)); }

class DevIdpTest : public testing::Test {
 protected:
  DevIdpTest() { std::filesystem::create_directories(dir_); }
  ~DevIdpTest() override { std::filesystem::remove_all(dir_); }
  Started start(const std::string& program) {
    Loop loop;
    std::optional<Started> started;
    spawn(loop, startInto(started, loop, {REDD_NODE, program, dir_, 0, 0}));
    while (!started) loop.run_one();
    return std::move(*started);
  }
  std::string script(const std::string& text) {
    std::ofstream(dir_ / "program.mjs") << text;
    return dir_ / "program.mjs";
  }
  std::filesystem::path dir_ = std::filesystem::temp_directory_path() / ("redd-devidp-" + randomHex(6));
};

TEST_F(DevIdpTest, SaysWhatItStarted) {
  Loop loop;
  std::optional<Started> started;
  spawn(loop, startInto(started, loop, {REDD_NODE, REDD_SOURCE_DIR "/src/devidp/server/main.mjs", dir_, 0, 0}));
  while (!started) loop.run_one();
  ASSERT_TRUE(*started) << started->error().detail;
  const DevIdp& idp = ***started;
  EXPECT_EQ(idp.issuer(), "http://localhost:" + std::to_string(idp.httpPort()) + "/");
  EXPECT_TRUE(std::filesystem::exists(idp.caFile()));
  EXPECT_NE(idp.httpsPort(), 0);
}

TEST_F(DevIdpTest, AProgramThatDoesNotStartIsAnError) {
  const auto started = start(script("process.exit(3)"));
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().detail.find("did not start"), std::string::npos);
}

TEST_F(DevIdpTest, AnotherProgramIsAnError) {
  const auto started = start(script("console.log('hello'); process.stdin.resume()"));
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().detail.find("said: hello"), std::string::npos);
}

}  // namespace
}  // namespace redd::devidp
