// The secret key: kept apart from the data, and replaced (SEC-35, REL-13).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/random.h"
#include "space/catalogue.h"
#include "store/sqlite/database.h"

namespace redd::space {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string bytesOf(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

class SecretRotationTest : public testing::Test {
 protected:
  SecretRotationTest() : dir_(fs::temp_directory_path() / ("redd-rotation-" + randomLabel(10))) {
    const auto catalogue = open();
    project_ = (*catalogue->createProject("MyBackend"))->uniqueName;
    EXPECT_TRUE(catalogue->createSpace(project_, "dev"));
    EXPECT_TRUE(catalogue->setEnv(project_, "dev", "KEY", {"s3cr3t-value", Secrecy::encrypted}));
    token_ = catalogue->addToken(project_, "dev", TokenAccess::read, "reader")->key;
  }
  ~SecretRotationTest() override { fs::remove_all(dir_); }

  std::unique_ptr<Catalogue> open(const fs::path& keyFile = {}) {
    auto opened = Catalogue::open(dir_, keyFile);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    return opened ? std::move(*opened) : nullptr;
  }
  void expectSecrets(Catalogue& catalogue) {
    const auto space = *findSpace(*catalogue.snapshot(), project_, "dev");
    EXPECT_EQ(space->settings.env.at("KEY").value, "s3cr3t-value");
    ASSERT_EQ(space->tokens.size(), 1U);
    EXPECT_EQ(space->tokens[0].key, token_);
  }
  fs::path key() const { return dir_ / "secret.key"; }
  fs::path nextKey() const { return dir_ / "secret.key.new"; }

  fs::path dir_;
  std::string project_, token_;
};

TEST_F(SecretRotationTest, EverySecretIsSealedAnewAndTheOldKeyOpensNothing) {
  const auto before = bytesOf(key());
  {
    const auto catalogue = open();
    const auto done = catalogue->rotateSecretKey();
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->variables, 1U);
    EXPECT_EQ(done->tokens, 1U);
    expectSecrets(*catalogue);
    EXPECT_TRUE(catalogue->setEnv(project_, "dev", "LATER", {"sealed by the new key", Secrecy::encrypted}));
    ASSERT_TRUE(catalogue->rotateSecretKey()) << "a second one follows";
  }
  EXPECT_NE(bytesOf(key()), before);
  EXPECT_FALSE(fs::exists(nextKey()));
  {
    const auto catalogue = open();
    expectSecrets(*catalogue);
    EXPECT_TRUE(catalogue->removeToken(project_, "dev", token_)) << "its digest is the new key's";
  }
  std::ofstream(key(), std::ios::binary) << before;
  const auto refused = Catalogue::open(dir_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(std::string(refused.error().text()), HasSubstr("another secret.key"));
}

TEST_F(SecretRotationTest, KeptKeysAreSealedAnewAndStayTheSame) {
  std::string accounts, other;
  {
    const auto catalogue = open();
    accounts = *catalogue->keptKey("accounts");
    other = *catalogue->keptKey("other");
    ASSERT_TRUE(catalogue->rotateSecretKey());
    EXPECT_EQ(*catalogue->keptKey("accounts"), accounts);
    EXPECT_EQ(*keptKeyOf(dir_, {}, "accounts"), accounts) << "also for one who looks while the server runs";
  }
  EXPECT_EQ(*open()->keptKey("accounts"), accounts);
  EXPECT_EQ(*open()->keptKey("other"), other);

  const auto before = bytesOf(key());
  ASSERT_TRUE(open()->rotateSecretKey());
  fs::rename(key(), nextKey());  // killed after the commit, before the renaming
  std::ofstream(key(), std::ios::binary) << before;
  fs::permissions(key(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(*keptKeyOf(dir_, {}, "accounts"), accounts);
  EXPECT_TRUE(fs::exists(nextKey())) << "one who looks settles nothing";
  fs::remove(nextKey());
  const auto wrong = keptKeyOf(dir_, {}, "accounts");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(std::string(wrong.error().text()), HasSubstr("another secret key"));
}

TEST_F(SecretRotationTest, NoColumnOfSealedBytesIsForgotten) {
  auto database = *store::sqlite::Database::open(dir_ / "catalogue.sqlite", store::sqlite::Mode::readOnly);
  auto rows = *database.query("SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name LIKE '%sealed%' ORDER BY 1");
  std::vector<std::string> tables;
  while (*rows.step()) tables.emplace_back(rows.text(0));
  EXPECT_EQ(tables, (std::vector<std::string>{"env", "tokens"})) << "Tables::reseal() must seal a new one too";
}

TEST_F(SecretRotationTest, ARotationThatWasCutOffIsSettledByTheNextStart) {
  const auto before = bytesOf(key());
  std::ofstream(nextKey(), std::ios::binary) << std::string(32, 'n');  // killed before the commit
  fs::permissions(nextKey(), fs::perms::owner_read | fs::perms::owner_write);
  expectSecrets(*open());
  EXPECT_FALSE(fs::exists(nextKey()));
  EXPECT_EQ(bytesOf(key()), before);

  ASSERT_TRUE(open()->rotateSecretKey());
  fs::rename(key(), nextKey());  // killed after the commit, before the renaming
  std::ofstream(key(), std::ios::binary) << before;
  fs::permissions(key(), fs::perms::owner_read | fs::perms::owner_write);
  expectSecrets(*open());
  EXPECT_FALSE(fs::exists(nextKey()));
  EXPECT_NE(bytesOf(key()), before);
}

TEST_F(SecretRotationTest, AKillAtAnyMomentLeavesACatalogueThatOpens) {
  for (int round = 0; round < 10; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto catalogue = Catalogue::open(dir_);
      if (!catalogue) ::_exit(1);
      while (true) {
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        if (!(*catalogue)->rotateSecretKey()) ::_exit(2);
      }
    }
    ::close(ready[1]);
    char heard = 0;
    ASSERT_EQ(::read(ready[0], &heard, 1), 1);
    for (std::uint64_t spin = randomU64() % 20'000'000; spin > 0; --spin) asm volatile("");
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child failed by itself: " << WEXITSTATUS(status);
    ::close(ready[0]);
    const auto catalogue = open();
    ASSERT_TRUE(catalogue);
    expectSecrets(*catalogue);
  }
}

TEST_F(SecretRotationTest, TheKeyMayLieApartFromTheData) {
  const auto apart = dir_.string() + "-key";
  fs::rename(key(), apart);
  expectSecrets(*open(apart));
  EXPECT_FALSE(fs::exists(key()));
  ASSERT_TRUE(open(apart)->rotateSecretKey());
  expectSecrets(*open(apart));
  const auto without = Catalogue::open(dir_);
  ASSERT_FALSE(without);
  EXPECT_THAT(std::string(without.error().text()), HasSubstr("--secret-key-file"));
  EXPECT_FALSE(fs::exists(key())) << "no key is made for a catalogue that was sealed by another";
  fs::remove(apart);
}

}  // namespace
}  // namespace redd::space
