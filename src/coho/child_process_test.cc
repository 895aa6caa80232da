#include "child_process.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

Result<ChildAnswer> shell(const char* script, std::uint32_t totalMs = 30'000, std::size_t outputBytesMax = 1 << 20) {
  const Environment environment({{"PATH", "/usr/bin:/bin"}, {"GIVEN", "value"}});
  return runChild({.arguments = {"/bin/sh", "-c", script},
                   .folder = "/",
                   .environment = environment,
                   .totalMs = totalMs,
                   .outputBytesMax = outputBytesMax});
}

TEST(RunChild, GivesStreamsFolderVariablesAndExitCode) {
  const auto answer = shell("echo $GIVEN; pwd; echo aside >&2; cat; exit 3");
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->out, "value\n/\n");
  EXPECT_EQ(answer->err, "aside\n");
  EXPECT_EQ(answer->exitCode, 3);
  EXPECT_EQ(shell("kill -9 $$")->exitCode, 137);
}

TEST(RunChild, BoundsTimeAndOutput) {
  EXPECT_EQ(shell("exec sleep 60", 50).error().code, ErrorCode::timeout);
  const auto answer = shell("head -c 300000 /dev/zero; echo done >&2", 30'000, 1000);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->out.size(), 1000u);
  EXPECT_EQ(answer->err, "done\n");
}

TEST(RunChild, AMissingProgramIsNotFound) {
  const Environment environment;
  const auto answer = runChild({.arguments = {"/nowhere/program"}, .folder = "/", .environment = environment});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::notFound);
}

}  // namespace
}  // namespace redd::coho
