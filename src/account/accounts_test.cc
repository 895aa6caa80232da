#include "account/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/random.h"
#include "control_token.h"
#include "crypto/base64url.h"
#include "crypto/hash.h"
#include "guard.h"
#include "store/sqlite/database.h"

namespace redd::account {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPassword = "correct horse battery";
constexpr const char* kHere = "127.0.0.1";

class AccountsTest : public testing::Test {
 protected:
  AccountsTest() { fs::create_directory(dir_); }
  ~AccountsTest() override {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
  std::unique_ptr<Accounts> open() {
    auto opened = Accounts::open({.dataDir = dir_, .key = std::string(32, 'k'), .passwordCost = {4, 8, 1}, .now = [this] { return nowMs() + aheadMs; }});
    REDD_CHECK(opened);
    return std::move(*opened);
  }
  // A person who can log in.
  static User person(Accounts& accounts, const std::string& email) {
    const auto user = *accounts.addUser(email, "");
    REDD_CHECK(accounts.setPassword(user.id, "", kPassword, "", kHere));
    return user;
  }
  static Invitation invitationTo(const std::string& email, Role role, const std::string& teamId, const std::string& projectId) {
    Invitation out;
    out.email = email;
    out.role = role;
    out.teamId = teamId;
    out.projectId = projectId;
    return out;
  }
  std::string allBytes() const {
    std::stringstream out;
    for (const auto& entry : fs::recursive_directory_iterator(dir_)) {
      if (entry.is_regular_file()) out << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return out.str();
  }
  void edit(const char* sql) const {
    auto database = *store::sqlite::Database::open(dir_ / "accounts.sqlite", store::sqlite::Mode::readWrite);
    REDD_CHECK(database.script(sql));
  }

  fs::path dir_ = fs::temp_directory_path() / ("redd-account-" + randomLabel(10));
  std::atomic<UnixMs> aheadMs = 0;
};

// ---- the server's owner ----

TEST_F(AccountsTest, OwnerTokens) {
  const auto accounts = open();
  EXPECT_EQ(accounts->authenticate("").standing, Standing::nobody);
  const auto token = *accounts->ensureOwner("");
  EXPECT_TRUE(isWellFormedControlToken(token)) << token;
  EXPECT_EQ(accounts->authenticate(token).standing, Standing::serverOwner);
  EXPECT_EQ(accounts->authenticate(token + "x").standing, Standing::nobody);
  EXPECT_EQ(accounts->authenticate(token.substr(1)).standing, Standing::nobody);
  EXPECT_EQ(*accounts->ensureOwner(""), "");
  EXPECT_FALSE(accounts->ensureOwner("too short"));
  EXPECT_EQ(*accounts->ensureOwner("an-operators-own-token"), "an-operators-own-token");
  EXPECT_EQ(*accounts->ensureOwner("an-operators-own-token"), "");
  EXPECT_EQ(accounts->authenticate(token).standing, Standing::nobody);
  EXPECT_EQ(accounts->authenticate("an-operators-own-token").standing, Standing::serverOwner);
  const auto directory = accounts->directory();
  EXPECT_EQ(directory->users.size(), 1U);
  EXPECT_EQ(directory->team(directory->user(directory->ownerId)->defaultTeamId)->name, "Personal");
}

TEST_F(AccountsTest, TheOwnerOfAnOlderDirectoryIsTakenOver) {
  {
    const auto accounts = open();
    EXPECT_EQ(*accounts->ensureOwner("", FormerOwner{"old-id", crypto::sha256Hex("the old token of the owner")}), "");
    EXPECT_EQ(accounts->authenticate("the old token of the owner").userId, "old-id");
  }
  const auto again = open();
  EXPECT_EQ(*again->ensureOwner("", FormerOwner{"old-id", crypto::sha256Hex("something else")}), "") << "a hand-over that was cut off comes twice";
  EXPECT_EQ(again->authenticate("the old token of the owner").standing, Standing::serverOwner);
}

// ---- SEC-30 ----

TEST_F(AccountsTest, AHundredRacesForTheSetupCodeHaveOneWinner) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto code = *accounts->openSetup();
  struct stat info {};
  ASSERT_EQ(::stat((dir_ / "setup-code").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_FALSE(accounts->setUp({"wrong", "Ann", "ann@example.org", kPassword}));
  EXPECT_FALSE(accounts->setUp({code, "Ann", "ann@example.org", "short"}));
  std::atomic<int> winners = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i) {
      threads.emplace_back([&, i] {
        if (accounts->setUp({code, "Ann", "ann" + std::to_string(i) + "@example.org", kPassword})) ++winners;
      });
    }
  }
  EXPECT_EQ(winners, 1);
  EXPECT_FALSE(accounts->setUp({code, "Ann", "ann@example.org", kPassword}));
  EXPECT_FALSE(fs::exists(dir_ / "setup-code"));
  EXPECT_EQ(*accounts->openSetup(), "") << "somebody has a password now";
}

TEST_F(AccountsTest, TheSetupCodeEndsAfterHalfAnHour) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto code = *accounts->openSetup();
  aheadMs = 30 * 60'000 + 1;
  EXPECT_FALSE(accounts->setUp({code, "Ann", "ann@example.org", kPassword}));
  const auto next = *accounts->openSetup();
  const auto login = accounts->setUp({next, "Ann", "Ann@Example.org", kPassword});
  ASSERT_TRUE(login);
  EXPECT_EQ(accounts->authenticate(login->secret).standing, Standing::serverOwner);
  EXPECT_TRUE(accounts->logIn("ann@example.org", kPassword, kHere));
}

// ---- logging in ----

TEST_F(AccountsTest, PasswordsOpenSessionsThatEnd) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto user = person(*accounts, "Bob@Example.org");
  const auto login = accounts->logIn("BOB@example.org", kPassword, kHere);
  ASSERT_TRUE(login);
  EXPECT_EQ(accounts->authenticate(login->secret).userId, user.id);
  const auto unknown = accounts->logIn("nobody@example.org", kPassword, kHere);
  const auto wrong = accounts->logIn("bob@example.org", "wrong wrong wrong", kHere);
  ASSERT_FALSE(unknown);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(unknown.error().text(), wrong.error().text());
  EXPECT_EQ(unknown.error().code, wrong.error().code);
  aheadMs = 12 * 3'600'000LL + 1;
  EXPECT_EQ(accounts->authenticate(login->secret).standing, Standing::nobody);
}

