#include "space/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "base/random.h"
#include "names.h"
#include "store/sqlite/database.h"

namespace redd::space {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CatalogueTest : public testing::Test {
 protected:
  CatalogueTest() : dir_(fs::temp_directory_path() / ("redd-space-" + randomLabel(10))) {}
  ~CatalogueTest() override {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }

  std::unique_ptr<Catalogue> open() {
    auto opened = Catalogue::open(dir_);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    return opened ? std::move(*opened) : nullptr;
  }
  std::string refusalToOpen() {
    auto opened = Catalogue::open(dir_);
    return opened ? "opened" : std::string(opened.error().text());
  }
  // A project with a space dev; its unique name.
  static std::string makeDev(Catalogue& catalogue) {
    const auto project = catalogue.createProject("MyBackend");
    EXPECT_TRUE(project);
    EXPECT_TRUE(catalogue.createSpace((*project)->uniqueName, "dev"));
    return (*project)->uniqueName;
  }
  static SpacePtr dev(const Catalogue& catalogue, const std::string& project) { return *findSpace(*catalogue.snapshot(), project, "dev"); }
  static NewDeployment code(std::string bundle) {
    NewDeployment out;
    out.bundle = std::move(bundle);
    out.author = "Ann";
    out.gitHash = "abc";
    out.gitBranch = "main";
    out.language = "javascript";
    out.manifest.routes = {"GET /hello"};
    out.manifest.jobs = {"0 * * * *"};
    out.manifest.startup = true;
    return out;
  }
  // Every byte of every file of the data directory.
  std::string allBytes() const {
    std::ostringstream out;
    for (const auto& entry : fs::recursive_directory_iterator(dir_)) {
      if (entry.is_regular_file()) out << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return out.str();
  }
  static mode_t modeOf(const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 0777;
  }

  fs::path dir_;
};

TEST_F(CatalogueTest, AProjectGoesWhenNothingIsInIt) {
  const auto catalogue = open();
  const auto first = makeDev(*catalogue);
  const auto second = (*catalogue->createProject("Another"))->uniqueName;
  EXPECT_EQ(catalogue->removeProject("none").error().text(), "Unknown project");
  EXPECT_THAT(std::string(catalogue->removeProject(first).error().text()), HasSubstr("has the space 'dev'"));
  const auto trashed = *catalogue->removeSpace(first, "dev");
  EXPECT_THAT(std::string(catalogue->removeProject(first).error().text()), HasSubstr("trash holds the space 'dev'"));
  ASSERT_TRUE(catalogue->doomOne(first, trashed.id));
  EXPECT_EQ(catalogue->removeProject(first).error().code, ErrorCode::unavailable);
  ASSERT_TRUE(catalogue->purged(trashed.id));
  EXPECT_EQ(catalogue->snapshot()->defaultProject, first);
  ASSERT_TRUE(catalogue->removeProject(first));
  EXPECT_EQ(catalogue->snapshot()->defaultProject, second);
  ASSERT_TRUE(catalogue->removeProject(second));
  EXPECT_EQ(catalogue->snapshot()->defaultProject, "");
}

TEST_F(CatalogueTest, ListsOfASpaceAreKept) {
  std::string project;
  {
    const auto catalogue = open();
    project = makeDev(*catalogue);
    ASSERT_TRUE(catalogue->createSpace(project, "other"));
    ASSERT_TRUE(catalogue->setAllowedHosts(project, "dev", {"10.0.0.0/8"}));
    ASSERT_TRUE(catalogue->setCorsOrigins(project, "dev", {"https://a.example"}));
    ASSERT_TRUE(catalogue->setDomains(project, "dev", {"www.a.example", "a.example"}));
    ASSERT_TRUE(catalogue->setDomains(project, "dev", {"a.example"}));
    EXPECT_EQ(catalogue->setDomains(project, "other", {"a.example"}).error().code, ErrorCode::alreadyExists);
    EXPECT_FALSE(catalogue->setAllowedHosts(project, "dev", {"nonsense"}));
  }
  const auto catalogue = open();
  const auto settings = dev(*catalogue, project)->settings;
  EXPECT_EQ(settings.allowedHosts, std::vector<std::string>{"10.0.0.0/8"});
  EXPECT_EQ(settings.corsOrigins, std::vector<std::string>{"https://a.example"});
  ASSERT_EQ(catalogue->snapshot()->domains.size(), 1u);
  EXPECT_EQ(catalogue->snapshot()->domains.at("a.example")->name, "dev");
  ASSERT_TRUE(catalogue->removeSpace(project, "dev"));
  EXPECT_TRUE(catalogue->snapshot()->domains.empty());
  EXPECT_TRUE(catalogue->setDomains(project, "other", {"a.example"}));
}

TEST_F(CatalogueTest, FirstStartMakesThePrivateDirectory) {
  const auto catalogue = open();
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(modeOf(dir_), 0700U);
  EXPECT_EQ(modeOf(dir_ / "secret.key"), 0600U);
  EXPECT_EQ(fs::file_size(dir_ / "secret.key"), 32U);
  EXPECT_TRUE(catalogue->snapshot()->projects.empty());
  EXPECT_EQ(catalogue->snapshot()->defaultProject, "");
}

TEST_F(CatalogueTest, EverythingSurvivesReopening) {
  std::string project;
  ApiToken token;
  {
    const auto catalogue = open();
    project = makeDev(*catalogue);
    ASSERT_TRUE(catalogue->createProject("Second"));
    ASSERT_TRUE(catalogue->setTokenPolicy(project, "dev", "https://idp.test/jwks", "https://idp.test/", {"api", "other"}, {"ES256", "RS256"}));
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "PLAIN", {"öpen", Secrecy::plain}));
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "SEALED", {"hidden", Secrecy::encrypted}));
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "GONE", {"x", Secrecy::plain}));
    ASSERT_TRUE(catalogue->removeEnv(project, "dev", "GONE"));
    token = *catalogue->addToken(project, "dev", TokenAccess::read, "for the app");
    const auto gone = *catalogue->addToken(project, "dev", TokenAccess::readWrite, "");
    ASSERT_TRUE(catalogue->removeToken(project, "dev", gone.key));
    ASSERT_TRUE(catalogue->activate(project, "dev", code("the code")));
  }
  const auto catalogue = open();
  EXPECT_EQ(catalogue->snapshot()->projects.size(), 2U);
  EXPECT_EQ(catalogue->snapshot()->defaultProject, project);
  EXPECT_EQ(catalogue->snapshot()->projects.at(project)->name, "MyBackend");
  const auto space = dev(*catalogue, project);
  EXPECT_EQ(space->settings.jwksUrl, "https://idp.test/jwks");
  EXPECT_EQ(space->settings.issuer, "https://idp.test/");
  EXPECT_EQ(space->settings.audience, (std::vector<std::string>{"api", "other"}));
  EXPECT_EQ(space->settings.algorithms, (std::vector<std::string>{"ES256", "RS256"}));
  ASSERT_EQ(space->settings.env.size(), 2U);
  EXPECT_EQ(space->settings.env.at("PLAIN").value, "öpen");
  EXPECT_EQ(space->settings.env.at("SEALED").value, "hidden");
  EXPECT_EQ(space->settings.env.at("SEALED").secrecy, Secrecy::encrypted);
  ASSERT_EQ(space->tokens.size(), 1U);
  EXPECT_EQ(space->tokens[0].key, token.key);
  EXPECT_EQ(space->tokens[0].access, TokenAccess::read);
  EXPECT_EQ(space->tokens[0].description, "for the app");
  ASSERT_TRUE(space->deployment);
  EXPECT_EQ(*space->deployment->bundle, "the code");
  EXPECT_EQ(space->deployment->bundleBytes, 8U);
  EXPECT_EQ(space->deployment->author, "Ann");
  EXPECT_EQ(space->deployment->manifest.routes, std::vector<std::string>{"GET /hello"});
  EXPECT_EQ(space->deployment->manifest.jobs, std::vector<std::string>{"0 * * * *"});
  EXPECT_TRUE(space->deployment->manifest.startup);
}

