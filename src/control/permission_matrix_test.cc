// Who may what (SEC-33): every row of the operation table against everybody. The table says what each operation takes; what follows from
// that is computed here, anew and in the plainest way; what an operation answers to who may is written down row by row. An operation
// without a row fails.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "control_testing.h"
#include "operations.h"

namespace redd::control {
namespace {

using account::Role;
using account::TokenKind;
using nlohmann::json;

struct Row {
  int status;        // of the server's owner, who may
  std::string body;  // of GET and DELETE, and of streams: the query, with its '?'
  bool oneselfOnly = false;  // decided by the handler from who asks; the matrix expects the door to open only
};

const std::map<std::string_view, Row> kRows = {
    {"page", {200, ""}},
    {"health", {200, ""}},
    {"openapi", {200, ""}},
    {"server.info", {200, ""}},
    {"secrets.rotate", {200, ""}},
    {"me", {200, ""}},
    {"metrics", {200, ""}},
    {"project.list", {200, ""}},
    {"project.create", {201, R"({"name":"Another"})", true}},
    {"project.get", {200, ""}},
    {"project.remove", {400, "?confirm=another"}},
    {"project.usage", {200, ""}},
    {"space.create", {201, R"({"name":"second"})"}},
    {"space.get", {200, ""}},
    {"space.rename", {200, R"({"name":"other"})"}},
    {"space.remove", {200, "?confirm=dev"}},
    {"space.trash", {200, ""}},
    {"space.restore", {200, "{}"}},
    {"space.purge", {200, "?confirm=gone"}},
    {"space.copy", {201, R"({"to":"other"})"}},
    {"space.settings", {200, ""}},
    {"space.diff", {200, "?with=dev"}},
    {"space.activity", {200, ""}},
    {"limits.set", {200, R"({"requestsMax":10})"}},
    {"domain.move", {200, R"({"domain":"old.example.com"})"}},
    {"token.add", {201, R"({"access":"READWRITE"})"}},
    {"token.remove", {200, ""}},
    {"jwks.set", {200, R"({"url":""})"}},
    {"hosts.set", {200, R"({"addresses":["203.0.113.0/24"]})"}},
    {"cors.set", {200, R"({"origins":["https://app.example.com"]})"}},
    {"domains.set", {200, R"({"domains":["www.example.com"]})"}},
    {"env.set", {200, R"({"value":"v"})"}},
    {"env.remove", {200, ""}},
    {"deploy", {201, R"({"bundle":"x"})"}},
    {"deploy.list", {200, ""}},
    {"deploy.rollback", {200, "{}"}},
    {"deploy.split", {200, R"({"deployment":"DEPLOYMENT","percent":10})"}},
    {"deploy.undeploy", {200, ""}},
    {"deploy.bundle", {200, ""}},
    {"deploy.source", {404, ""}},  // that one came without
    {"worker.list", {200, ""}},
    {"log.tail", {200, ""}},
    {"log.follow", {200, ""}},
    {"token.explain", {200, R"({"token":"a.b.c"})"}},
    {"auth.refusals", {200, ""}},
    {"auth.status", {200, ""}},
    {"auth.impact", {200, R"({"url":""})"}},
    {"collection.list", {200, ""}},
    {"index.advice", {200, ""}},
    {"collection.create", {200, R"({"cap":10})"}},
    {"collection.remove", {200, ""}},
    {"schema.set", {200, R"({"schema":{"type":"object"}})"}},
    {"schema.remove", {200, ""}},
    {"cap.set", {200, R"({"cap":10})"}},
    {"cap.remove", {200, ""}},
    {"index.create", {200, R"({"fields":["age"]})"}},
    {"index.remove", {200, "?fields=name"}},
    {"document.list", {200, ""}},
    {"document.find", {200, R"({"filter":{}})"}},
    {"document.count", {200, R"({"filter":{}})"}},
    {"document.import", {200, R"({"a":1})"}},
    {"document.insert", {201, R"({"document":{"a":1}})"}},
    {"document.get", {200, ""}},
    {"document.update", {200, R"({"change":{"a":2}})"}},
    {"document.replace", {200, R"({"document":{"a":2}})"}},
    {"document.remove", {200, ""}},
    {"documents.update", {200, R"({"filter":{},"change":{"a":2}})"}},
    {"documents.replace", {200, R"({"filter":{},"document":{"a":2}})"}},
    {"documents.remove", {200, R"({"filter":{}})"}},
    {"documents.purge", {200, R"({"filter":{}})"}},
    {"key.list", {200, ""}},
    {"key.removeAll", {200, "?prefix="}},
    {"key.get", {200, ""}},
    {"key.set", {200, R"({"value":"v"})"}},
    {"key.remove", {200, ""}},
    {"file.list", {200, ""}},
    {"file.read", {200, "?path=/f"}},
    {"file.write", {200, "?path=/g"}},
    {"file.remove", {200, "?path=/f"}},
    {"backup.list", {200, ""}},
    {"backup.create", {200, ""}},
    {"backup.verify", {404, ""}},
    {"backup.download", {404, ""}},
    {"backup.remove", {404, ""}},
    {"space.export", {200, ""}},
    {"space.import", {400, "?existing=replace"}},
    {"space.moments", {200, ""}},
    {"space.rewind", {404, R"({"backup":"redd-none.tar"})"}},
    {"setup.get", {200, ""}},
    {"setup", {401, R"({"code":"x","name":"A","email":"a@example.org","password":"123456789012"})"}},
    {"session.create", {401, R"({"email":"a@example.org","password":"123456789012"})"}},
    {"session.end", {400, ""}},
    {"account.redeem", {401, R"({"code":"x","name":"A","password":"123456789012"})"}},
    {"me.update", {200, R"({"name":"New"})"}},
    {"password.set", {200, R"({"password":"123456789012"})"}},
    {"terms.accept", {200, ""}},
    {"personalToken.list", {200, ""}},
    {"personalToken.add", {201, R"({"name":"ci"})"}},
    {"personalToken.remove", {404, "", true}},
    {"cliLogin.get", {404, ""}},
    {"cliLogin.confirm", {404, ""}},
    {"user.list", {200, ""}},
    {"user.add", {201, R"({"email":"new@example.org"})"}},
    {"user.update", {200, R"({"name":"New"})"}},
    {"user.link", {201, ""}},
    {"user.remove", {200, ""}},
    {"team.list", {200, ""}},
    {"team.create", {201, R"({"name":"Another"})"}},
    {"team.get", {200, ""}},
    {"team.rename", {200, R"({"name":"New"})"}},
    {"team.remove", {409, ""}},
    {"team.member.set", {200, R"({"role":"developer"})"}},
    {"team.member.remove", {200, "", true}},
    {"team.invite", {201, R"({"email":"new@example.org","role":"viewer"})"}},
    {"adminToken.list", {200, ""}},
    {"adminToken.add", {201, R"({"name":"ci"})"}},
    {"adminToken.remove", {200, ""}},
    {"project.move", {200, R"({"teamId":"TEAM"})"}},
    {"project.invite", {201, R"({"email":"new@example.org","role":"viewer"})"}},
    {"project.join", {200, "", true}},
    {"project.leave", {404, "", true}},
    {"project.member.set", {200, R"({"role":"developer"})"}},
    {"project.member.remove", {200, ""}},
    {"invitation.list", {200, ""}},
    {"invitation.accept", {404, "", true}},
    {"invitation.remove", {200, "", true}},
    {"audit.list", {200, ""}},
    {"audit.verify", {200, ""}},
    {"login.page", {200, ""}},
    {"login.script", {200, ""}},
    {"cliLogin.wait", {200, ""}},
};

std::string filledPath(std::string path, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    if (const auto at = path.find("{" + name + "}"); at != std::string::npos) path.replace(at, name.size() + 2, value);
  }
  return path;
}

// A team with a project and a space, and people and tokens of every kind around it.
struct Town : House {
  Town() {
    makeDev();
    apiKey = catalogue->addToken(projectName, "dev", space::TokenAccess::readWrite, "")->key;
    readKey = catalogue->addToken(projectName, "dev", space::TokenAccess::read, "")->key;
    REDD_CHECK(catalogue->setEnv(projectName, "dev", "VAR", {"x", space::Secrecy::plain}));
    const auto dev = "/_/api/v1/projects/" + projectName + "/spaces/dev";
    REDD_CHECK(catalogue->createSpace(projectName, "gone"));
    trashedId = catalogue->removeSpace(projectName, "gone")->id;
    REDD_CHECK(catalogue->setDomains(projectName, "dev", {"old.example.com"}));
    call("POST", dev + "/deployments", R"({"bundle":"old"})");
    oldDeployment = this->dev()->deployment->id;
    call("POST", dev + "/deployments", R"({"bundle":"new"})");
    call("PUT", dev + "/keys/" + apiKey, R"({"value":"x"})");
    call("PUT", dev + "/files/content?path=/f", "x");
    call("POST", dev + "/collections/things/documents", R"({"document":{"_id":"one","name":"x"}})");
    call("POST", dev + "/collections/things/indexes", R"({"fields":["name"]})");
    teamId = accounts->addTeam(accounts->directory()->ownerId, "Team")->id;
    REDD_CHECK(catalogue->moveProject(projectName, teamId));
    for (const Role role : {Role::viewer, Role::developer, Role::owner}) members[role] = member(role);
    plainMember = accounts->addUser("plain@example.org", "")->id;
    REDD_CHECK(accounts->setTeamMember(teamId, plainMember, Role::viewer));
    const auto other = accounts->addUser("stranger@example.org", "");
    stranger = tokenOf({.userId = other->id});
    const auto elsewhere = catalogue->createProject("Elsewhere", other->defaultTeamId);
    otherTeamToken = tokenOf({.kind = TokenKind::admin, .userId = other->id, .teamId = other->defaultTeamId});
    teamToken = tokenOf({.kind = TokenKind::admin, .teamId = teamId});
    const auto ownersId = accounts->directory()->ownerId;
    readToken = tokenOf({.userId = ownersId, .roleMax = Role::viewer});
    const auto projectId = catalogue->snapshot()->projects.at(projectName)->id;
    REDD_CHECK(accounts->setProjectMember(projectId, plainMember, Role::viewer));
    wrongProject = tokenOf({.userId = ownersId, .projectId = (*elsewhere)->id});
    REDD_CHECK(catalogue->createSpace(projectName, "stage"));
    const auto stage = *space::findSpace(*catalogue->snapshot(), projectName, "stage");
    wrongSpace = tokenOf({.userId = ownersId, .projectId = projectId, .spaceId = stage->id});
    expired = tokenOf({.userId = ownersId, .expiresMs = nowMs() + 60'000});
    aheadMs = 120'000;
    const auto gone = *accounts->addToken({.userId = ownersId});
    REDD_CHECK(accounts->removeToken(gone.token.id));
    revoked = gone.secret;
    adminTokenId = accounts->directory()->tokensOfTeam(teamId).front()->id;
    account::Invitation guest;
    guest.email = "guest@example.org";
    guest.teamId = teamId;
    invitationId = accounts->invite(guest)->id;
  }
  std::string tokenOf(const account::NewToken& wanted) { return accounts->addToken(wanted)->secret; }
  std::string member(Role role) {
    const auto user = *accounts->addUser(std::string(account::name(role)) + "@example.org", "");
    REDD_CHECK(accounts->setTeamMember(teamId, user.id, role));
    return tokenOf({.userId = user.id});
  }
  int status(const Operation& operation, const std::string& token) {
    auto body = kRows.at(operation.name).body;
    if (const auto at = body.find("TEAM"); at != std::string::npos) body.replace(at, 4, teamId);
    if (const auto at = body.find("DEPLOYMENT"); at != std::string::npos) body.replace(at, 10, oldDeployment);
    auto target = filledPath(std::string(operation.path), {{"project", projectName}, {"space", "dev"}, {"key", apiKey}, {"name", "VAR"},
                                                           {"collection", "things"}, {"id", operation.path.contains("/trash/") ? trashedId : "one"},
                                                           {"deployment", oldDeployment}, {"backup", "redd-none.tar"}, {"team", teamId}, {"user", plainMember},
                                                           {"tokenId", adminTokenId}, {"invitation", invitationId}, {"provider", "x"},
                                                           {"uuid", "5f1ce782-5798-4295-bdd0-51568390a59c"}});
    if (body.starts_with('?')) target += std::exchange(body, {});
    FakeExchange exchange(std::string(operation.method), target, body);
    if (!token.empty()) authorise(exchange, token);
    exchange.onSent_ = [](FakeExchange& self) {
      if (self.clientGone_) std::exchange(self.clientGone_, nullptr)();  // a follower leaves after the first bytes
    };
    run(start(exchange));
    return exchange.answer_.status;
  }

  std::string teamId, plainMember, adminTokenId, invitationId, apiKey, readKey, trashedId, oldDeployment;
  std::map<Role, std::string> members;
  std::string stranger, otherTeamToken, teamToken, readToken, wrongProject, wrongSpace, expired, revoked;
};

enum class May : std::uint8_t { yes, no401, no403, no404 };

May byRole(Permission needed, Role has) {
  if (has == Role::none) return May::no404;
  const auto role = needed == Permission::viewer ? Role::viewer : needed == Permission::developer ? Role::developer : Role::owner;
  return has >= role ? May::yes : May::no403;
}

// What somebody with `has` in the team and the project may; `isPerson`: a person with a credential that is not narrowed.
May memberMay(const Operation& operation, Role has, bool isPerson) {
  switch (operation.permission) {
    case Permission::anyone:
    case Permission::account: return May::yes;
    case Permission::person: return isPerson ? May::yes : May::no403;
    case Permission::server: return May::no403;
    default: return byRole(operation.permission, has);
  }
}

void expectMay(Town& town, const Operation& operation, const std::string& token, May expected, std::string_view who) {
  const int status = town.status(operation, token);
  const auto& row = kRows.at(operation.name);
  const auto where = std::string(operation.name) + " as " + std::string(who) + ": " + std::to_string(status);
  switch (expected) {
    case May::no401: EXPECT_EQ(status, 401) << where; return;
    case May::no403: EXPECT_EQ(status, 403) << where; return;
    case May::no404: EXPECT_EQ(status, 404) << where; return;
    default: break;
  }
  if (row.oneselfOnly) {
    EXPECT_NE(status, 401) << where;
  } else {
    EXPECT_EQ(status, row.status) << where;
  }
}

// The refused first, in one town: none of them may change anything for those who come later. Who may gets a town of their own.
TEST(PermissionMatrix, EveryOperationAgainstEverybody) {
  for (const auto& operation : operations()) {
    ASSERT_TRUE(kRows.contains(operation.name)) << operation.name << " has no row in the permission matrix";
    const bool open = operation.permission == Permission::anyone;
    const bool ofAccount = operation.permission == Permission::account;
    Town town;
    const auto before = town.dev()->revision;
    for (const auto& [who, token] : {std::pair<const char*, std::string>{"anonymous", ""},
                                     {"an unknown token", town.owner + "x"},
                                     {"an API token of the space", town.apiKey},
                                     {"a reading API token of the space", town.readKey},
                                     {"an expired token", town.expired},
                                     {"a revoked token", town.revoked}}) {
      if (!open) expectMay(town, operation, token, May::no401, who);
    }
    const auto refused = [&](const std::string& token, May may, const char* who) {
      if (may != May::yes) expectMay(town, operation, token, may, who);
    };
    const bool inSpace = operation.path.contains("{space}");
    const bool inProject = operation.path.contains("{project}");
    refused(town.stranger, memberMay(operation, Role::none, true), "somebody of another team");
    refused(town.otherTeamToken, memberMay(operation, Role::none, false), "another team's token");
    refused(town.wrongProject, memberMay(operation, Role::none, false), "a token of another project");
    if (inSpace) refused(town.wrongSpace, byRole(operation.permission, Role::none), "a token of another space");
    if (inProject && !inSpace && operation.permission != Permission::viewer && operation.permission != Permission::person) {
      refused(town.wrongSpace, May::no403, "a token of a space, for the project");
    }
    refused(town.readToken, memberMay(operation, Role::viewer, false), "a read token");
    for (const auto& [role, token] : town.members) refused(token, memberMay(operation, role, true), account::name(role).data());
    EXPECT_EQ(town.dev()->revision, before) << operation.name;
    if (open || ofAccount) continue;
    EXPECT_EQ(town.status(operation, town.owner), kRows.at(operation.name).status) << operation.name;
  }
}

TEST(PermissionMatrix, WhoMayDoesGetThrough) {
  for (const auto& operation : operations()) {
    for (const Role role : {Role::viewer, Role::developer, Role::owner}) {
      if (memberMay(operation, role, true) != May::yes) continue;
      Town town;
      const bool differs = operation.permission == Permission::account || kRows.at(operation.name).oneselfOnly;
      const int status = town.status(operation, town.members[role]);
      if (differs) {
        EXPECT_NE(status, 401) << operation.name;
      } else {
        EXPECT_EQ(status, kRows.at(operation.name).status) << operation.name << " as " << account::name(role);
      }
      break;  // the least role that may; the others are greater
    }
    if (memberMay(operation, Role::owner, false) != May::yes || operation.permission <= Permission::person) continue;
    Town town;
    if (!kRows.at(operation.name).oneselfOnly) {
      EXPECT_EQ(town.status(operation, town.teamToken), kRows.at(operation.name).status) << operation.name << " as the team's token";
    }
  }
}

TEST(PermissionMatrix, EveryRowHasItsOperation) {
  for (const auto& [name, row] : kRows) EXPECT_NE(findOperation(name), nullptr) << name;
}

// Restricted spaces open to owners of the team, its tokens, and the server's owner (spec 30.7).
TEST(PermissionMatrix, RestrictedSpaces) {
  Town town;
  const auto project = town.projectName;
  ASSERT_TRUE(town.catalogue->createSpace(project, "secret", space::Entry::teamOwners));
  const auto guest = *town.accounts->addUser("guest2@example.org", "");
  const auto projectId = town.catalogue->snapshot()->projects.at(project)->id;
  ASSERT_TRUE(town.accounts->setProjectMember(projectId, guest.id, Role::owner));
  const auto guestToken = town.tokenOf({.userId = guest.id});
  const auto statusOf = [&](const std::string& token, const std::string& space) {
    FakeExchange exchange("GET", "/_/api/v1/projects/" + project + "/spaces/" + space);
    town.authorise(exchange, token);
    town.run(town.start(exchange));
    return exchange.answer_.status;
  };
  EXPECT_EQ(statusOf(town.members[Role::developer], "secret"), 403);
  EXPECT_EQ(statusOf(guestToken, "secret"), 403) << "an owner of the project, not of the team";
  EXPECT_EQ(statusOf(guestToken, "dev"), 200);
  EXPECT_EQ(statusOf(town.members[Role::owner], "secret"), 200);
  EXPECT_EQ(statusOf(town.teamToken, "secret"), 200);
  EXPECT_EQ(statusOf(town.owner, "secret"), 200);
  FakeExchange listed("GET", "/_/api/v1/projects/" + project);
  town.authorise(listed, guestToken);
  town.run(town.start(listed));
  for (const auto& space : json::parse(listed.text_)["spaces"]) EXPECT_NE(space["name"], "secret");
}

// What is restricted stays so where operations look beyond their own space, and in the trash.
TEST(PermissionMatrix, RestrictedSpacesAreOutOfReachOfOperationsOnOthers) {
  Town town;
  const auto project = "/_/api/v1/projects/" + town.projectName;
  ASSERT_TRUE(town.catalogue->createSpace(town.projectName, "secret", space::Entry::teamOwners));
  ASSERT_TRUE(town.catalogue->setDomains(town.projectName, "secret", {"secret.example.com"}));
  const auto guest = *town.accounts->addUser("guest2@example.org", "");
  ASSERT_TRUE(town.accounts->setProjectMember(town.catalogue->snapshot()->projects.at(town.projectName)->id, guest.id, Role::owner));
  const auto guestToken = town.tokenOf({.userId = guest.id});
  const auto ask = [&](const std::string& token, std::string method, const std::string& target, std::string body = {}) {
    auto exchange = std::make_unique<FakeExchange>(std::move(method), project + target, std::move(body));
    town.authorise(*exchange, token);
    town.run(town.start(*exchange));
    return exchange;
  };
  EXPECT_EQ(ask(guestToken, "GET", "/spaces/dev/diff?with=secret")->answer_.status, 403);
  EXPECT_EQ(ask(town.members[Role::owner], "GET", "/spaces/dev/diff?with=secret")->answer_.status, 200);
  EXPECT_EQ(ask(guestToken, "POST", "/spaces/dev/domains/move", R"({"domain":"secret.example.com"})")->answer_.status, 403);
  EXPECT_FALSE(ask(guestToken, "GET", "/usage")->text_.contains("secret"));
  EXPECT_TRUE(ask(town.members[Role::owner], "GET", "/usage")->text_.contains("secret"));

  const auto id = town.catalogue->removeSpace(town.projectName, "secret")->id;
  EXPECT_FALSE(ask(guestToken, "GET", "/trash")->text_.contains("secret"));
  EXPECT_TRUE(ask(guestToken, "GET", "/trash")->text_.contains("gone"));
  EXPECT_EQ(ask(guestToken, "POST", "/trash/" + id + "/restore", "{}")->answer_.status, 404);
  EXPECT_EQ(ask(guestToken, "DELETE", "/trash/" + id + "?confirm=secret")->answer_.status, 404);
  EXPECT_EQ(ask(town.members[Role::owner], "POST", "/trash/" + id + "/restore", "{}")->answer_.status, 200);
  EXPECT_EQ(ask(guestToken, "GET", "/spaces/secret")->answer_.status, 403) << "it comes back restricted";
}

TEST(PermissionMatrix, ATokenOfOneSpaceMakesNoCopyOfIt) {
  Town town;
  const auto directory = town.accounts->directory();
  const auto narrow = town.tokenOf({.userId = directory->ownerId, .projectId = town.dev()->projectId, .spaceId = town.dev()->id});
  FakeExchange copied("POST", "/_/api/v1/projects/" + town.projectName + "/spaces/dev/copy", R"({"to":"other"})");
  town.authorise(copied, narrow);
  town.run(town.start(copied));
  EXPECT_EQ(copied.answer_.status, 403) << copied.text_;
}

TEST(PermissionMatrix, AViewerDoesNotSeeKeysOfApiTokens) {
  Town town;
  FakeExchange seen("GET", "/_/api/v1/projects/" + town.projectName + "/spaces/dev");
  town.authorise(seen, town.members[Role::viewer]);
  town.run(town.start(seen));
  EXPECT_EQ(seen.answer_.status, 200);
  EXPECT_FALSE(seen.text_.contains(town.apiKey));
  EXPECT_TRUE(seen.text_.contains(town.apiKey.substr(0, 8)));
}

}  // namespace
}  // namespace redd::control
