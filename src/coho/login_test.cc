#include "login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "files.h"

namespace redd::coho {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Variables = std::map<std::string, std::string, std::less<>>;

class LoginTest : public testing::Test {
 protected:
  LoginTest() : root_(*TemporaryFolder::create()) {
    fs::create_directories(work());
    variables_["COHO_CONFIG_DIR"] = (root_.path() / "home").string();
  }
  fs::path work() const { return root_.path() / "a" / "b"; }
  void put(const fs::path& file, std::string_view text) { ASSERT_TRUE(writeFile(file, text, Access::ownerOnly)); }
  void putStored(std::string_view url) {
    put(root_.path() / "home" / "coho.json", R"({"url":")" + std::string(url) + R"(","token":"stored"})");
  }
  void putFolder(std::string_view url) {
    put(root_.path() / "a" / ".redd" / "coho.json", R"({"url":")" + std::string(url) + R"(","token":"near"})");
  }
  Result<Login> find(LoginOptions options = {}) { return findLogin(options, Environment(variables_), work()); }
  std::string refusal(LoginOptions options = {}) {
    const auto found = find(std::move(options));
    return found ? "found " + found->url : std::string(found.error().text());
  }
  void expectLogin(const Result<Login>& found, std::string_view url, std::string_view token) {
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->url, url);
    EXPECT_EQ(found->token, token);
  }

  TemporaryFolder root_;
  Variables variables_;
};

TEST_F(LoginTest, EarlierPlacesWin) {
  EXPECT_THAT(refusal(), HasSubstr("You need to log in first"));
  putStored("https://stored.test");
  expectLogin(find(), "https://stored.test", "stored");
  putFolder("http://127.0.0.1:4000");
  expectLogin(find(), "http://127.0.0.1:4000", "near");
  variables_["COHO_URL"] = "https://variable.test";
  variables_["COHO_TOKEN"] = "variable";
  expectLogin(find(), "https://variable.test", "variable");
  expectLogin(find({.url = "https://option.test", .token = "option"}), "https://option.test", "option");
}

TEST_F(LoginTest, ATokenGoesOnlyWhereItBelongs) {
  putStored("https://stored.test");
  putFolder("http://127.0.0.1:4000");
  variables_["COHO_URL"] = "https://other.test";
  EXPECT_THAT(refusal(), HasSubstr("No token is known for https://other.test"));
  variables_["COHO_URL"] = "https://STORED.test/";
  expectLogin(find(), "https://stored.test", "stored");
  variables_["COHO_URL"] = "http://127.0.0.1:4000";
  expectLogin(find(), "http://127.0.0.1:4000", "near");
  variables_ = {{"COHO_CONFIG_DIR", variables_["COHO_CONFIG_DIR"]}, {"COHO_TOKEN", "alone"}};
  expectLogin(find(), "https://stored.test", "alone");  // not to the address that the folder names
  ASSERT_TRUE(forgetLogin(Environment(variables_)));
  EXPECT_THAT(refusal(), HasSubstr("COHO_TOKEN is set, but no server is named"));
}

TEST_F(LoginTest, AFolderCannotNameAnotherMachine) {
  putFolder("https://evil.test");
  EXPECT_THAT(refusal(), HasSubstr("which is not this machine"));
  putFolder("http://127.0.0.1.evil.test");
  EXPECT_THAT(refusal(), HasSubstr("plain http to another machine"));
  putFolder("http://localhost:4000");
  ASSERT_EQ(chmod((root_.path() / "a" / ".redd" / "coho.json").c_str(), 0620), 0);
  EXPECT_THAT(refusal(), HasSubstr("others may write"));
}

TEST_F(LoginTest, BrokenFilesAreNamed) {
  put(root_.path() / "home" / "coho.json", "{");
  EXPECT_THAT(refusal(), HasSubstr("home/coho.json: not JSON"));
  put(root_.path() / "home" / "coho.json", R"({"url":"https://x.test"})");
  EXPECT_THAT(refusal(), HasSubstr("needs \"url\" and \"token\""));
  put(root_.path() / "home" / "coho.json", std::string(1 << 20, ' '));
  EXPECT_THAT(refusal(), HasSubstr("larger than"));
  variables_["COHO_URL"] = "https://x.test";
  variables_["COHO_TOKEN"] = "two\nlines";
  EXPECT_THAT(refusal(), HasSubstr("from COHO_TOKEN holds characters"));
}

TEST_F(LoginTest, InsecureIsRememberedWithTheLogin) {
  Login login{.url = "http://192.0.2.1:4000", .token = "t", .plainHttp = PlainHttp::anywhere};
  ASSERT_TRUE(storeLogin(login, Environment(variables_)));
  expectLogin(find(), "http://192.0.2.1:4000", "t");
  login.plainHttp = PlainHttp::loopbackOnly;
  ASSERT_TRUE(storeLogin(login, Environment(variables_)));
  EXPECT_THAT(refusal(), HasSubstr("plain http to another machine"));
  expectLogin(find({.plainHttp = PlainHttp::anywhere}), "http://192.0.2.1:4000", "t");
}

TEST_F(LoginTest, TheStoredFileIsTheOwnersOnly) {
  variables_ = {{"HOME", (root_.path() / "h").string()}};
  const auto file = storeLogin({.url = "https://x.test", .token = "t"}, Environment(variables_));
  ASSERT_TRUE(file);
  EXPECT_EQ(*file, root_.path() / "h" / ".config" / "redd" / "coho.json");
  struct stat info{};
  ASSERT_EQ(stat(file->c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(file->parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  variables_["XDG_CONFIG_HOME"] = (root_.path() / "x").string();
  EXPECT_EQ(*storedLoginPath(Environment(variables_)), root_.path() / "x" / "redd" / "coho.json");
  EXPECT_FALSE(storedLoginPath(Environment()));
}

TEST(ServerUrl, HasOneSpelling) {
  const auto loopback = PlainHttp::loopbackOnly;
  EXPECT_EQ(checkServerUrl("HTTPS://Redd.Example.ORG:8443//", loopback).value(), "https://redd.example.org:8443");
  for (const auto* url : {"http://127.0.0.1:4000", "http://localhost", "http://[::1]:4000", "http://x.localhost"}) {
    EXPECT_EQ(checkServerUrl(url, loopback).value_or("refused"), url);
  }
  for (const auto* url :
       {"", "redd.test", "ftp://x", "https://", "https://user:pass@x.test", "https://x.test/path", "https://x.test?q", "https://x test",
        "http://192.0.2.1", "http://localhost.evil.test", "http://127.0.0.1@evil.test", "https://x\x1b[2J"}) {
    EXPECT_FALSE(checkServerUrl(url, loopback)) << url;
  }
  EXPECT_TRUE(checkServerUrl("http://192.0.2.1", PlainHttp::anywhere));
}

}  // namespace
}  // namespace redd::coho
