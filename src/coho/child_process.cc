#include "child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/clock.h"

namespace redd::coho {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    closeWrite();
    if (read >= 0) close(read);
  }
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  void closeWrite() {
    if (write >= 0) close(write);
    write = -1;
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> start(const ChildRequest& request, const Pipe& out, const Pipe& err) {
  auto arguments = request.arguments;
  std::vector<std::string> variables;
  for (const auto& [name, value] : request.environment.all()) variables.push_back(name + "=" + value);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write, 2);
  posix_spawn_file_actions_addchdir_np(&actions, request.folder.c_str());
  pid_t child = -1;
  const int failure = posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure == 0) return child;
  return Error::make(failure == ENOENT ? ErrorCode::notFound : ErrorCode::internal,
                     fmt::format("cannot start {}: {}", request.arguments[0], std::strerror(failure)));
}

// Reads both streams until both are closed. False: the time is over.
bool drain(const Pipe& out, const Pipe& err, const ChildRequest& request, ChildAnswer& answer) {
  const auto endNs = monotonicNs() + std::int64_t{request.totalMs} * 1'000'000;
  std::array<pollfd, 2> polls{{{out.read, POLLIN, 0}, {err.read, POLLIN, 0}}};
  std::array<std::string*, 2> texts{&answer.out, &answer.err};
  std::array<char, 16 << 10> buffer{};
  while (polls[0].fd >= 0 || polls[1].fd >= 0) {
    const auto leftMs = (endNs - monotonicNs()) / 1'000'000;
    if (leftMs <= 0) return false;
    if (poll(polls.data(), polls.size(), static_cast<int>(leftMs)) < 0 && errno != EINTR) return false;
    for (std::size_t i = 0; i < polls.size(); ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      const auto count = read(polls[i].fd, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        polls[i].fd = -1;
      } else if (const auto room = request.outputBytesMax - std::min(request.outputBytesMax, texts[i]->size()); room > 0) {
        texts[i]->append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
      }
    }
  }
  return true;
}

}  // namespace

Result<ChildAnswer> runChild(const ChildRequest& request) {
  Pipe out;
  Pipe err;
  if (!out.open() || !err.open()) return Error::make(ErrorCode::internal, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  REDD_TRY(const pid_t child, start(request, out, err));
  out.closeWrite();
  err.closeWrite();
  ChildAnswer answer;
  const bool inTime = drain(out, err, request, answer);
  if (!inTime) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!inTime)
    return Error::make(ErrorCode::timeout, fmt::format("{} took longer than {} s", request.arguments[0], request.totalMs / 1000));
  answer.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return answer;
}

}  // namespace redd::coho
