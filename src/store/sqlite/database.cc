#include "store/sqlite/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/write_behind.h"

namespace redd::store::sqlite {
namespace {

constexpr int kBusyMs = 5'000;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

ErrorCode codeOf(sqlite3* handle, int rc) {
  switch (rc & 0xff) {
    case SQLITE_FULL:
      return ErrorCode::storageFull;
    case SQLITE_IOERR: {
      const int reason = sqlite3_system_errno(handle);
      return reason == ENOSPC || reason == EDQUOT ? ErrorCode::storageFull : ErrorCode::internal;
    }
    case SQLITE_CONSTRAINT:
      return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID
                 ? ErrorCode::alreadyExists
                 : ErrorCode::internal;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::internal;
  }
}

Error errorOf(sqlite3* handle, int rc, std::string_view doing) {
  const char* file = sqlite3_db_filename(handle, "main");
  const bool damaged = (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
  Error error = Error::hidden(codeOf(handle, rc), fmt::format("{}: {} ({}), {}{}", file ? file : "database",
                                                              sqlite3_errmsg(handle), rc, doing,
                                                              damaged ? "; storage_damaged" : ""));
  if (error.code == ErrorCode::storageFull) error.publicText = "The disk is full: nothing was written";
  if (damaged) error.publicText = "storage_damaged";
  return error;
}

Error errorOf(sqlite3_stmt* statement, int rc) { return errorOf(sqlite3_db_handle(statement), rc, sqlite3_sql(statement)); }

constexpr std::string_view kKeptSuffix = ".before-format-";

// The copy that precedes a migration: whole or not there.
Result<void> keepAsItWas(Database& database, std::int64_t newFormat) {
  const auto& file = database.file();
  const auto kept = fmt::format("{}{}{}", file.string(), kKeptSuffix, newFormat);
  std::error_code code;
  for (const auto& other : std::filesystem::directory_iterator(file.parent_path().empty() ? "." : file.parent_path(), code)) {
    if (other.path().filename().string().starts_with(file.filename().string() + std::string(kKeptSuffix))) std::filesystem::remove(other.path(), code);
  }
  const std::filesystem::path draft = kept + ".new";
  REDD_TRY_VOID(database.copyTo(draft));
  std::filesystem::rename(draft, kept, code);
  if (code) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be named: {}", kept, code.message()));
  return {};
}

// Both of a copy's connections, closed in whatever way it ends.
struct Copying {
  sqlite3* target = nullptr;
  sqlite3_backup* backup = nullptr;
  int descriptor = -1;  // of the target, beside SQLite's own
  WriteBehind behind = {};

  void sendBehind() {
    struct stat info {};
    if (descriptor >= 0 && ::fstat(descriptor, &info) == 0) behind.wrote(descriptor, info.st_size);
  }
  ~Copying() {
    if (backup) sqlite3_backup_finish(backup);
    sqlite3_close_v2(target);
    if (descriptor >= 0) ::close(descriptor);  // last: it would take SQLite's locks on the file with it
  }
};

Result<void> syncCopy(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // no connection is open on it any more
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return Error::hidden(reason == ENOSPC ? ErrorCode::storageFull : ErrorCode::internal,
                       fmt::format("{} cannot be synced: {}", file.string(), std::generic_category().message(reason)));
}

}  // namespace

// ---- Statement ----

Statement::Statement(Statement&& other) noexcept
    : slot_(std::exchange(other.slot_, nullptr)), handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    giveBack();
    slot_ = std::exchange(other.slot_, nullptr);
    handle_ = std::exchange(other.handle_, nullptr);
  }
  return *this;
}

Statement::~Statement() { giveBack(); }

void Statement::giveBack() {
  if (!handle_) return;
  if (slot_) {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
    slot_->inUse = false;
  } else {
    sqlite3_finalize(handle_);
  }
  slot_ = nullptr;
  handle_ = nullptr;
}

Result<bool> Statement::step() {
  const int rc = sqlite3_step(handle_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return errorOf(handle_, rc);
}

void Statement::reset() { sqlite3_reset(handle_); }

Statement::Kind Statement::kind(int column) const {
  switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_INTEGER: return Kind::integer;
    case SQLITE_FLOAT: return Kind::real;
    case SQLITE_TEXT: return Kind::text;
    case SQLITE_BLOB: return Kind::blob;
    default: return Kind::null;
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(size)) : std::string_view();
}

Result<void> Statement::bindOne(int index, std::int64_t value) {
  const int rc = sqlite3_bind_int64(handle_, index, value);
  if (rc != SQLITE_OK) return errorOf(handle_, rc);
  return {};
}

Result<void> Statement::bindOne(int index, double value) {
  const int rc = sqlite3_bind_double(handle_, index, value);
  if (rc != SQLITE_OK) return errorOf(handle_, rc);
  return {};
}