TEST_F(AccountsTest, ANewPasswordEndsTheOtherLogins) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto user = person(*accounts, "bob@example.org");
  const auto mine = *accounts->logIn("bob@example.org", kPassword, kHere);
  const auto other = *accounts->logIn("bob@example.org", kPassword, kHere);
  const auto cli = *accounts->addCliToken(user.id);
  const auto program = *accounts->addToken({.userId = user.id});
  EXPECT_FALSE(accounts->setPassword(user.id, "not the password", "another long password", mine.token.id, kHere));
  ASSERT_TRUE(accounts->setPassword(user.id, kPassword, "another long password", mine.token.id, kHere));
  EXPECT_EQ(accounts->authenticate(mine.secret).userId, user.id);
  EXPECT_EQ(accounts->authenticate(other.secret).userId, "");
  EXPECT_EQ(accounts->authenticate(cli.secret).userId, "");
  EXPECT_EQ(accounts->authenticate(program.secret).userId, user.id) << "programs are told one by one";
  EXPECT_FALSE(accounts->logIn("bob@example.org", kPassword, kHere));
}

TEST_F(AccountsTest, CommandLinesGetAJwtThatSaysWho) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto user = *accounts->addUser("bob@example.org", "Bob \"B\"");
  const auto issued = *accounts->addCliToken(user.id);
  const auto first = issued.secret.find('.');
  const auto last = issued.secret.rfind('.');
  EXPECT_EQ(*crypto::base64urlDecode(issued.secret.substr(0, first)), R"({"alg":"HS256","typ":"JWT"})");
  const auto payload = *crypto::base64urlDecode(issued.secret.substr(first + 1, last - first - 1));
  EXPECT_THAT(payload, HasSubstr(R"("name":"Bob \"B\"","email":"bob@example.org")"));
  EXPECT_EQ(accounts->authenticate(issued.secret).userId, user.id);
  auto forged = issued.secret;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(accounts->authenticate(forged).userId, "");
  aheadMs = 30 * 86'400'000LL + 1;
  EXPECT_EQ(accounts->authenticate(issued.secret).userId, "");
}

// ---- SEC-32 ----