TEST_F(CatalogueTest, RevisionsGrowAndOnlyEnvAndCodeRestartWorkers) {
  const auto catalogue = open();
  const auto project = makeDev(*catalogue);
  const auto first = dev(*catalogue, project);
  const auto policy = *catalogue->setTokenPolicy(project, "dev", "https://a.test/", "", {}, {});
  EXPECT_GT(policy->revision, first->revision);
  EXPECT_EQ(policy->envRevision, first->envRevision);
  const auto env = *catalogue->setEnv(project, "dev", "A", {"1", Secrecy::plain});
  EXPECT_GT(env->revision, policy->revision);
  EXPECT_GT(env->envRevision, policy->envRevision);
  ASSERT_TRUE(catalogue->addToken(project, "dev", TokenAccess::read, ""));
  EXPECT_EQ(dev(*catalogue, project)->envRevision, env->envRevision);
  const auto deployed = *catalogue->activate(project, "dev", code("x"));
  EXPECT_GT(deployed->envRevision, env->envRevision);
  EXPECT_EQ(first->revision, 1U) << "a published space never changes";
}

TEST_F(CatalogueTest, NamesAreChecked) {
  const auto catalogue = open();
  for (const char* bad : {"", "abc", "sixteenlettersxx", "my-app", "my app", "mÿapp", "../../x"}) EXPECT_FALSE(catalogue->createProject(bad)) << bad;
  const auto project = makeDev(*catalogue);
  EXPECT_THAT(project, testing::MatchesRegex("mybackend-[a-z0-9][a-z0-9][a-z0-9][a-z0-9]"));
  for (const char* bad : {"", "Dev", "a_b", "a/b", "..", "1234567890123456789012345678901"}) {
    EXPECT_FALSE(catalogue->createSpace(project, bad)) << bad;
  }
  EXPECT_EQ(catalogue->createSpace(project, "dev").error().code, ErrorCode::alreadyExists);
  EXPECT_EQ(catalogue->createSpace("none-0000", "dev").error().text(), "Unknown project");
  EXPECT_EQ(catalogue->removeSpace(project, "none").error().text(), "Unknown space");
}

