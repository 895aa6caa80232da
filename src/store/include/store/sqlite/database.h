// SQLite behind one small class: connections, cached statements, transactions, formats, and SQLite's errors as ours. Nobody
// else in the server calls sqlite3_*. The library is the pinned copy of cmake/toolchain.cmake (REL-10); a second SQLite must
// never be linked into the process (dependencies, section 4).
//
//   REDD_TRY(auto db, Database::open(path, Mode::readWrite));
//   REDD_TRY_VOID(db.migrate(kSteps, "the catalogue"));
//   REDD_TRY_VOID(db.run("INSERT INTO project(id, name) VALUES(?, ?)", id, name));
//   REDD_TRY(auto rows, db.query("SELECT name, created FROM project WHERE id = ?", id));
//   while (true) {
//     REDD_TRY(bool row, rows.step());
//     if (!row) break;
//     use(rows.text(0), rows.integer(1));
//   }
//
// Threads: a Database and what came from it belong to one thread at a time (SQLite is built with THREADSAFE=2).
// Limits: at most kStatementsMax statements are kept prepared; SQL text is ours, never a user's.
// Errors: storageFull (full disk, quota), alreadyExists (unique constraint), unavailable (locked for over 5 s), internal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace redd::store::sqlite {

struct Blob {  // bound as a BLOB; a string_view is bound as TEXT
  std::string_view bytes;
};

// A prepared statement, borrowed from its Database's cache and given back, reset, by the destructor. Columns count from 0.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Positional parameters from 1 on: integers, double, text, Blob, nullptr, std::optional of these. Texts are copied.
  template <class... Args>
  Result<void> bind(const Args&... args) {
    int index = 0;
    Result<void> result;
    ((result = result ? bindOne(++index, args) : std::move(result)), ...);
    return result;
  }
  Result<bool> step();  // true: there is a row
  void reset();         // to be stepped again, with bind() before it or without

  enum class Kind { integer, real, text, blob, null };
  Kind kind(int column) const;
  bool isNull(int column) const { return kind(column) == Kind::null; }
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;  // text or blob; valid until the next step(), reset() or destruction

 private:
  friend class Database;
  struct Slot {
    sqlite3_stmt* handle = nullptr;
    bool inUse = false;
  };
  Statement(Slot* slot, sqlite3_stmt* own) : slot_(slot), handle_(slot ? slot->handle : own) {}
  void giveBack();

  Result<void> bindOne(int index, std::int64_t value);
  Result<void> bindOne(int index, double value);
  Result<void> bindOne(int index, std::string_view value);
  Result<void> bindOne(int index, Blob value);
  Result<void> bindOne(int index, std::nullptr_t);
  Result<void> bindOne(int index, const std::string& value) { return bindOne(index, std::string_view(value)); }
  Result<void> bindOne(int index, const char* value) { return bindOne(index, std::string_view(value)); }
  template <std::integral T>
  Result<void> bindOne(int index, T value) {
    return bindOne(index, static_cast<std::int64_t>(value));
  }
  template <class T>
  Result<void> bindOne(int index, const std::optional<T>& value) {
    return value ? bindOne(index, *value) : bindOne(index, nullptr);
  }

  Slot* slot_;
  sqlite3_stmt* handle_;
};

enum class Mode {
  readWrite,  // creates the file; WAL, synchronous=FULL; the one connection that commits and checkpoints (REL-10)
  readOnly,   // never checkpoints, not even at close
};

class Database {
 public:
  static constexpr std::size_t kStatementsMax = 128;

  static Result<Database> open(const std::filesystem::path& file, Mode mode);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Runs a statement to its end. Returns the number of rows it changed.
  template <class... Args>
  Result<std::int64_t> run(std::string_view sql, const Args&... args) {
    REDD_TRY(Statement statement, query(sql, args...));
    return finish(statement);
  }
  template <class... Args>
  Result<Statement> query(std::string_view sql, const Args&... args) {
    REDD_TRY(Statement statement, prepare(sql));
    REDD_TRY_VOID(statement.bind(args...));
    return statement;
  }
  Result<Statement> prepare(std::string_view sql);
  Result<void> script(const std::string& sql);  // several statements without parameters or rows

  // Brings the file to format steps.size(): each step is a script; those not yet applied run in one transaction, after the file as it was
  // has been copied to FILE.before-format-N (REL-18; the next migration takes the copy away).
  // A file of a newer format is refused by a sentence that names `what` ("the catalogue").
  Result<void> migrate(std::span<const char* const> steps, std::string_view what);

  Result<void> begin();     // BEGIN IMMEDIATE
  Result<void> beginReading();
  Result<void> commit();
  void rollback();          // nothing when no transaction runs
  bool syncFailed() const;  // the last commit failed in fsync: what the disk holds is unknown (REL-11)
  bool inTransaction() const;

  std::int64_t lastInsertRowid() const;
  const std::filesystem::path& file() const;

  // For the writer lane: pages in the WAL after the last commit, and checkpoints at a time of its own choosing.
  enum class Checkpoint { passive, truncate };
  int walPages() const;
  int walFrames() const;  // that the WAL held after the last commit, until it is emptied
  Result<void> checkpoint(Checkpoint how);
  void checkpointByHand();  // switches the automatic checkpoint off and starts to count for walPages()

  // A copy of this moment in a new file, while others write: a reader's connection, a writer waits for nothing. `goesOn(pagesLeft)` is asked
  // every few MiB; false ends it (cancelled). The file is synced; on an error it is removed.
  using GoesOn = std::function<bool(std::int64_t pagesLeft)>;
  Result<void> copyTo(const std::filesystem::path& file, const GoesOn& goesOn = {});
  Result<void> check();  // reads every page; error: storage_damaged, with the first thing found

  Result<void> limitPages(std::int64_t pagesMax);  // a larger database is refused with storageFull

  static std::string_view version();  // of the SQLite inside

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  Result<std::int64_t> finish(Statement& statement);
  Result<void> copyPages(const std::filesystem::path& file, const GoesOn& goesOn);

  std::unique_ptr<State> state_;
};

// Rolls back unless commit() was called and succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  static Result<Transaction> beginReading(Database& database);  // no lock but a reader's: every statement sees the same moment
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace redd::store::sqlite