TEST(Guard, FiveFailuresOfAnAccountThenGrowingDelays) {
  Guard guard;
  UnixMs now = 1'000'000;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(guard.admit("a", "192.0.2." + std::to_string(i), now)) << i;
  UnixMs waited = 0;
  for (int i = 0; i < 4; ++i) {
    const auto refused = guard.admit("a", "198.51.100.1", now);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::tooManyRequests);
    const UnixMs waitMs = UnixMs{1000} << i;
    EXPECT_EQ(refused.error().members, "\"retryAfterS\":" + std::to_string(waitMs / 1000));
    EXPECT_GT(waitMs, waited);
    waited = waitMs;
    EXPECT_FALSE(guard.admit("a", "198.51.100.1", now + waitMs - 1));
    now += waitMs;
    EXPECT_TRUE(guard.admit("a", "198.51.100.1", now));
  }
  EXPECT_TRUE(guard.admit("b", "198.51.100.1", now)) << "others go on";
  EXPECT_TRUE(guard.admit("a", "198.51.100.1", now + 2 * Guard::kWindowMs));
}

TEST(Guard, TwentyFailuresOfAnAddress) {
  Guard guard;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(guard.admit("a" + std::to_string(i), "2001:db8::" + std::to_string(i), 1000)) << i;
  EXPECT_FALSE(guard.admit("z", "2001:db8::ffff", 1000)) << "a /64 is one party";
  EXPECT_TRUE(guard.admit("z", "2001:db8:1::1", 1000));
  EXPECT_EQ(addressOwner("127.0.0.1"), addressOwner("127.9.9.9"));
}

TEST(Guard, SuccessIsTakenBack) {
  Guard guard;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(guard.admit("a", "192.0.2.1", 1000)) << i;
    guard.succeeded("a", "192.0.2.1");
  }
}

// ---- tokens ----

TEST_F(AccountsTest, TokensAreNarrowExpireAndAreTakenBackAtOnce) {
  std::string kept;
  {
    const auto accounts = open();
    ASSERT_TRUE(accounts->ensureOwner(""));
    const auto owner = accounts->directory()->ownerId;
    const auto narrow = *accounts->addToken({.userId = owner, .name = "ci", .roleMax = Role::viewer, .projectId = "p1"});
    const auto caller = accounts->authenticate(narrow.secret);
    EXPECT_TRUE(caller.isNarrow());
    const auto directory = accounts->directory();
    EXPECT_EQ(directory->roleInProject(caller, {"any", "p1"}), Role::viewer);
    EXPECT_EQ(directory->roleInProject(caller, {"any", "p2"}), Role::none);
    EXPECT_EQ(directory->roleInTeam(caller, directory->user(owner)->defaultTeamId), Role::none);
    EXPECT_EQ(narrow.token.prefix, narrow.secret.substr(5, 5));
    ASSERT_TRUE(accounts->removeToken(narrow.token.id));
    EXPECT_EQ(accounts->authenticate(narrow.secret).standing, Standing::nobody);
    EXPECT_FALSE(accounts->addToken({.userId = owner, .expiresMs = 1}));
    kept = accounts->addToken({.userId = owner})->secret;
    EXPECT_EQ(accounts->lastUseMs(accounts->authenticate(kept).tokenId) > 0, true);
  }
  EXPECT_THAT(allBytes(), Not(HasSubstr(kept)));
  const auto again = open();
  const auto id = again->directory()->tokensOf(again->directory()->ownerId, TokenKind::personal).front()->id;
  EXPECT_GT(again->lastUseMs(id), 0) << "written when the server ended";
}

// ---- people, teams, invitations ----

TEST_F(AccountsTest, AnInvitationOpensAnAccountOnce) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto owner = accounts->directory()->ownerId;
  const auto team = *accounts->addTeam(owner, "Team");
  const auto invitation = *accounts->invite(invitationTo("New@example.org", Role::developer, team.id, ""));
  const auto code = accounts->invitationCode(invitation.id);
  EXPECT_FALSE(accounts->redeem(invitation.id + ".0000", "New", kPassword, kHere));
  const auto login = accounts->redeem(code, "New", kPassword, kHere);
  ASSERT_TRUE(login) << login.error().detail;
  EXPECT_FALSE(accounts->redeem(code, "New", kPassword, kHere));
  const auto caller = accounts->authenticate(login->secret);
  EXPECT_EQ(accounts->directory()->roleInTeam(caller, team.id), Role::developer);
  EXPECT_TRUE(accounts->logIn("new@example.org", kPassword, kHere));
}

