#include "space_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "store/log_book.h"

namespace redd::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

class ListLogBook final : public store::LogBook {
 public:
  std::vector<store::LogLine> lines;
  void append(std::string_view, store::LogLine line) override { lines.push_back(std::move(line)); }
  void tail(std::string, std::size_t, store::LogFilter, Completion<std::vector<store::LogLine>>) override {}
  void refusals(std::string, std::size_t, Completion<store::Refusals>) override {}
  void called(std::string_view, const store::CallerView&) override {}
  void callers(std::string, Completion<std::vector<store::Caller>>) override {}
  std::shared_ptr<void> follow(std::string_view, Follower) override { return nullptr; }
  void forget(std::string, Completion<void>) override {}
  void close(Completion<void>) override {}
};

space::Space someSpace() {
  space::Space space;
  space.id = "id";
  space.project = "p-1234";
  space.name = "dev";
  space.settings.env["KEY"] = {"s3cr3t-value", space::Secrecy::encrypted};
  auto deployment = std::make_shared<space::Deployment>();
  deployment->id = "d1";
  space.deployment = deployment;
  return space;
}

nlohmann::json fieldsOf(const store::LogLine& line) { return nlohmann::json::parse("{" + line.fields + "}"); }

TEST(SpaceLog, ARequestLeavesFieldsThatAProgramReads) {
  ListLogBook book;
  Metrics metrics;
  Activity activity;
  SpaceLog log(book, metrics, activity);
  log.request(someSpace(), {"GET", "/dev/a?x=1&apikey=K-E-Y", "r1", "10.1.2.3", 200, 12'345'000, {}, {}, {}, {}});
  ASSERT_EQ(book.lines.size(), 1U);
  const nlohmann::json wanted = {{"method", "GET"}, {"path", "/dev/a?x=1&apikey=******"}, {"status", 200}, {"durationMs", 12.3},
                                 {"deployment", "d1"}, {"client", "private"}};
  EXPECT_EQ(fieldsOf(book.lines[0]), wanted);
  EXPECT_EQ(book.lines[0].requestId, "r1");
  EXPECT_EQ(book.lines[0].refusal, "");
}

TEST(SpaceLog, ARefusalSaysWhatWasComparedAndHidesSecrets) {
  ListLogBook book;
  Metrics metrics;
  Activity activity;
  SpaceLog log(book, metrics, activity);
  log.request(someSpace(), {"GET", "/dev/s3cr3t-value", "r1", "192.0.2.7", 401, 1'000, "issuer: found s3cr3t-value", "issuer", "iss = a",
                            "iss = s3cr3t-value"});
  ASSERT_EQ(book.lines.size(), 1U);
  const auto& line = book.lines[0];
  EXPECT_EQ(line.refusal, "issuer");
  EXPECT_EQ(line.level, "warn");
  EXPECT_THAT(line.text + line.fields, Not(HasSubstr("s3cr3t")));
  const auto fields = fieldsOf(line);
  EXPECT_EQ(fields["reason"], "issuer");
  EXPECT_EQ(fields["expected"], "iss = a");
  EXPECT_EQ(fields["found"], "iss = ******");
  EXPECT_EQ(fields["address"], "192.0.2.7");
  EXPECT_EQ(fields["client"], "public");
}

TEST(SpaceLog, RequestsCountAsWhatTheyWere) {
  ListLogBook book;
  Metrics metrics;
  Activity activity;
  SpaceLog log(book, metrics, activity);
  const Timeline aside{.startNs = 1};
  const Timeline ran{.startNs = 1, .doorNs = 1, .knownNs = 1, .trace = std::make_shared<worker::Trace>()};
  log.request(someSpace(), {"OPTIONS", "/dev/a", "r1", "192.0.2.7", 204, 1'000, {}, {}, {}, {}, {}, &aside});
  log.request(someSpace(), {"GET", "/dev/a", "r2", "192.0.2.7", 502, 8'000'000, "the worker ended", {}, {}, {}, {}, &ran});
  log.request(someSpace(), {"GET", "/dev/a", "r3", "192.0.2.7", 401, 1'000, "no hook", "no credential", {}, {}, {}, &ran});
  const auto view = activity.view("id", monotonicNs());
  ASSERT_EQ(view.points.size(), 1U);
  EXPECT_EQ(view.points[0].requests, 3U);
  EXPECT_EQ(view.points[0].failures, 1U);
  EXPECT_EQ(view.points[0].refusals, 1U);
  EXPECT_NEAR(*view.points[0].p50Ms, 8, 0.4);
  const auto fields = fieldsOf(book.lines[1]);
  ASSERT_EQ(fields["timeline"].size(), 3U);
  EXPECT_EQ(fields["timeline"][2], nlohmann::json::parse(R"({"name":"queue","startUs":0,"durationUs":8000})"));
  EXPECT_EQ(fieldsOf(book.lines[0])["timeline"].size(), 1U);
}

TEST(SpaceLog, SecretsInAQueryAreMaskedHoweverTheirNameIsWritten) {
  EXPECT_EQ(maskedTarget("/a?b=1"), "/a?b=1");
  EXPECT_EQ(maskedTarget("/apikey=x"), "/apikey=x");
  EXPECT_EQ(maskedTarget("/a?apikey=x&b=2"), "/a?apikey=******&b=2");
  EXPECT_EQ(maskedTarget("/a?%61pikey=x&ACCESS_TOKEN=y&tokens=z"), "/a?%61pikey=******&ACCESS_TOKEN=******&tokens=z");
  EXPECT_EQ(maskedTarget("/a?password="), "/a?password=******");
  EXPECT_EQ(maskedTarget("/a?" + std::string(2'000, 'x')).size(), 1'024U);
}

TEST(SpaceLog, ClassesOfAddresses) {
  EXPECT_EQ(addressClass("127.0.0.9"), "loopback");
  EXPECT_EQ(addressClass("::1"), "loopback");
  EXPECT_EQ(addressClass("172.16.0.1"), "private");
  EXPECT_EQ(addressClass("fd00::1"), "private");
  EXPECT_EQ(addressClass("203.0.113.5"), "public");
  EXPECT_EQ(addressClass(""), "");
}

}  // namespace
}  // namespace redd::gateway
