// The audit log (SEC-36): every login and every change through the control plane is one row that nobody changes afterwards.
//
// Rows are chained: each holds HMAC-SHA-256, under a key that the catalogue keeps sealed, of the row before and of its own fields;
// the number of rows and the last of these hashes are kept under the same key. So an edited, missing, added or exchanged row is found,
// and so is a cut-off end. Who holds secret.key can write another history: keep copies elsewhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace redd::account {

struct AuditEvent {
  std::string who;         // user id, "team:ID" or ""; what stands beside it is for people
  std::string whoName;     // e-mail or name
  std::string credential;  // id of the token
  std::string action;      // name of the operation
  std::string target;      // project/space, e-mail …: never a secret
  std::string peer;        // the client's address
  int status = 0;          // the HTTP status of the answer
};

struct AuditRow {
  std::int64_t number = 0;  // from 1 on, without gaps
  UnixMs timeMs = 0;
  AuditEvent event;
};

struct AuditVerdict {
  std::int64_t rows = 0;
  std::int64_t firstBad = 0;  // 0: none
  std::string what;           // of the first bad row, for a person
  bool good() const { return firstBad == 0; }
};

// Of a server that runs or not; opens the file read-only. `key`: as AccountsOptions::key. Error: no such file, no database.
Result<AuditVerdict> verifyAudit(const std::filesystem::path& dataDir, std::string_view key);

}  // namespace redd::account