TEST_F(AccountsTest, OnlyTheInvitedAcceptAndNotForever) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto bob = person(*accounts, "bob@example.org");
  const auto eve = person(*accounts, "eve@example.org");
  const auto first = *accounts->invite(invitationTo("bob@example.org", Role::owner, "", "p1"));
  const auto invitation = *accounts->invite(invitationTo("bob@example.org", Role::viewer, "", "p1"));
  EXPECT_FALSE(accounts->acceptInvitation(first.id, bob.id)) << "the later one replaced it";
  EXPECT_FALSE(accounts->acceptInvitation(invitation.id, eve.id));
  EXPECT_FALSE(accounts->redeem(accounts->invitationCode(invitation.id), "Eve", kPassword, kHere)) << "bob has an account";
  ASSERT_TRUE(accounts->acceptInvitation(invitation.id, bob.id));
  EXPECT_EQ(accounts->directory()->projectMembers("p1").at(bob.id), Role::viewer);
  const auto late = *accounts->invite(invitationTo("eve@example.org", Role::viewer, "", "p1"));
  aheadMs = 15 * 86'400'000LL;
  EXPECT_FALSE(accounts->acceptInvitation(late.id, eve.id));
}

TEST_F(AccountsTest, APasswordLinkIsGoodOnce) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto user = *accounts->addUser("bob@example.org", "Bob");
  const auto old = *accounts->addPasswordLink(user.id);
  const auto code = *accounts->addPasswordLink(user.id);
  EXPECT_FALSE(accounts->redeem(old, "", kPassword, kHere));
  ASSERT_TRUE(accounts->redeem(code, "", kPassword, kHere));
  EXPECT_FALSE(accounts->redeem(code, "", "another long password", kHere));
  EXPECT_TRUE(accounts->logIn("bob@example.org", kPassword, kHere));
}

TEST_F(AccountsTest, ATeamKeepsAnOwnerAndARemovedPersonIsGone) {
  const auto accounts = open();
  ASSERT_TRUE(accounts->ensureOwner(""));
  const auto bob = person(*accounts, "bob@example.org");
  const auto team = *accounts->addTeam(bob.id, "Team");
  EXPECT_FALSE(accounts->setTeamMember(team.id, bob.id, Role::viewer));
  EXPECT_FALSE(accounts->removeTeamMember(bob.defaultTeamId, bob.id));
  EXPECT_FALSE(accounts->removeUser(bob.id)) << "the team would have no owner";
  const auto eve = person(*accounts, "eve@example.org");
  ASSERT_TRUE(accounts->setTeamMember(team.id, eve.id, Role::owner));
  const auto token = *accounts->addToken({.userId = bob.id});
  ASSERT_TRUE(accounts->removeUser(bob.id));
  EXPECT_EQ(accounts->authenticate(token.secret).standing, Standing::nobody);
  EXPECT_FALSE(accounts->directory()->team(team.id)->members.contains(bob.id));
  EXPECT_EQ(accounts->directory()->team(bob.defaultTeamId), nullptr);
  EXPECT_FALSE(accounts->removeUser(accounts->directory()->ownerId));
}

TEST_F(AccountsTest, EverythingSurvivesReopeningAndNoSecretIsInTheFiles) {
  std::vector<std::string> secrets = {kPassword};
  std::string teamId, userId;
  {
    const auto accounts = open();
    secrets.push_back(*accounts->ensureOwner(""));
    const auto bob = person(*accounts, "bob@example.org");
    userId = bob.id;
    const auto team = *accounts->addTeam(accounts->directory()->ownerId, "Team");
    teamId = team.id;
    ASSERT_TRUE(accounts->setTeamMember(team.id, bob.id, Role::developer));
    ASSERT_TRUE(accounts->setProjectMember("p1", bob.id, Role::viewer));
    secrets.push_back(accounts->logIn("bob@example.org", kPassword, kHere)->secret);
    secrets.push_back(accounts->addCliToken(bob.id)->secret);
    secrets.push_back(accounts->addToken({.kind = TokenKind::admin, .teamId = team.id})->secret);
    secrets.push_back(accounts->addPasswordLink(bob.id)->substr(bob.id.size() + 1));
    const auto invitation = *accounts->invite(invitationTo("new@example.org", Role::viewer, team.id, ""));
    secrets.push_back(accounts->invitationCode(invitation.id).substr(invitation.id.size() + 1));
  }
  const auto bytes = allBytes();
  EXPECT_THAT(bytes, HasSubstr("bob@example.org")) << "the search looks at the right bytes";
  for (const auto& secret : secrets) EXPECT_THAT(bytes, Not(HasSubstr(secret)));
  const auto accounts = open();
  const auto directory = accounts->directory();
  EXPECT_EQ(directory->team(teamId)->members.at(userId), Role::developer);
  EXPECT_EQ(directory->projectMembers("p1").at(userId), Role::viewer);
  EXPECT_EQ(directory->invitations.size(), 1U);
  EXPECT_EQ(accounts->authenticate(secrets[3]).userId, userId);
  EXPECT_EQ(accounts->authenticate(secrets[4]).teamId, teamId);
  EXPECT_TRUE(accounts->logIn("bob@example.org", kPassword, kHere));
}

