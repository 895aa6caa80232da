// The reads of one space on their way through the threads that all spaces share. A turn of the loop hands over what it called
// together, and takes what is done together: with many readers a wake-up serves several reads.
//
// At most atOnce() of one space run at the same time, one fewer than there are threads: a space's slow reads leave a thread to
// the others. After kTurn reads a space goes to the end of the line.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/suspend.h"
#include "sqlite/read_connections.h"

namespace redd::store::sqlite {

struct ReaderThreads {
  explicit ReaderThreads(std::size_t threads) : count(threads), pool(threads), remover(1) {}
  std::size_t atOnce() const { return count > 1 ? count - 1 : 1; }  // of one space

  const std::size_t count;
  boost::asio::thread_pool pool;
  boost::asio::thread_pool remover;  // of large files, one after the other: no reader waits for them
};

class ReadQueue : public std::enable_shared_from_this<ReadQueue> {
 public:
  static constexpr int kTurn = 64;

  using Done = std::move_only_function<void()>;         // called on the loop
  using Job = std::move_only_function<Done(Moment&)>;   // called and destroyed on a reader's thread

  // The threads outlive the jobs.
  ReadQueue(Loop& loop, ReaderThreads& threads, std::filesystem::path file) : loop_(loop), threads_(threads), connections_(std::move(file)) {}

  void add(Job job);                                     // on the loop
  std::size_t size() const { return size_; }             // on the loop: added and not done
  void closeConnections() { connections_.closeAll(); }   // when size() is 0

 private:
  void flush();
  void deliver();
  void work();  // on a reader's thread

  Loop& loop_;
  ReaderThreads& threads_;
  ReadConnections connections_;

  // The loop's.
  std::vector<Job> gathered_;
  std::size_t size_ = 0;
  std::optional<boost::asio::executor_work_guard<Loop::executor_type>> guard_;  // while size_ > 0, so that the loop stays

  std::mutex mutex_;
  std::deque<Job> queued_;    // guarded by mutex_
  std::vector<Done> done_;    // guarded by mutex_; the loop is told of the first
  std::size_t working_ = 0;   // guarded by mutex_; threads
};

}  // namespace redd::store::sqlite
