#include "audit_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "account/audit.h"
#include "base/json.h"
#include "space/catalogue.h"

namespace redd {
namespace {

Result<account::AuditVerdict> verdictOf(const std::filesystem::path& dataDir, const std::filesystem::path& secretKeyFile) {
  REDD_TRY(const auto key, space::keptKeyOf(dataDir, secretKeyFile, "accounts"));
  return account::verifyAudit(dataDir, key);
}

}  // namespace

int verifyAudit(const std::string& dataDir, const std::string& secretKeyFile, Output output) {
  const auto verdict = verdictOf(dataDir, secretKeyFile);
  if (!verdict) {
    std::fprintf(stderr, "redd: %s\n", std::string(verdict.error().text()).c_str());
    return 2;
  }
  if (output == Output::json) {
    const auto bad = verdict->good() ? std::string() : fmt::format(R"(,"firstBad":{},"what":{})", verdict->firstBad, json::quoted(verdict->what));
    fmt::print("{{\"good\":{},\"rows\":{}{}}}\n", verdict->good(), verdict->rows, bad);
  } else if (verdict->good()) {
    fmt::print("The audit log is good: {} rows, each as it was written.\n", verdict->rows);
  } else {
    fmt::print("The audit log is NOT as it was written: {}. The {} rows before it are good.\n", verdict->what, verdict->rows);
  }
  return verdict->good() ? 0 : 1;
}

}  // namespace redd