TEST_F(CatalogueTest, EnvNamesAndSizesAreChecked) {
  const auto catalogue = open();
  const auto project = makeDev(*catalogue);
  const auto set = [&](std::string name, std::string value) { return catalogue->setEnv(project, "dev", std::move(name), {std::move(value), Secrecy::plain}); };
  for (const char* good : {"A", "_a1", "NODE_ENV", "QUEUE_WORKERS", "LDAP", "REDDISH"}) EXPECT_TRUE(set(good, "x")) << good;
  for (const char* bad : {"", "1A", "A-B", "A B", "Ä", "REDD_X", "NODE_OPTIONS", "LD_PRELOAD", "A=B"}) EXPECT_FALSE(set(bad, "x")) << bad;
  EXPECT_FALSE(set("A", std::string("a\0b", 3)));
  EXPECT_TRUE(set("A", std::string(kLimits.envValueBytesMax, 'x')));
  EXPECT_EQ(set("A", std::string(kLimits.envValueBytesMax + 1, 'x')).error().code, ErrorCode::payloadTooLarge);
  int stored = 0;
  while (stored < 100 && set("BIG" + std::to_string(stored), std::string(kLimits.envValueBytesMax, 'x'))) ++stored;
  EXPECT_EQ(stored, 6) << "64 KiB each and one above: the sum is bounded";
  EXPECT_EQ(dev(*catalogue, project)->settings.env.count("BIG6"), 0U) << "a refused change leaves nothing behind";
}