Result<void> Statement::bindOne(int index, std::string_view value) {
  const char* data = value.data() ? value.data() : "";
  const int rc = sqlite3_bind_text64(handle_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (rc != SQLITE_OK) return errorOf(handle_, rc);
  return {};
}

Result<void> Statement::bindOne(int index, Blob value) {
  const char* data = value.bytes.data() ? value.bytes.data() : "";
  const int rc = sqlite3_bind_blob64(handle_, index, data, value.bytes.size(), SQLITE_TRANSIENT);
  if (rc != SQLITE_OK) return errorOf(handle_, rc);
  return {};
}

Result<void> Statement::bindOne(int index, std::nullptr_t) {
  const int rc = sqlite3_bind_null(handle_, index);
  if (rc != SQLITE_OK) return errorOf(handle_, rc);
  return {};
}

// ---- Database ----

struct Database::State {
  std::filesystem::path file;
  sqlite3* handle = nullptr;
  int walPages = 0;
  int walFrames = 0;
  bool syncFailed = false;
  // A node of the map never moves: Statement keeps a pointer to its slot.
  std::unordered_map<std::string, Statement::Slot, TextHash, std::equal_to<>> statements;

  ~State() {
    for (auto& [sql, slot] : statements) sqlite3_finalize(slot.handle);
    sqlite3_close_v2(handle);
  }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
  auto state = std::make_unique<State>();
  state->file = file;
  const int access = mode == Mode::readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int rc = sqlite3_open_v2(file.c_str(), &state->handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (rc != SQLITE_OK) {
    return Error::hidden(codeOf(state->handle, rc), fmt::format("{} cannot be opened: {}", file.string(), sqlite3_errstr(rc)));
  }
  sqlite3_busy_timeout(state->handle, kBusyMs);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(state->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  Database database(std::move(state));
  if (mode == Mode::readOnly) {
    sqlite3_db_config(database.state_->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // Up to 32 MiB of pages per connection: at SQLite's own 2 MB most time of a query by index went into reading pages again.
    REDD_TRY_VOID(database.script("PRAGMA cell_size_check = ON; PRAGMA query_only = ON; PRAGMA cache_size = -32768;"));
  } else {
    REDD_TRY_VOID(database.script("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                  "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"));
  }
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto found = state_->statements.find(sql);
  if (found != state_->statements.end() && !found->second.inUse) {
    found->second.inUse = true;
    return Statement(&found->second, nullptr);
  }
  const bool keep = found == state_->statements.end() && state_->statements.size() < kStatementsMax;
  sqlite3_stmt* handle = nullptr;
  const int rc = sqlite3_prepare_v3(state_->handle, sql.data(), static_cast<int>(sql.size()),
                                    keep ? SQLITE_PREPARE_PERSISTENT : 0, &handle, nullptr);
  if (rc != SQLITE_OK) return errorOf(state_->handle, rc, sql);
  REDD_CHECK(handle != nullptr);
  if (!keep) return Statement(nullptr, handle);
  Statement::Slot& slot = state_->statements[std::string(sql)];
  slot = {handle, true};
  return Statement(&slot, nullptr);
}

Result<std::int64_t> Database::finish(Statement& statement) {
  const auto before = sqlite3_total_changes64(state_->handle);
  while (true) {
    REDD_TRY(const bool row, statement.step());
    if (!row) return sqlite3_total_changes64(state_->handle) - before;
  }
}

Result<void> Database::script(const std::string& sql) {
  const int rc = sqlite3_exec(state_->handle, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return errorOf(state_->handle, rc, sql);
  return {};
}

Result<void> Database::migrate(std::span<const char* const> steps, std::string_view what) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  std::int64_t format = 0;
  {
    REDD_TRY(Statement row, query("PRAGMA user_version"));
    REDD_TRY([[maybe_unused]] const bool any, row.step());
    format = row.integer(0);
  }
  if (format > newest) {
    return Error::make(ErrorCode::unavailable,
                       fmt::format("{} in {} was written by a newer redd (format {}, this one knows {}). Start that redd.",
                                   what, state_->file.string(), format, newest));
  }
  if (format == newest) return {};
  if (format > 0) REDD_TRY_VOID(keepAsItWas(*this, newest));
  REDD_TRY(Transaction transaction, Transaction::begin(*this));
  for (auto step = format; step < newest; ++step) REDD_TRY_VOID(script(steps[static_cast<std::size_t>(step)]));
  REDD_TRY_VOID(script(fmt::format("PRAGMA user_version = {}", newest)));
  return transaction.commit();
}

Result<void> Database::begin() {
  REDD_TRY_VOID(run("BEGIN IMMEDIATE"));
  return {};
}

Result<void> Database::beginReading() {
  REDD_TRY_VOID(run("BEGIN DEFERRED"));
  return {};
}

Result<void> Database::commit() {
  auto done = run("COMMIT");
  const int rc = done ? SQLITE_OK : sqlite3_extended_errcode(state_->handle);
  state_->syncFailed = rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC;
  if (!done) return std::move(done).error();
  return {};
}

bool Database::syncFailed() const { return state_->syncFailed; }

void Database::rollback() {
  if (inTransaction()) std::ignore = run("ROLLBACK");
}

bool Database::inTransaction() const { return sqlite3_get_autocommit(state_->handle) == 0; }
std::int64_t Database::lastInsertRowid() const { return sqlite3_last_insert_rowid(state_->handle); }
const std::filesystem::path& Database::file() const { return state_->file; }
int Database::walPages() const { return state_->walPages; }
int Database::walFrames() const { return state_->walFrames; }

Result<void> Database::limitPages(std::int64_t pagesMax) {
  return script(fmt::format("PRAGMA max_page_count = {}", pagesMax));
}

void Database::checkpointByHand() {
  // Setting a hook of one's own takes the place of the automatic checkpoint.
  sqlite3_wal_hook(
      state_->handle,
      [](void* user, sqlite3*, const char*, int count) {
        auto& state = *static_cast<State*>(user);
        state.walPages = state.walFrames = count;
        return SQLITE_OK;
      },
      state_.get());
}

Result<void> Database::checkpoint(Checkpoint how) {
  const int mode = how == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
  int logged = 0;
  int copied = 0;
  sqlite3_busy_timeout(state_->handle, 0);  // a long reader, a backup, would hold up all who write for as long as a writer may wait
  const int rc = sqlite3_wal_checkpoint_v2(state_->handle, nullptr, mode, &logged, &copied);
  sqlite3_busy_timeout(state_->handle, kBusyMs);
  if (rc != SQLITE_OK && rc != SQLITE_BUSY) return errorOf(state_->handle, rc, "checkpoint");
  state_->walPages = logged - copied;
  if (how == Checkpoint::truncate && rc == SQLITE_OK) state_->walFrames = 0;
  return {};
}

Result<void> Database::copyTo(const std::filesystem::path& file, const GoesOn& goesOn) {
  std::error_code code;
  std::filesystem::remove(file, code);
  auto copied = copyPages(file, goesOn);
  if (copied) copied = syncCopy(file);
  if (!copied) std::filesystem::remove(file, code);
  return copied;
}

Result<void> Database::copyPages(const std::filesystem::path& file, const GoesOn& goesOn) {
  constexpr int kPagesAtOnce = 256;
  REDD_TRY(const Transaction moment, Transaction::beginReading(*this));
  REDD_TRY_VOID(run("SELECT 1 FROM sqlite_schema"));  // BEGIN alone reads nothing yet, and the moment is that of the first read
  Copying copy;
  int rc = sqlite3_open_v2(file.c_str(), &copy.target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (rc == SQLITE_OK) rc = sqlite3_exec(copy.target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;", nullptr, nullptr, nullptr);
  if (rc == SQLITE_OK) {
    copy.backup = sqlite3_backup_init(copy.target, "main", state_->handle, "main");
    rc = copy.backup ? SQLITE_OK : sqlite3_extended_errcode(copy.target);
    copy.descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  }
  while (rc == SQLITE_OK) {
    rc = sqlite3_backup_step(copy.backup, kPagesAtOnce);
    copy.sendBehind();
    if (rc == SQLITE_OK && goesOn && !goesOn(sqlite3_backup_remaining(copy.backup))) {
      return Error::make(ErrorCode::cancelled, "The copy was broken off");
    }
  }
  if (rc == SQLITE_DONE) return {};
  return Error::hidden(codeOf(copy.target, rc), fmt::format("{} cannot be copied to {}: {}", state_->file.string(), file.string(), sqlite3_errstr(rc)));
}

Result<void> Database::check() {
  REDD_TRY(Statement rows, query("PRAGMA integrity_check(1)"));
  REDD_TRY([[maybe_unused]] const bool any, rows.step());
  if (rows.text(0) == "ok") return {};
  return Error{ErrorCode::internal, fmt::format("{} is damaged: {}", state_->file.string(), rows.text(0)), "storage_damaged"};
}

std::string_view Database::version() { return sqlite3_libversion(); }

// ---- Transaction ----

Result<Transaction> Transaction::begin(Database& database) {
  REDD_TRY_VOID(database.begin());
  return Transaction(database);
}

Result<Transaction> Transaction::beginReading(Database& database) {
  REDD_TRY_VOID(database.beginReading());
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_) database_->rollback();
}

Result<void> Transaction::commit() {
  REDD_TRY_VOID(database_->commit());
  database_ = nullptr;
  return {};
}

}  // namespace redd::store::sqlite
