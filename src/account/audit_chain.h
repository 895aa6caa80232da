// The rows of the audit log and their chain: account/audit.h says what for. Under the lock of Accounts.
#pragma once

#include <string>
#include <string_view>

#include "account/audit.h"
#include "base/result.h"
#include "store/sqlite/database.h"

namespace redd::account {

// Where the chain ends.
struct AuditHead {
  std::int64_t number = 0;
  std::string hash;  // hex; of the last row
};

class AuditChain {
 public:
  AuditChain(store::sqlite::Database& database, std::string key) : database_(database), key_(std::move(key)) {}

  Result<void> load();                                            // the head; a bad one is left for verify() to name
  Result<void> append(const AuditEvent& event, UnixMs now);       // inside a transaction
  void appended() { head_ = next_; }                              // it was committed
  Result<std::vector<AuditRow>> rows(std::int64_t before, std::size_t limit) const;
  Result<AuditVerdict> verify() const;

 private:
  store::sqlite::Database& database_;
  std::string key_;
  AuditHead head_, next_;
};

std::string auditKey(std::string_view accountsKey);  // derived from AccountsOptions::key

}  // namespace redd::account