TEST_F(CatalogueTest, SubscribersHearOfEveryChange) {
  const auto catalogue = open();
  std::vector<std::pair<SpacePtr, SpacePtr>> heard;
  auto subscription = catalogue->subscribe([&](const SpacePtr& before, const SpacePtr& after) {
    EXPECT_EQ(catalogue->snapshot()->projects.at(after->project)->spaces.contains(after->name), after->revision != 0) << "told after publication";
    heard.emplace_back(before, after);
  });
  const auto project = makeDev(*catalogue);
  ASSERT_TRUE(catalogue->activate(project, "dev", code("x")));
  ASSERT_TRUE(catalogue->removeSpace(project, "dev"));
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0].first, nullptr);
  EXPECT_EQ(heard[1].first, heard[0].second);
  EXPECT_TRUE(heard[1].second->deployment);
  EXPECT_EQ(heard[2].second->revision, 0U);
  EXPECT_EQ(heard[2].second->deployment, nullptr);
  subscription.reset();
  ASSERT_TRUE(catalogue->createSpace(project, "dev"));
  EXPECT_EQ(heard.size(), 3U);
}

TEST_F(CatalogueTest, ReadersAndWritersAtOnce) {
  const auto catalogue = open();
  const auto project = makeDev(*catalogue);
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    std::uint64_t last = 0;
    while (!done) {
      const auto revision = dev(*catalogue, project)->revision;
      EXPECT_GE(revision, last);
      last = revision;
    }
  });
  {
    std::jthread one([&] { for (int i = 0; i < 20; ++i) EXPECT_TRUE(catalogue->setEnv(project, "dev", "A", {std::to_string(i), Secrecy::plain})); });
    std::jthread two([&] { for (int i = 0; i < 20; ++i) EXPECT_TRUE(catalogue->setEnv(project, "dev", "B", {std::to_string(i), Secrecy::plain})); });
  }
  done = true;
  EXPECT_EQ(dev(*catalogue, project)->revision, 41U);
}

TEST_F(CatalogueTest, KeepsTheLastTwentyDeployments) {
  const auto catalogue = open();
  const auto project = makeDev(*catalogue);
  ASSERT_TRUE(catalogue->createSpace(project, "other"));
  ASSERT_TRUE(catalogue->activate(project, "other", code("kept")));
  std::vector<std::string> ids;
  for (int i = 0; i < 23; ++i) {
    auto next = code("bundle " + std::to_string(i));
    next.id = catalogue->newDeploymentId();
    ids.insert(ids.begin(), next.id);
    ASSERT_TRUE(catalogue->activate(project, "dev", std::move(next)));
  }
  ids.resize(20);
  std::vector<std::string> kept;
  for (const auto& deployment : *catalogue->deployments(project, "dev")) {
    kept.push_back(deployment.id);
    EXPECT_EQ(deployment.bundle, nullptr);
    EXPECT_EQ(deployment.author, "Ann");
    EXPECT_GT(deployment.bundleBytes, 0U);
  }
  EXPECT_EQ(kept, ids);
  EXPECT_EQ(catalogue->deployments(project, "other")->size(), 1U);
  EXPECT_EQ(*dev(*catalogue, project)->deployment->bundle, "bundle 22");
}

// ---- teams, and who owned older directories ----

