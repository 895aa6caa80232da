// The hand-made suspension points, all in this header: a coroutine waits for a callback.
//
// Completion<T> is called exactly once. Where an interface takes a Completion it says on which thread it is called; almost
// all say "on the loop", which is what suspend() needs.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/result.h"
#include "base/task.h"

namespace redd {

template <class T>
using Completion = std::move_only_function<void(Result<T>)>;

namespace detail {
// The suspend() whose start function runs on this thread now. A completion called inside it must not resume the coroutine
// on top of its own stack: it is posted.
inline thread_local const void* starting = nullptr;
}  // namespace detail

// co_await suspend<int>([&](Completion<int> done) { store.incr(key, std::move(done)); })
// `start` runs at once, in the coroutine's thread; `done` may be called inside it, later, or from another thread: the
// coroutine always continues on its own executor.
template <class T, class Start>
Task<Result<T>> suspend(Start start) {
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result<T>)>(
      [](auto handler, Start begin) {
        const void* const outer = detail::starting;
        const void* const self = &outer;
        detail::starting = self;
        begin(Completion<T>([h = std::move(handler), self](Result<T> result) mutable {
          auto executor = boost::asio::get_associated_executor(h);
          auto resume = [h = std::move(h), r = std::move(result)]() mutable { std::move(h)(std::move(r)); };
          if (detail::starting == self) {
            boost::asio::post(executor, std::move(resume));
          } else {
            boost::asio::dispatch(executor, std::move(resume));
          }
        }));
        detail::starting = outer;
      },
      boost::asio::use_awaitable, std::move(start));
}

// Spawns a coroutine that nobody waits for. An exception that escapes it ends the process: ours do not throw.
void spawn(Loop& loop, Task<void> task);
Task<void> sleepMs(std::int64_t ms);

}  // namespace redd
