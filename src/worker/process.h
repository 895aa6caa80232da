// One stock Node process: started with nothing of ours but its socket, its output pipe and an empty environment (SEC-25).
//
// What it gets: descriptor 0 = /dev/null, 1 and 2 = the output pipe, 3 = the channel, nothing else; no variables but TZ and the
// certificate file; its own session, so that everything it starts can be killed with it; no new privileges, no core dumps; SIGKILL
// when the thread that started it ends, which must therefore live as long as the server does.
// vfork: the calling thread stands still for the about one millisecond until exec.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/result.h"
#include "worker/supervisor.h"

namespace redd::worker {

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Process {
  int pid = -1;
  Fd pidfd;    // readable when it has ended
  Fd channel;  // our end, non-blocking
  Fd output;   // what it prints, non-blocking
};

Result<Process> startProcess(const WorkerOptions& options, std::size_t heapMiB);

void killGroup(int pid);  // SIGKILL to the process and all that it started; only before it is reaped

struct Exit {
  enum class How { running, exited, signalled } how = How::running;
  int number = 0;  // exit status or signal
};
enum class Wait { no, yes };
Exit reap(int pid, Wait wait);

std::size_t residentBytes(int pid);  // 0 when it is gone

}  // namespace redd::worker