// ---- SEC-36 ----

class AuditTest : public AccountsTest {
 protected:
  AuditTest() {
    const auto accounts = open();
    for (int i = 1; i <= 5; ++i) {
      EXPECT_TRUE(accounts->record({.who = "u1", .whoName = "ann@example.org", .credential = "t", .action = "act" + std::to_string(i), .target = "x",
                                    .peer = kHere, .status = 200}));
    }
  }
  AuditVerdict verdict() const { return *account::verifyAudit(dir_, std::string(32, 'k')); }
};

TEST_F(AuditTest, AnUntouchedLogIsGoodAlsoWhileItGrows) {
  EXPECT_TRUE(verdict().good());
  EXPECT_EQ(verdict().rows, 5);
  const auto accounts = open();
  ASSERT_TRUE(accounts->record({.who = {}, .whoName = {}, .credential = {}, .action = "more", .target = {}, .peer = {}}));
  EXPECT_TRUE(accounts->verifyAudit()->good());
  EXPECT_EQ(accounts->verifyAudit()->rows, 6);
  const auto rows = *accounts->auditRows(0, 2);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].event.action, "more");
  EXPECT_EQ((*accounts->auditRows(rows[1].number, 10)).size(), 4U);
  EXPECT_FALSE(account::verifyAudit(dir_, std::string(32, 'x'))->good()) << "under another key it says nothing";
}

TEST_F(AuditTest, EditsDeletionsAndExchangesAreNamed) {
  struct Row {
    const char* sql;
    std::int64_t bad;
  };
  const Row rows[] = {
      {"UPDATE audit SET target = 'y' WHERE number = 3", 3},
      {"UPDATE audit SET status = 201 WHERE number = 1", 1},
      {"UPDATE audit SET time_ms = time_ms + 1 WHERE number = 5", 5},
      {"DELETE FROM audit WHERE number = 2", 2},
      {"DELETE FROM audit WHERE number = 1", 1},
      {"DELETE FROM audit WHERE number = 5", 5},
      {"DELETE FROM audit", 1},
      {"UPDATE audit SET number = 99 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 99", 2},
      {"DELETE FROM audit WHERE number = 5; UPDATE meta SET value = '4 x' WHERE name = 'audit_head'", 5},
      {"INSERT INTO audit SELECT 6, time_ms, who, who_name, credential, action, target, peer, status, hash FROM audit WHERE number = 5", 6},
  };
  const auto kept = dir_.string() + "-kept";
  fs::copy(dir_, kept, fs::copy_options::recursive);
  for (const auto& row : rows) {
    fs::remove_all(dir_);
    fs::copy(kept, dir_, fs::copy_options::recursive);
    edit(row.sql);
    EXPECT_EQ(verdict().firstBad, row.bad) << row.sql << ": " << verdict().what;
  }
  fs::remove_all(kept);
}

TEST_F(AuditTest, ACutOffEndStaysFoundWhenTheServerGoesOn) {
  edit("DELETE FROM audit WHERE number >= 4");
  {
    const auto accounts = open();
    ASSERT_TRUE(accounts->record({.who = {}, .whoName = {}, .credential = {}, .action = "later", .target = {}, .peer = {}}));
  }
  EXPECT_EQ(verdict().firstBad, 4);
}

}  // namespace
}  // namespace redd::account
