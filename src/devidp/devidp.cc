#include "devidp/devidp.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/suspend.h"

namespace redd::devidp {
namespace {

struct Child {
  pid_t pid = 0;
  int input = -1;   // ours: closing it ends the child
  int output = -1;  // ours: its standard output
};

Result<Child> startChild(const Options& options) {
  std::array<int, 2> in{}, out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    return Error::make(ErrorCode::internal, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  const std::string node = options.node, program = options.program, state = options.stateDir;
  const std::string http = std::to_string(options.httpPort), https = std::to_string(options.httpsPort);
  const std::array<const char*, 9> argv{node.c_str(), program.c_str(), "--http-port", http.c_str(), "--https-port", https.c_str(), "--state", state.c_str(), nullptr};
  std::string path = std::string("PATH=") + (std::getenv("PATH") ? std::getenv("PATH") : "/usr/bin:/bin");
  const std::array<char*, 2> environment{path.data(), nullptr};
  Child child{0, in[1], out[0]};
  const int failed = ::posix_spawn(&child.pid, node.c_str(), &actions, nullptr, const_cast<char**>(argv.data()), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  if (failed == 0) return child;
  ::close(in[1]);
  ::close(out[0]);
  return Error::make(ErrorCode::internal, fmt::format("cannot start the identity provider with {}: {}", node, std::strerror(failed)));
}

class DevIdpImpl final : public DevIdp {
 public:
  DevIdpImpl(Loop& loop, Child child) : child_(child), output_(std::make_shared<boost::asio::posix::stream_descriptor>(loop, child.output)) {}

  ~DevIdpImpl() override {
    *ending_ = true;
    ::close(child_.input);
    ::kill(child_.pid, SIGTERM);
    ::waitpid(child_.pid, nullptr, 0);
    boost::system::error_code ignored;
    output_->close(ignored);
  }

  // Its first line is JSON about itself, or it ended with a sentence on standard error.
  Task<Result<void>> ready() {
    std::string line;
    while (line.find('\n') == std::string::npos) {
      std::array<char, 4096> piece{};
      boost::system::error_code error;
      const std::size_t n = co_await output_->async_read_some(boost::asio::buffer(piece), boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (error || line.size() > 65536) {
        co_return Error::make(ErrorCode::internal, "the development identity provider did not start; its reason stands above");
      }
      line.append(piece.data(), n);
    }
    const auto json = nlohmann::json::parse(line.substr(0, line.find('\n')), nullptr, false);
    if (!json.is_object() || !json.value("ready", false)) co_return Error::make(ErrorCode::internal, "the development identity provider said: " + line);
    issuer_ = json.value("issuer", "");
    caFile_ = json.value("caFile", "");
    httpPort_ = json.value<std::uint16_t>("httpPort", 0);
    httpsPort_ = json.value<std::uint16_t>("httpsPort", 0);
    co_return Result<void>{};
  }

  // Reads on until it ends, so that its pipe never fills and its end is noticed.
  static Task<void> watch(std::shared_ptr<boost::asio::posix::stream_descriptor> output, std::shared_ptr<bool> ending) {
    std::array<char, 4096> piece{};
    boost::system::error_code error;
    while (!error) co_await output->async_read_some(boost::asio::buffer(piece), boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (!*ending) log::error("devidp", "the development identity provider has ended; sign-in does not work until redd dev is started again");
  }
  void startWatching(Loop& loop) { spawn(loop, watch(output_, ending_)); }

  const std::string& issuer() const override { return issuer_; }
  const std::filesystem::path& caFile() const override { return caFile_; }
  std::uint16_t httpPort() const override { return httpPort_; }
  std::uint16_t httpsPort() const override { return httpsPort_; }

 private:
  Child child_;
  std::shared_ptr<boost::asio::posix::stream_descriptor> output_;
  std::shared_ptr<bool> ending_ = std::make_shared<bool>(false);
  std::string issuer_;
  std::filesystem::path caFile_;
  std::uint16_t httpPort_ = 0, httpsPort_ = 0;
};

}  // namespace

Task<Result<std::unique_ptr<DevIdp>>> DevIdp::start(Loop& loop, Options options) {
  REDD_CO_TRY(const Child child, startChild(options));
  auto started = std::make_unique<DevIdpImpl>(loop, child);
  REDD_CO_TRY_VOID(co_await started->ready());
  started->startWatching(loop);
  co_return started;
}

}  // namespace redd::devidp