TEST_F(CatalogueTest, ProjectsBelongToTeamsAndMove) {
  {
    const auto catalogue = open();
    const auto old = *catalogue->createProject("Older");
    const auto project = *catalogue->createProject("Newer", "team-a");
    EXPECT_EQ(project->teamId, "team-a");
    ASSERT_TRUE(catalogue->giveProjectsWithoutTeam("team-of-the-owner"));
    EXPECT_EQ(catalogue->snapshot()->projects.at(old->uniqueName)->teamId, "team-of-the-owner");
    EXPECT_EQ(catalogue->snapshot()->projects.at(project->uniqueName)->teamId, "team-a");
    EXPECT_EQ((*catalogue->moveProject(project->uniqueName, "team-b"))->teamId, "team-b");
    EXPECT_FALSE(catalogue->moveProject("none", "team-b"));
    ASSERT_TRUE(catalogue->createSpace(project->uniqueName, "secret", Entry::teamOwners));
  }
  const auto again = open();
  for (const auto& [name, project] : again->snapshot()->projects) {
    EXPECT_EQ(project->teamId, project->name == "Newer" ? "team-b" : "team-of-the-owner");
    if (project->name == "Newer") EXPECT_EQ(project->spaces.at("secret")->entry, Entry::teamOwners);
  }
}

// The third format had a table of users, with the owner in it.
TEST_F(CatalogueTest, TheOwnerOfAnOlderDirectoryIsHandedOverOnce) {
  { makeDev(*open()); }
  {
    auto database = *store::sqlite::Database::open(dir_ / "catalogue.sqlite", store::sqlite::Mode::readWrite);
    ASSERT_TRUE(database.run("INSERT INTO users (id, name, email, role, token_digest) VALUES ('u1', 'Owner', '', 'owner', 'abc')"));
  }
  {
    const auto catalogue = open();
    ASSERT_TRUE(catalogue->formerOwner());
    EXPECT_EQ(catalogue->formerOwner()->id, "u1");
    EXPECT_EQ(catalogue->formerOwner()->tokenDigest, "abc");
    ASSERT_TRUE(catalogue->forgetFormerOwner());
    EXPECT_FALSE(catalogue->formerOwner());
  }
  EXPECT_FALSE(open()->formerOwner());
}

TEST_F(CatalogueTest, KeptKeysBelongToTheDirectoryAndThePurpose) {
  std::string key;
  {
    const auto catalogue = open();
    EXPECT_FALSE(keptKeyOf(dir_, {}, "accounts")) << "it is not made by looking";
    key = *catalogue->keptKey("accounts");
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(*catalogue->keptKey("accounts"), key);
    EXPECT_NE(key, *catalogue->keptKey("other"));
    EXPECT_EQ(*keptKeyOf(dir_, {}, "accounts"), key) << "also while a server holds the directory";
  }
  EXPECT_EQ(*open()->keptKey("accounts"), key);
  EXPECT_FALSE(keptKeyOf(dir_ / "nowhere", {}, "accounts"));
  EXPECT_THAT(allBytes(), Not(HasSubstr(key)));
}

// ---- secrets (SEC-33, SEC-35) ----

TEST_F(CatalogueTest, NoSecretIsInTheFiles) {
  const std::string planted = "planted-secret-5e7d";
  std::vector<std::string> secrets = {planted};
  {
    const auto catalogue = open();
    const auto project = makeDev(*catalogue);
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "S", {planted, Secrecy::encrypted}));
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "P", {"plain-to-see", Secrecy::plain}));
    secrets.push_back(catalogue->addToken(project, "dev", TokenAccess::readWrite, "")->key);
  }
  const auto bytes = allBytes();
  EXPECT_THAT(bytes, HasSubstr("plain-to-see")) << "the search looks at the right bytes";
  for (const auto& secret : secrets) EXPECT_THAT(bytes, testing::Not(HasSubstr(secret)));
}

TEST_F(CatalogueTest, ALostOrForeignKeyIsToldAtTheStart) {
  { makeDev(*open()); }
  fs::rename(dir_ / "secret.key", dir_ / "kept");
  EXPECT_THAT(refusalToOpen(), HasSubstr("secret.key is missing"));
  std::ofstream(dir_ / "secret.key", std::ios::binary) << std::string(32, 'k');
  ::chmod((dir_ / "secret.key").c_str(), 0600);
  EXPECT_THAT(refusalToOpen(), HasSubstr("another secret.key"));
  ::chmod((dir_ / "secret.key").c_str(), 0644);
  EXPECT_THAT(refusalToOpen(), HasSubstr("chmod 600"));
  fs::rename(dir_ / "kept", dir_ / "secret.key");
  EXPECT_EQ(open()->snapshot()->projects.size(), 1U);
}

