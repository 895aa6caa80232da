// Straight-line asynchronous code: Task<T> is a coroutine on an Asio loop.
//
// Rules (docs/decisions/0002-coroutines.md): a coroutine is a named function that takes what it keeps by value or by shared
// ownership; no lambda that captures is a coroutine (clang-tidy refuses it). A Task runs on the executor it was spawned on.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace boost::asio {
class io_context;
}

namespace redd {

template <class T>
using Task = boost::asio::awaitable<T>;
using Loop = boost::asio::io_context;  // one thread runs it; objects that belong to it are touched by that thread only

}  // namespace redd
