#include "base/suspend.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <thread>
#include <vector>

namespace redd {
namespace {

Task<void> collect(std::vector<std::string>& seen, std::jthread& other) {
  const auto inside = co_await suspend<int>([](Completion<int> done) { done(7); });
  seen.push_back(std::to_string(*inside));

  const auto loopThread = std::this_thread::get_id();
  const auto outside = co_await suspend<std::string>([&other](Completion<std::string> done) {
    other = std::jthread([d = std::move(done)]() mutable { d(std::string("from another thread")); });
  });
  EXPECT_EQ(std::this_thread::get_id(), loopThread);
  seen.push_back(*outside);

  const auto failed = co_await suspend<void>([](Completion<void> done) { done(notFound("gone")); });
  EXPECT_FALSE(failed);
  seen.push_back(failed.error().publicText);
}

TEST(Suspend, ContinuesOnItsOwnLoop) {
  Loop loop;
  auto work = boost::asio::make_work_guard(loop);
  std::vector<std::string> seen;
  std::jthread other;
  spawn(loop, collect(seen, other));
  while (seen.size() < 3) loop.run_one();
  EXPECT_EQ(seen, (std::vector<std::string>{"7", "from another thread", "gone"}));
}

Task<void> countUp(int times, int& sum) {
  for (int i = 0; i < times; ++i) sum += *co_await suspend<int>([](Completion<int> done) { done(1); });
}

TEST(Suspend, ManyImmediateCompletionsDoNotRecurse) {
  Loop loop;
  int sum = 0;
  spawn(loop, countUp(100'000, sum));
  loop.run();
  EXPECT_EQ(sum, 100'000);
}

}  // namespace
}  // namespace redd
