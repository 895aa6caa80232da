// One file that holds a backup or a space: a tar that any tar reads, with a checksum of each entry and of the whole.
//
//   redd/archive.json   first: what it is (kind, time, versions, names)
//   …                   regular files, nothing else; names are relative, of [A-Za-z0-9._/-], without an empty part, '.' or '..'
//   redd/SHA256SUMS     last but one: "HASH  name" for each entry before it, as `sha256sum -c` reads it
//   redd/seal           last: SHA-256 of every byte of the archive before this entry
//
// Written beside its name and renamed when it is synced, so that what has the name is whole. Read with no mercy: what is not exactly of
// this form, to the last byte, is refused before anything is taken out of it. No secret of the format protects it: the checksums find
// damage, not somebody who writes archives of his own; what an archive says is checked by whoever takes it in.
//
// All calls block. Errors: invalidArgument names the archive, the entry and the rule that it breaks; storageFull.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backup/progress.h"
#include "base/clock.h"
#include "base/result.h"

namespace redd::backup {

inline constexpr int kArchiveFormat = 1;
inline constexpr std::size_t kEntriesMax = 4'000'000;

struct Description {
  enum class Kind : std::uint8_t { server, space } kind = Kind::server;
  UnixMs createdMs = 0;
  std::string version;         // of the redd that wrote it
  std::string project, space;  // of Kind::space
};

struct Entry {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  // of its content in the archive
  std::string sha256;        // hex
};

struct Written {
  std::filesystem::path file;
  std::uint64_t bytes = 0;
  std::string sha256;  // of the whole file, hex
  std::size_t entries = 0;
};

class ArchiveWriter {
 public:
  // FILE must not exist; FILE.part is written, 0600.
  static Result<ArchiveWriter> create(const std::filesystem::path& file, const Description& description, Progress& progress);
  ArchiveWriter(ArchiveWriter&&) noexcept;
  ~ArchiveWriter();  // without finish(): nothing is left

  Result<void> add(std::string_view name, std::string_view content);
  Result<void> addFile(std::string_view name, const std::filesystem::path& source);  // a file that nobody writes to
  Result<Written> finish();

 private:
  struct State;
  explicit ArchiveWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Archive {
 public:
  // Reads the whole file and checks everything that the head of this file says.
  static Result<Archive> open(const std::filesystem::path& file, Progress& progress);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  const Description& description() const;
  const std::string& sha256() const;           // of the whole file, hex
  const std::vector<Entry>& entries() const;   // without redd/…, in their order
  const Entry* find(std::string_view name) const;
  Result<std::string> read(const Entry& entry, std::size_t bytesMax) const;
  // Into a new file, 0600, synced, its folder made; its hash is checked once more.
  Result<void> extract(const Entry& entry, const std::filesystem::path& target, Progress& progress) const;

 private:
  struct State;
  explicit Archive(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The description alone, unchecked: for lists. Errors as above.
Result<Description> describe(const std::filesystem::path& file);

}  // namespace redd::backup
