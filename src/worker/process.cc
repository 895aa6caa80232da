#include "process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

namespace redd::worker {
namespace {

constexpr int kChannelFd = 3;
constexpr int kFirstFreeFd = 10;  // sources of dup2 stand above its targets
constexpr rlim_t kDescriptorsMax = 1'024;
constexpr rlim_t kDataBytesMax = rlim_t{3} << 29;  // 1.5 GiB, spec 95 "Default limits": the backstop behind the watchdog

Error failed(std::string_view what) {
  return Error::hidden(ErrorCode::unavailable, fmt::format("cannot start a worker: {}: {}", what, std::strerror(errno)));
}

Fd raised(int fd) {  // a copy at kFirstFreeFd or above; closes fd
  const Fd low(fd);
  return Fd(fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFreeFd));
}

struct ChildEnds {
  int null, output, channel;
};

// Between vfork and exec: only calls that are safe there, no memory of ours is written.
[[noreturn]] void becomeNode(const ChildEnds& ends, pid_t parent, const char* path, char* const* argv, char* const* envp) {
  const rlimit noCore{0, 0};
  const rlimit descriptors{kDescriptorsMax, kDescriptorsMax};
  const rlimit data{kDataBytesMax, kDataBytesMax};
  sigset_t none;
  sigemptyset(&none);
  struct sigaction byDefault = {};
  byDefault.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &byDefault, nullptr);
  const bool ready = setsid() >= 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
                     prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &noCore) == 0 &&
                     setrlimit(RLIMIT_NOFILE, &descriptors) == 0 && setrlimit(RLIMIT_DATA, &data) == 0 && chdir("/") == 0 &&
                     dup2(ends.null, 0) == 0 && dup2(ends.output, 1) == 1 && dup2(ends.output, 2) == 2 &&
                     dup2(ends.channel, kChannelFd) == kChannelFd && syscall(SYS_close_range, kChannelFd + 1, ~0U, 0) == 0 &&
                     sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
  if (ready) execve(path, argv, envp);
  _exit(127);
}

pid_t launch(const ChildEnds& ends, const char* path, char* const* argv, char* const* envp) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);  // no handler of ours may run in the child
  const pid_t parent = getpid();
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
  const pid_t pid = vfork();  // NOLINT: fork would copy page tables and stall the loop
#pragma clang diagnostic pop
  if (pid == 0) becomeNode(ends, parent, path, argv, envp);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Process> startProcess(const WorkerOptions& options, std::size_t heapMiB) {
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) return failed("socketpair");
  Fd ours(sockets[0]);
  const Fd theirs = raised(sockets[1]);
  std::array<int, 2> pipes{};
  if (::pipe2(pipes.data(), O_CLOEXEC) != 0) return failed("pipe");
  Fd output(pipes[0]);
  const Fd outputEnd = raised(pipes[1]);
  const Fd null = raised(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (theirs.get() < 0 || outputEnd.get() < 0 || null.get() < 0) return failed("descriptors");
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);

  std::error_code gone;
  const auto entry = options.runtimeDir / (std::filesystem::exists(options.runtimeDir / "main.cjs", gone) ? "main.cjs" : "main.mjs");
  // Without a limit of its own the young generation makes V8 collect all the time under a small heap.
  std::vector<std::string> args{"node", fmt::format("--max-old-space-size={}", heapMiB), "--max-semi-space-size=8", entry.string()};
  std::vector<std::string> env{"TZ=UTC"};
  if (!options.caFile.empty()) env.push_back("NODE_EXTRA_CA_CERTS=" + options.caFile.string());
  const std::string path = options.node.string();
  const pid_t pid = launch({null.get(), outputEnd.get(), theirs.get()}, path.c_str(), pointers(args).data(), pointers(env).data());
  if (pid < 0) return failed("vfork");
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (pidfd.get() < 0) {
    const Error error = failed("pidfd_open");
    killGroup(pid);
    reap(pid, Wait::yes);
    return error;
  }
  return Process{pid, std::move(pidfd), std::move(ours), std::move(output)};
}

void killGroup(int pid) {
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);  // before setsid there is no group yet
}

Exit reap(int pid, Wait wait) {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | (wait == Wait::no ? WNOHANG : 0));
  } while (result != 0 && errno == EINTR);
  if (result != 0 || info.si_pid == 0) return {};
  return {info.si_code == CLD_EXITED ? Exit::How::exited : Exit::How::signalled, info.si_status};
}

std::size_t residentBytes(int pid) {
  const std::string path = fmt::format("/proc/{}/statm", pid);
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 128> text{};
  if (file.get() < 0 || ::read(file.get(), text.data(), text.size() - 1) <= 0) return 0;
  unsigned long total = 0;
  unsigned long resident = 0;
  if (std::sscanf(text.data(), "%lu %lu", &total, &resident) != 2) return 0;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace redd::worker
