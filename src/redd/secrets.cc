#include "secrets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <tuple>

#include "space/catalogue.h"

namespace redd {

void forbidCoreDumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  const int filter = ::open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (filter < 0) return;
  std::ignore = ::write(filter, "0", 1);
  ::close(filter);
}

std::string takeVariable(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) return {};
  std::string out(value);
  std::memset(value, 0, std::strlen(value));
  ::unsetenv(name);
  return out;
}

int rotateSecrets(const std::string& dataDir, const std::string& secretKeyFile, Output output) {
  const auto data = std::filesystem::absolute(dataDir).lexically_normal();
  std::error_code ignored;
  const auto done = [&]() -> Result<space::Resealed> {
    if (!std::filesystem::exists(data / "catalogue.sqlite", ignored)) {
      return notFound(fmt::format("{} is no data directory of a server. Fix: --data DIR", data.string()));
    }
    REDD_TRY(const auto catalogue, space::Catalogue::open(data, secretKeyFile));
    return catalogue->rotateSecretKey();
  }();
  if (!done) {
    std::fprintf(stderr, "redd: %s\n", std::string(done.error().text()).c_str());
    return 1;
  }
  const auto text = output == Output::json
                        ? fmt::format(R"({{"ok":true,"variables":{},"tokens":{}}})", done->variables, done->tokens)
                        : fmt::format("A new secret key seals {} encrypted variables and {} API tokens.\nBackups made before need the old key.",
                                      done->variables, done->tokens);
  std::puts(text.c_str());
  return 0;
}

}  // namespace redd