// ---- the directory ----

TEST_F(CatalogueTest, ASecondServerIsRefusedByName) {
  const auto catalogue = open();
  EXPECT_THAT(refusalToOpen(), HasSubstr("in use by another server (process " + std::to_string(::getpid()) + ")"));
}

TEST_F(CatalogueTest, APathThatIsNoDirectoryIsRefused) {
  std::ofstream(dir_) << "a file";
  EXPECT_THAT(refusalToOpen(), HasSubstr("is not a directory"));
  dir_ /= "below";
  EXPECT_THAT(refusalToOpen(), HasSubstr("Cannot make the data directory"));
  dir_ = dir_.parent_path();
}

TEST_F(CatalogueTest, ANewerFormatIsRefused) {
  { makeDev(*open()); }
  {
    auto database = store::sqlite::Database::open(dir_ / "catalogue.sqlite", store::sqlite::Mode::readWrite);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->script("PRAGMA user_version = 99"));
  }
  EXPECT_THAT(refusalToOpen(), HasSubstr("newer redd (format 99"));
}

// A sealed value that is moved to another name does not open (SEC-35).
TEST_F(CatalogueTest, SwappedSecretsAreRefused) {
  {
    const auto catalogue = open();
    const auto project = makeDev(*catalogue);
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "A", {"one", Secrecy::encrypted}));
    ASSERT_TRUE(catalogue->setEnv(project, "dev", "B", {"two", Secrecy::encrypted}));
  }
  {
    auto database = store::sqlite::Database::open(dir_ / "catalogue.sqlite", store::sqlite::Mode::readWrite);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->script("UPDATE env SET sealed = (SELECT sealed FROM env other WHERE other.name = 'B') WHERE name = 'A'"));
  }
  EXPECT_NE(refusalToOpen(), "opened");
}

// ---- kill -9 (REL-13) ----

// A child activates until it is killed at a random moment; the file then holds some whole deployment: bundle and id agree.
TEST_F(CatalogueTest, AKillInTheMiddleLeavesTheOldOrTheNewCode) {
  std::string project;
  { project = makeDev(*open()); }
  const std::string filling(300'000, 'f');
  for (int round = 0; round < 8; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto catalogue = Catalogue::open(dir_);
      if (!catalogue) ::_exit(1);
      while (true) {
        auto next = code({});
        next.id = randomHex(12);  // every child has inherited the same counter
        next.bundle = next.id + filling;
        next.author = next.id;
        if (!(*catalogue)->activate(project, "dev", std::move(next))) ::_exit(1);
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      }
    }
    ::close(ready[1]);
    std::vector<char> heard(static_cast<std::size_t>(1 + round));
    for (std::size_t got = 0; got < heard.size();) {
      const auto n = ::read(ready[0], heard.data() + got, heard.size() - got);
      ASSERT_GT(n, 0);
      got += static_cast<std::size_t>(n);
    }
    for (std::uint64_t spin = randomU64() % 3'000'000; spin > 0; --spin) asm volatile("");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    const auto catalogue = open();
    ASSERT_TRUE(catalogue);
    const auto deployment = dev(*catalogue, project)->deployment;
    ASSERT_TRUE(deployment);
    EXPECT_EQ(deployment->author, deployment->id);
    EXPECT_EQ(*deployment->bundle, deployment->id + filling);
    EXPECT_EQ(catalogue->deployments(project, "dev")->front().id, deployment->id);
  }
}

}  // namespace
}  // namespace redd::space
