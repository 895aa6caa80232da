#include "backup/server_backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "backup_testing.h"
#include "store/blob_hold.h"

namespace redd::backup {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ServerBackupTest : public ::testing::Test {
 protected:
  Result<Written> backUp(BackUp::Key key = BackUp::Key::apart, const std::string& name = "backup.tar") {
    return redd::backup::backUp({data(), dir_.path() / name, "1", key, "a long passphrase"}, progress_);
  }
  Result<Restored> restore(Restore wish) {
    if (wish.archive.empty()) wish.archive = dir_.path() / "backup.tar";
    return restoreServer(wish, progress_);
  }
  fs::path data() const { return dir_.path() / "data"; }
  // A space with a key, a file and a secret.
  void fill(Server& server) {
    project_ = server.makeProject();
    const auto dev = *server.catalogue->createSpace(project_, "dev");
    ASSERT_TRUE(server.catalogue->setEnv(project_, "dev", "SECRET", {"hidden value", space::Secrecy::encrypted}));
    server.set(dev, "key", "value");
    server.save(dev, "/a.txt", "content of a");
  }

  TempFolder dir_;
  Progress progress_;
  std::string project_;
};

TEST_F(ServerBackupTest, ARunningServerIsBackedUpAndRestored) {
  {
    Server server(data());
    fill(server);
    const auto written = backUp(BackUp::Key::clear);
    ASSERT_TRUE(written) << written.error().text();
    server.set(server.space(project_, "dev"), "key", "later");
  }
  const auto restored = restore({.archive = {}, .dataDir = dir_.path() / "new"});
  ASSERT_TRUE(restored) << restored.error().text();
  EXPECT_EQ(restored->key, Restored::Key::ofArchive);
  EXPECT_EQ(restored->spaces, 1u);
  Server server(dir_.path() / "new");
  const auto dev = server.space(project_, "dev");
  EXPECT_EQ(server.get(dev, "key"), "value");
  EXPECT_EQ(server.read(dev, "/a.txt"), "content of a");
  EXPECT_EQ(dev->settings.env.at("SECRET").value, "hidden value");
}

TEST_F(ServerBackupTest, TheKeyStaysApartUnlessAskedFor) {
  {
    Server server(data());
    fill(server);
    ASSERT_TRUE(backUp());
    ASSERT_TRUE(backUp(BackUp::Key::sealed, "sealed.tar"));
  }
  const auto key = contentOf(data() / "secret.key");
  for (const char* name : {"backup.tar", "sealed.tar"}) {
    EXPECT_EQ(contentOf(dir_.path() / name).find(key), std::string::npos) << name;
    EXPECT_EQ(contentOf(dir_.path() / name).find("hidden value"), std::string::npos) << name;
  }
  EXPECT_EQ(restore({.archive = {}, .dataDir = dir_.path() / "one"})->key, Restored::Key::missing);
  EXPECT_FALSE(space::Catalogue::open(dir_.path() / "one"));
  EXPECT_EQ(restore({.archive = {}, .dataDir = dir_.path() / "two", .keyFile = data() / "secret.key"})->key, Restored::Key::given);
  EXPECT_EQ(Server(dir_.path() / "two").space(project_, "dev")->settings.env.at("SECRET").value, "hidden value");

  const auto sealed = dir_.path() / "sealed.tar";
  EXPECT_THAT(std::string(restore({.archive = sealed, .dataDir = dir_.path() / "three"}).error().text()), HasSubstr("--passphrase-file"));
  EXPECT_FALSE(restore({.archive = sealed, .dataDir = dir_.path() / "three", .passphrase = "another passphrase"}));
  EXPECT_FALSE(fs::exists(dir_.path() / "three"));
  EXPECT_TRUE(restore({.archive = sealed, .dataDir = dir_.path() / "three", .passphrase = "a long passphrase"}));
}

TEST_F(ServerBackupTest, AWrongKeyIsRefused) {
  {
    Server server(data());
    fill(server);
    ASSERT_TRUE(backUp());
  }
  setContent(dir_.path() / "wrong.key", std::string(32, 'k'));
  EXPECT_FALSE(restore({.archive = {}, .dataDir = dir_.path() / "new", .keyFile = dir_.path() / "wrong.key"}));
  EXPECT_FALSE(fs::exists(dir_.path() / "new"));
}

TEST_F(ServerBackupTest, AKeyThatIsKeptApartStaysApart) {
  const auto apart = dir_.path() / "keys" / "key";
  {
    Server server(data());
    fill(server);
    ASSERT_TRUE(backUp(BackUp::Key::clear));
  }
  const auto key = contentOf(data() / "secret.key");
  const auto made = restore({.archive = {}, .dataDir = dir_.path() / "one", .keyApart = apart});
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(contentOf(apart), key);
  EXPECT_EQ(fs::status(apart).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(fs::exists(dir_.path() / "one" / "secret.key"));
  EXPECT_TRUE(space::Catalogue::open(dir_.path() / "one", apart));
  EXPECT_EQ(restore({.archive = {}, .dataDir = dir_.path() / "two", .keyApart = apart})->key, Restored::Key::apart);
  EXPECT_FALSE(fs::exists(dir_.path() / "two" / "secret.key"));

  const auto both = restore({.archive = {}, .dataDir = dir_.path() / "three", .keyFile = data() / "secret.key", .keyApart = apart});
  EXPECT_THAT(std::string(both.error().text()), HasSubstr("Fix: leave out --key"));
  setContent(apart, std::string(32, 'k'));
  EXPECT_FALSE(restore({.archive = {}, .dataDir = dir_.path() / "three", .keyApart = apart})) << "it does not fit";
  EXPECT_FALSE(fs::exists(dir_.path() / "three"));
  EXPECT_EQ(contentOf(apart), std::string(32, 'k'));
  EXPECT_FALSE(restore({.archive = {}, .dataDir = dir_.path() / "four", .keyFile = apart, .keyApart = dir_.path() / "keys" / "new"}));
  EXPECT_FALSE(fs::exists(dir_.path() / "keys" / "new")) << "a key that does not fit is not put there";
}

TEST_F(ServerBackupTest, AnOccupiedDirectoryIsMovedAsideOnlyWhenAsked) {
  Server server(data());
  fill(server);
  ASSERT_TRUE(backUp());
  EXPECT_EQ(restore({.archive = {}, .dataDir = data()}).error().code, ErrorCode::alreadyExists);
  const auto inUse = restore({.archive = {}, .dataDir = data(), .occupied = Restore::Occupied::moveAside});
  EXPECT_THAT(std::string(inUse.error().text()), HasSubstr("in use by another server"));

  const auto other = dir_.path() / "other";
  { Server second(other); }
  const auto restored = restore({.archive = {}, .dataDir = other, .occupied = Restore::Occupied::moveAside, .keyFile = data() / "secret.key"});
  ASSERT_TRUE(restored) << restored.error().text();
  EXPECT_TRUE(fs::exists(restored->before / "catalogue.sqlite"));
  EXPECT_EQ(Server(other).space(project_, "dev")->name, "dev");
}

TEST_F(ServerBackupTest, AFlippedByteIsRefusedAndNothingHappens) {
  {
    Server server(data());
    fill(server);
    ASSERT_TRUE(backUp());
  }
  auto text = contentOf(dir_.path() / "backup.tar");
  text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
  setContent(dir_.path() / "bad.tar", text);
  const auto before = contentOf(data() / "catalogue.sqlite");
  EXPECT_FALSE(restore({.archive = dir_.path() / "bad.tar", .dataDir = data(), .occupied = Restore::Occupied::moveAside}));
  EXPECT_EQ(contentOf(data() / "catalogue.sqlite"), before);
}

TEST_F(ServerBackupTest, ContentThatIsBeingCopiedStaysUntilTheCopyIsDone) {
  Server server(data());
  fill(server);
  const auto dev = server.space(project_, "dev");
  const auto blobs = data() / "spaces" / dev->id / "blobs";
  const auto count = [&blobs] {
    int files = 0;
    for (const auto& one : fs::recursive_directory_iterator(blobs)) files += one.is_regular_file() && one.path().filename() != "hold" ? 1 : 0;
    return files;
  };
  {
    const auto hold = store::BlobHold::take(data() / "spaces" / dev->id);
    ASSERT_TRUE(hold);
    server.remove(dev, "/a.txt");
    EXPECT_EQ(count(), 1);
  }
  server.save(dev, "/b.txt", "b");
  server.save(dev, "/c.txt", "c");
  EXPECT_EQ(count(), 2) << "what was left goes with the next change";
}

// Killed at any moment, the directory is the old one or the new one.
TEST_F(ServerBackupTest, AKillDuringARestoreLeavesOldOrNew) {
  {
    Server server(data());
    fill(server);
    const auto dev = server.space(project_, "dev");
    for (int i = 0; i < 50; ++i) server.save(dev, "/file" + std::to_string(i), "content " + std::to_string(i));
    ASSERT_TRUE(backUp(BackUp::Key::clear));
    server.set(dev, "key", "old");
  }
  int killed = 0;
  for (int delayUs = 500; delayUs < 400'000; delayUs = delayUs * 3 / 2) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Progress progress;
      const auto done = restoreServer({.archive = dir_.path() / "backup.tar", .dataDir = data(), .occupied = Restore::Occupied::moveAside}, progress);
      _exit(done ? 0 : 1);
    }
    for (const auto until = monotonicNs() + delayUs * 1'000LL; monotonicNs() < until;) std::this_thread::yield();
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    killed += WIFSIGNALED(status) ? 1 : 0;
    Server server(data());
    const auto dev = server.space(project_, "dev");
    const auto value = server.get(dev, "key");
    EXPECT_TRUE(value == "old" || value == "value") << value;
    EXPECT_EQ(server.read(dev, "/file7"), "content 7");
    server.set(dev, "key", "old");
  }
  EXPECT_GT(killed, 0);
}

}  // namespace
}  // namespace redd::backup
