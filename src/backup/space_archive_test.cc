#include "backup/space_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/moment.h"
#include "backup/scratch.h"
#include "backup/server_backup.h"
#include "backup_testing.h"
#include "store/sqlite/database.h"

namespace redd::backup {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using space::Existing;

constexpr const char* kPassphrase = "a long passphrase";

class SpaceArchiveTest : public ::testing::Test {
 protected:
  SpaceArchiveTest() {
    project_ = one_.makeProject();
    EXPECT_TRUE(one_.catalogue->createSpace(project_, "dev", space::Entry::teamOwners));
    EXPECT_TRUE(one_.catalogue->setLimits(project_, "dev", {.requestDeadlineMs = 1'000, .requestsMax = 7, .workerHeapMiB = 64}));
    EXPECT_TRUE(one_.catalogue->setEnv(project_, "dev", "PLAIN", {"seen", space::Secrecy::plain}));
    EXPECT_TRUE(one_.catalogue->setEnv(project_, "dev", "SECRET", {"hidden value", space::Secrecy::encrypted}));
    EXPECT_TRUE(one_.catalogue->setCorsOrigins(project_, "dev", {"https://a.example"}));
    EXPECT_TRUE(one_.catalogue->addToken(project_, "dev", space::TokenAccess::read, "for tests"));
    EXPECT_TRUE(one_.catalogue->activate(project_, "dev", {.bundle = "export default 1", .author = "ann", .gitHash = {}, .gitBranch = {}, .language = {}, .manifest = {.routes = {"GET /a"}, .auth = {}, .queues = {}, .workers = {}, .jobs = {}, .realtime = {}}, .id = {}}));
    one_.set(dev(), "key", "value");
    one_.save(dev(), "/a.txt", "content of a");
  }
  space::SpacePtr dev() { return one_.space(project_, "dev"); }
  fs::path file() const { return dir_.path() / "space.tar"; }
  Result<Exported> exportDev(const std::string& passphrase) { return exportSpace({one_.dataDir, dev(), file(), "1", passphrase}, progress_); }
  Result<Adopted> take(Server& server, const std::string& project, const std::string& passphrase, Existing existing = Existing::refuse) {
    REDD_TRY(const auto scratch, ScratchFolder::in(server.dataDir));
    REDD_TRY(auto staged, stageSpace(file(), passphrase, scratch.path(), progress_));
    return adopt(*server.catalogue, server.dataDir, std::move(staged), project, "dev", existing);
  }

  TempFolder dir_;
  Progress progress_;
  Server one_{dir_.path() / "one"};
  Server two_{dir_.path() / "two"};
  std::string project_;
};

TEST_F(SpaceArchiveTest, ASpaceMovesToAnotherServerWhole) {
  const auto exported = exportDev(kPassphrase);
  ASSERT_TRUE(exported) << exported.error().text();
  EXPECT_THAT(exported->sealed.env, ElementsAre("SECRET"));
  EXPECT_EQ(contentOf(file()).find("hidden value"), std::string::npos);
  EXPECT_EQ(contentOf(file()).find(dev()->tokens[0].key), std::string::npos);
  const auto adopted = take(two_, two_.makeProject("target"), kPassphrase);
  ASSERT_TRUE(adopted) << adopted.error().text();
  const auto& space = adopted->space;
  EXPECT_EQ(space->entry, space::Entry::teamOwners);
  EXPECT_EQ(space->settings.limits, dev()->settings.limits);
  EXPECT_EQ(two_.get(space, "key"), "value");
  EXPECT_EQ(two_.read(space, "/a.txt"), "content of a");
  EXPECT_EQ(space->settings.env.at("SECRET").value, "hidden value");
  EXPECT_EQ(space->settings.env.at("PLAIN").value, "seen");
  EXPECT_THAT(space->settings.corsOrigins, ElementsAre("https://a.example"));
  EXPECT_EQ(space->tokens.at(0).key, dev()->tokens[0].key);
  EXPECT_EQ(*space->deployment->bundle, "export default 1");
  EXPECT_EQ(space->deployment->sourceScope(), dev()->deployment->id);
  EXPECT_THAT(space->deployment->manifest.routes, ElementsAre("GET /a"));
}

TEST_F(SpaceArchiveTest, WithoutPassphraseSecretsAreLeftOutAndNamed) {
  ASSERT_TRUE(exportDev(""));
  const auto scratch = *ScratchFolder::in(two_.dataDir);
  const auto staged = stageSpace(file(), "", scratch.path(), progress_);
  ASSERT_TRUE(staged) << staged.error().text();
  EXPECT_THAT(staged->leftOut.env, ElementsAre("SECRET"));
  EXPECT_EQ(staged->leftOut.tokens, 1u);
  EXPECT_FALSE(staged->adopted.settings.env.contains("SECRET"));
}

TEST_F(SpaceArchiveTest, ANameThatIsTakenIsReplacedOnlyWhenAsked) {
  ASSERT_TRUE(exportDev(""));
  one_.set(dev(), "key", "later");
  const auto old = dev()->id;
  EXPECT_EQ(take(one_, project_, "").error().code, ErrorCode::alreadyExists);
  EXPECT_EQ(one_.get(dev(), "key"), "later");
  const auto adopted = take(one_, project_, "", Existing::replace);
  ASSERT_TRUE(adopted) << adopted.error().text();
  EXPECT_EQ(adopted->replacedId, old);
  EXPECT_EQ(one_.get(dev(), "key"), "value");
  EXPECT_TRUE(one_.catalogue->restoreSpace(project_, old, "before")) << "it is in the trash";
  EXPECT_EQ(one_.get(one_.space(project_, "before"), "key"), "later");
}

TEST_F(SpaceArchiveTest, OneSpaceComesOutOfABackup) {
  ASSERT_TRUE(backUp({one_.dataDir, dir_.path() / "backup.tar", "1"}, progress_));
  one_.set(dev(), "key", "later");
  const auto scratch = *ScratchFolder::in(one_.dataDir);
  auto staged = stageSpace(FromBackup{dir_.path() / "backup.tar", one_.dataDir / "secret.key", project_, "dev"}, scratch.path(), progress_);
  ASSERT_TRUE(staged) << staged.error().text();
  ASSERT_TRUE(adopt(*one_.catalogue, one_.dataDir, *std::move(staged), project_, "dev", Existing::replace));
  EXPECT_EQ(one_.get(dev(), "key"), "value");
  EXPECT_EQ(one_.read(dev(), "/a.txt"), "content of a");
  EXPECT_EQ(dev()->settings.env.at("SECRET").value, "hidden value");
}

TEST_F(SpaceArchiveTest, ADatabaseThatHoldsMoreThanDataIsRefused) {
  const auto copy = dir_.path() / "data.sqlite";
  {
    auto source = *store::sqlite::Database::open(one_.dataDir / "spaces" / dev()->id / "data.sqlite", store::sqlite::Mode::readOnly);
    ASSERT_TRUE(source.copyTo(copy));
  }
  auto hostile = *store::sqlite::Database::open(copy, store::sqlite::Mode::readWrite);
  ASSERT_TRUE(hostile.script("CREATE TRIGGER t AFTER INSERT ON kv BEGIN DELETE FROM kv; END"));
  ASSERT_TRUE(hostile.checkpoint(store::sqlite::Database::Checkpoint::truncate));
  auto writer = *ArchiveWriter::create(file(), {Description::Kind::space, 0, "1", "p", "s"}, progress_);
  ASSERT_TRUE(writer.add("space/space.json", R"({"settings":{},"env":{}})"));
  ASSERT_TRUE(writer.addFile("space/data.sqlite", copy));
  ASSERT_TRUE(writer.finish());
  const auto taken = take(two_, two_.makeProject("target"), "");
  ASSERT_FALSE(taken);
  EXPECT_THAT(std::string(taken.error().text()), HasSubstr("not those that redd makes"));
}

TEST(Moment, TimesAsPeopleWriteThem) {
  EXPECT_EQ(*momentFrom("2026-11-24T18:01:02.345Z"), 1'795'543'262'345);
  EXPECT_EQ(*momentFrom("2026-11-24T18:01:02Z"), 1'795'543'262'000);
  EXPECT_EQ(*momentFrom("2026-11-24 18:01Z"), 1'795'543'260'000);
  EXPECT_EQ(*momentFrom("1795543262345"), 1'795'543'262'345);
  for (const char* bad : {"", "yesterday", "2026-11-24", "2026-02-30T00:00Z", "2026-11-24T18:01:02", "2026-11-24T25:01Z", "12"}) EXPECT_FALSE(momentFrom(bad)) << bad;
}

}  // namespace
}  // namespace redd::backup
