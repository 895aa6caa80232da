// A server that answers "Hello": what the HTTP layer itself costs. Serves until its standard input closes, then prints the CPU
// time of its own process, so that bench.mjs can divide it by the requests that wrk counted.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "http/server.h"

namespace {

redd::Task<void> hello(redd::http::Exchange& exchange) {
  redd::http::ResponseHead head{200, {}};
  head.headers.add("content-type", "text/plain; charset=utf-8");
  (void)co_await exchange.respond(std::move(head), "Hello");
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

int main() {
  redd::Loop loop(1);
  redd::Metrics metrics;
  auto server = redd::http::Server::listen(loop, {}, {}, metrics, hello);
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().detail);
    return 1;
  }
  fmt::print("{}\n", (*server)->port());
  std::fflush(stdout);
  boost::asio::posix::stream_descriptor input(loop, dup(STDIN_FILENO));
  input.async_wait(boost::asio::posix::stream_descriptor::wait_read, [&loop](boost::system::error_code) { loop.stop(); });
  loop.run();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{{\"userS\":{},\"systemS\":{},\"requests\":{},\"rssKiB\":{}}}\n", seconds(usage.ru_utime), seconds(usage.ru_stime),
             metrics.counter("redd_http_requests_total").value(), usage.ru_maxrss);
  return 0;
}
