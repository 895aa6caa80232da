#include "settings.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>

namespace redd {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() { defineSettings(app_, settings_, Mode::serve); }
  ~SettingsTest() override {
    unsetenv("REDD_LISTEN");
    std::remove(file_.c_str());
  }
  void parse(std::vector<std::string> args) {
    std::ranges::reverse(args);
    app_.parse(args);
  }
  void writeConfig(const std::string& text) { std::ofstream(file_) << text; }

  CLI::App app_{"", "serve"};
  Settings settings_;
  std::string file_ = testing::TempDir() + "redd_settings_test.toml";
};

TEST_F(SettingsTest, FlagThenVariableThenFile) {
  setenv("REDD_LISTEN", "127.0.0.1:2", 1);
  writeConfig("listen = \"127.0.0.1:3\"\nworker-heap-mib = 77\nallow-private = [\"10.0.0.0/8\", \"idp.lan\"]\n");
  parse({"--data", "d"});
  ASSERT_TRUE(readConfigFile(app_, file_));
  EXPECT_EQ(settings_.listen, "127.0.0.1:2");
  EXPECT_EQ(settings_.limits.workerHeapMiB, 77u);
  EXPECT_EQ(settings_.allowPrivate, (std::vector<std::string>{"10.0.0.0/8", "idp.lan"}));
}

TEST_F(SettingsTest, UnknownNamesAreErrors) {
  writeConfig("listen = \":1\"\nlisten-port = 5\n");
  parse({"--data", "d"});
  const auto read = readConfigFile(app_, file_);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().publicText.find(":2: unknown setting 'listen-port'"), std::string::npos) << read.error().publicText;
  const char* environment[] = {"PATH=/bin", "REDD_LISTEN=x", "REDD_LISTNE=x", nullptr};
  const auto checked = checkEnvironment({&app_}, environment);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().publicText.find("REDD_LISTNE"), std::string::npos);
  EXPECT_THROW(parse({"--data", "d", "--lissten", "x"}), CLI::ParseError);
}

TEST_F(SettingsTest, WrongKindsNameFileAndLine) {
  writeConfig("\nworker-heap-mib = \"lots\"\n");
  parse({"--data", "d"});
  const auto read = readConfigFile(app_, file_);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().publicText.find(":2:"), std::string::npos) << read.error().publicText;
}

TEST(ParseEvery, Forms) {
  EXPECT_EQ(*parseEvery(""), 0);
  EXPECT_EQ(*parseEvery("30m"), 1'800'000);
  EXPECT_EQ(*parseEvery("24h"), 86'400'000);
  EXPECT_EQ(*parseEvery("7d"), 604'800'000);
  for (const char* bad : {"24", "h", "0h", "-1h", "1w", "1h30m", "999999d"}) EXPECT_FALSE(parseEvery(bad)) << bad;
}

TEST(ParseListen, Forms) {
  EXPECT_EQ(parseListen("4000")->host, "127.0.0.1");
  EXPECT_EQ(parseListen("4000")->port, 4000);
  EXPECT_EQ(parseListen("[::1]:80")->host, "::1");
  EXPECT_EQ(parseListen("0.0.0.0:0")->host, "0.0.0.0");
  EXPECT_EQ(parseListen(":8080")->port, 8080);
  for (const char* bad : {"", "host", "host:", "::1:80", "1.2.3.4:99999", "1.2.3.4:-1", "1.2.3.4:80x"}) EXPECT_FALSE(parseListen(bad)) << bad;
}

}  // namespace
}  // namespace redd
