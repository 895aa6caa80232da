#include "backup/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "base/json.h"
#include "base/remove_gently.h"
#include "base/write_behind.h"
#include "crypto/hash.h"
#include "disk.h"
#include "tar.h"

namespace redd::backup {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDescriptionName = "redd/archive.json";
constexpr std::string_view kSumsName = "redd/SHA256SUMS";
constexpr std::string_view kSealName = "redd/seal";
constexpr std::string_view kOwnFolder = "redd/";
constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::size_t kDescriptionBytesMax = 16 << 10;
constexpr std::size_t kSealBytes = 65;  // 64 digits and a line's end

std::string descriptionText(const Description& description) {
  const bool isSpace = description.kind == Description::Kind::space;
  std::string out = fmt::format(R"({{"format":{},"kind":"{}","created":{},"version":{})", kArchiveFormat, isSpace ? "space" : "server",
                                description.createdMs, json::quoted(description.version));
  if (isSpace) out += fmt::format(R"(,"project":{},"space":{})", json::quoted(description.project), json::quoted(description.space));
  return out + "}\n";
}

Error refused(const fs::path& file, std::string_view rule) {
  return invalid(fmt::format("{} is refused: {}", file.filename().string(), rule));
}

Result<Description> descriptionFrom(const fs::path& file, std::string_view text) {
  const auto read = nlohmann::json::parse(text, nullptr, false);
  if (!read.is_object()) return refused(file, "its description is no JSON object");
  const auto member = [&read](const char* name) { return read.contains(name) && read[name].is_string() ? read[name].get<std::string>() : std::string(); };
  const auto number = [&read](const char* name) { return read.contains(name) && read[name].is_number_integer() ? read[name].get<std::int64_t>() : -1; };
  if (number("format") > kArchiveFormat) {
    return refused(file, fmt::format("it is of format {}, and this redd knows {}. Fix: take the redd that wrote it, {}, or a newer one", number("format"),
                                     kArchiveFormat, member("version")));
  }
  const auto kind = member("kind");
  if (number("format") != kArchiveFormat || (kind != "server" && kind != "space")) return refused(file, "its description is not one of an archive of redd");
  return Description{kind == "space" ? Description::Kind::space : Description::Kind::server, number("created"), member("version"), member("project"),
                     member("space")};
}

}  // namespace

// ---- writing ----

struct ArchiveWriter::State {
  fs::path file, draft;
  Descriptor out;
  Progress& progress;
  crypto::Sha256 whole;
  std::string sums;
  std::string piece = std::string(kPieceBytes, '\0');
  std::uint64_t bytes = 0;
  std::size_t entries = 0;
  WriteBehind behind = {};

  ~State() {
    if (draft.empty()) return;
    std::error_code ignored;
    out = Descriptor();  // nobody may have it open
    removeGently(draft, ignored);
  }
  Result<void> put(std::string_view content) {
    whole.update(content);
    bytes += content.size();
    REDD_TRY_VOID(writeAll(out, content, draft));
    behind.wrote(out.get(), static_cast<std::int64_t>(bytes));
    return {};
  }
  Result<void> head(std::string_view name, std::uint64_t size) {
    const auto block = tar::write({std::string(name), size});
    if (!block) return invalid(fmt::format("'{}' cannot be the name of an entry", name));
    return put(*block);
  }
  Result<void> pad(std::uint64_t size) { return put(std::string(tar::padding(size), '\0')); }
  Result<void> entry(std::string_view name, std::string_view content) {
    REDD_TRY_VOID(head(name, content.size()));
    REDD_TRY_VOID(put(content));
    return pad(content.size());
  }
};

ArchiveWriter::ArchiveWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveWriter::ArchiveWriter(ArchiveWriter&&) noexcept = default;
ArchiveWriter::~ArchiveWriter() = default;

Result<ArchiveWriter> ArchiveWriter::create(const fs::path& file, const Description& description, Progress& progress) {
  std::error_code ignored;
  if (fs::exists(file, ignored)) return Error::make(ErrorCode::alreadyExists, fmt::format("{} exists already", file.string()));
  REDD_TRY_VOID(makeFolder(file.parent_path()));
  const fs::path draft = file.string() + ".part";
  fs::remove(draft, ignored);  // of one that was killed
  REDD_TRY(auto out, createFile(draft));
  std::unique_ptr<State> state(new State{file, draft, std::move(out), progress, {}, {}});
  ArchiveWriter writer(std::move(state));
  REDD_TRY_VOID(writer.add(kDescriptionName, descriptionText(description)));
  return writer;
}

Result<void> ArchiveWriter::add(std::string_view name, std::string_view content) {
  if (++state_->entries > kEntriesMax) return invalid(fmt::format("An archive has at most {} entries", kEntriesMax));
  REDD_TRY_VOID(state_->entry(name, content));
  state_->sums += fmt::format("{}  {}\n", crypto::sha256Hex(content), name);
  return {};
}

Result<void> ArchiveWriter::addFile(std::string_view name, const fs::path& source) {
  if (++state_->entries > kEntriesMax) return invalid(fmt::format("An archive has at most {} entries", kEntriesMax));
  REDD_TRY(const auto in, openToRead(source));
  REDD_TRY(const auto size, sizeOf(in, source));
  REDD_TRY_VOID(state_->head(name, size));
  crypto::Sha256 hash;
  for (std::uint64_t at = 0; at < size;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, kPieceBytes));
    REDD_TRY(const auto have, readAt(in, state_->piece.data(), wanted, at, source));
    if (have < wanted) return Error::make(ErrorCode::internal, fmt::format("{} became shorter while it was read", source.string()));
    const std::string_view piece(state_->piece.data(), have);
    hash.update(piece);
    REDD_TRY_VOID(state_->put(piece));
    REDD_TRY_VOID(state_->progress.advance(have));
    at += have;
  }
  state_->sums += fmt::format("{}  {}\n", crypto::hex(hash.finish()), name);
  return state_->pad(size);
}

Result<Written> ArchiveWriter::finish() {
  auto& state = *state_;
  REDD_TRY_VOID(state.entry(kSumsName, state.sums));
  auto before = state.whole;  // the state of a hash can be copied
  REDD_TRY_VOID(state.entry(kSealName, crypto::hex(before.finish()) + "\n"));
  REDD_TRY_VOID(state.put(std::string(2 * tar::kBlock, '\0')));
  REDD_TRY_VOID(syncFile(state.out, state.draft));
  std::error_code failed;
  fs::rename(state.draft, state.file, failed);
  if (failed) return failure("name", state.file, failed.value());
  state.draft.clear();
  REDD_TRY_VOID(syncFolder(state.file.parent_path()));
  return Written{state.file, state.bytes, crypto::hex(state.whole.finish()), state.entries};
}

// ---- reading ----

struct Archive::State {
  fs::path file;
  Descriptor in;
  std::uint64_t size = 0;
  Description description;
  std::string sha256;
  std::vector<Entry> entries;
  std::unordered_map<std::string_view, std::size_t> byName;  // into the names of entries
};

namespace {

// Reads an archive from its first byte to its last, once.
class Reading {
 public:
  Reading(const fs::path& file, const Descriptor& in, std::uint64_t size, Progress& progress) : file_(file), in_(in), size_(size), progress_(progress) {}

  Result<void> all();
  Description description;
  std::vector<Entry> entries;  // with redd/archive.json
  std::string sha256;

 private:
  Result<tar::Head> head();
  Result<std::string> content(std::uint64_t bytes, std::string* keep);  // → its hash
  Result<void> sums(std::uint64_t bytes);
  Result<void> seal();
  Error broken(std::string_view rule) const { return refused(file_, rule); }
  Result<std::string_view> next(std::size_t bytes);

  const fs::path& file_;
  const Descriptor& in_;
  std::uint64_t size_;
  Progress& progress_;
  std::uint64_t at_ = 0;
  crypto::Sha256 whole_;
  std::string piece_ = std::string(kPieceBytes, '\0');
};

Result<std::string_view> Reading::next(std::size_t bytes) {
  REDD_TRY(const auto have, readAt(in_, piece_.data(), bytes, at_, file_));
  if (have < bytes) return broken(fmt::format("it ends after {} bytes, in the middle", at_ + have));
  const std::string_view out(piece_.data(), bytes);
  whole_.update(out);
  at_ += bytes;
  REDD_TRY_VOID(progress_.advance(bytes));
  return out;
}

Result<tar::Head> Reading::head() {
  const auto at = at_;
  REDD_TRY(const auto block, next(tar::kBlock));
  auto read = tar::read(block);
  if (!read) return broken(fmt::format("at byte {} there is no head of an entry as redd writes it", at));
  return *std::move(read);
}

Result<std::string> Reading::content(std::uint64_t bytes, std::string* keep) {
  if (bytes > size_ - at_) return broken(fmt::format("at byte {} an entry begins that is longer than the archive", at_));
  crypto::Sha256 hash;
  for (std::uint64_t left = bytes; left > 0;) {
    REDD_TRY(const auto piece, next(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes))));
    hash.update(piece);
    if (keep) keep->append(piece);
    left -= piece.size();
  }
  REDD_TRY(const auto rest, next(static_cast<std::size_t>(tar::padding(bytes))));
  if (rest.find_first_not_of('\0') != std::string_view::npos) return broken(fmt::format("before byte {} there is something between two entries", at_));
  return crypto::hex(hash.finish());
}

Result<void> Reading::all() {
  progress_.bytesInAll = size_;
  while (true) {
    REDD_TRY(auto entry, head());
    if (entry.name == kSumsName) return sums(entry.bytes);
    const bool isFirst = entries.empty();
    if (isFirst != (entry.name == kDescriptionName) || (!isFirst && entry.name.starts_with(kOwnFolder))) {
      return broken(fmt::format("the entry {} has no place there", entry.name));
    }
    if (entries.size() > kEntriesMax) return broken(fmt::format("it has more than {} entries", kEntriesMax));
    if (isFirst && entry.bytes > kDescriptionBytesMax) return broken("its description is too long");
    std::string text;
    const auto offset = at_;
    REDD_TRY(auto hash, content(entry.bytes, isFirst ? &text : nullptr));
    if (isFirst) {
      REDD_TRY(description, descriptionFrom(file_, text));
    }
    entries.push_back({std::move(entry.name), entry.bytes, offset, std::move(hash)});
  }
}

// What follows the entries is what the writer would have written, byte for byte.
Result<void> Reading::sums(std::uint64_t bytes) {
  std::string wanted, found;
  for (const auto& entry : entries) wanted += fmt::format("{}  {}\n", entry.sha256, entry.name);
  if (bytes != wanted.size()) return broken("its list of checksums has not the length that its entries ask for");
  REDD_TRY_VOID(content(bytes, &found));
  if (found != wanted) return broken("an entry does not fit its checksum: a byte was changed");
  return seal();
}

Result<void> Reading::seal() {
  auto before = whole_;
  const auto wanted = crypto::hex(before.finish()) + "\n";
  REDD_TRY(const auto sealHead, head());
  std::string found;
  if (sealHead.name != kSealName || sealHead.bytes != kSealBytes) return broken("its seal is missing");
  REDD_TRY_VOID(content(kSealBytes, &found));
  if (found != wanted) return broken("its seal does not fit: a byte of it was changed");
  REDD_TRY(const auto end, next(2 * tar::kBlock));
  if (end.find_first_not_of('\0') != std::string_view::npos || at_ != size_) return broken("something stands behind its end");
  sha256 = crypto::hex(whole_.finish());
  return {};
}

}  // namespace

Archive::Archive(std::unique_ptr<State> state) : state_(std::move(state)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::~Archive() = default;

Result<Archive> Archive::open(const fs::path& file, Progress& progress) {
  REDD_TRY(auto in, openToRead(file));
  REDD_TRY(const auto size, sizeOf(in, file));
  Reading reading(file, in, size, progress);
  REDD_TRY_VOID(reading.all());
  std::unique_ptr<State> state(new State{file, std::move(in), size, std::move(reading.description), std::move(reading.sha256), std::move(reading.entries), {}});
  state->entries.erase(state->entries.begin());
  for (std::size_t i = 0; i < state->entries.size(); ++i) {
    if (!state->byName.emplace(state->entries[i].name, i).second) return refused(file, fmt::format("the entry {} comes twice", state->entries[i].name));
  }
  return Archive(std::move(state));
}

const Description& Archive::description() const { return state_->description; }
const std::string& Archive::sha256() const { return state_->sha256; }
const std::vector<Entry>& Archive::entries() const { return state_->entries; }

const Entry* Archive::find(std::string_view name) const {
  const auto found = state_->byName.find(name);
  return found == state_->byName.end() ? nullptr : &state_->entries[found->second];
}

Result<std::string> Archive::read(const Entry& entry, std::size_t bytesMax) const {
  if (entry.bytes > bytesMax) return refused(state_->file, fmt::format("{} has {} bytes, and {} is the most", entry.name, entry.bytes, bytesMax));
  std::string out(static_cast<std::size_t>(entry.bytes), '\0');
  REDD_TRY(const auto have, readAt(state_->in, out.data(), out.size(), entry.offset, state_->file));
  if (have < out.size() || crypto::sha256Hex(out) != entry.sha256) return refused(state_->file, fmt::format("{} changed while it was read", entry.name));
  return out;
}

Result<void> Archive::extract(const Entry& entry, const fs::path& target, Progress& progress) const {
  REDD_TRY_VOID(makeFolder(target.parent_path()));
  REDD_TRY(const auto out, createFile(target));
  std::string piece(kPieceBytes, '\0');
  crypto::Sha256 hash;
  WriteBehind behind;
  for (std::uint64_t at = 0; at < entry.bytes;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(entry.bytes - at, kPieceBytes));
    REDD_TRY(const auto have, readAt(state_->in, piece.data(), wanted, entry.offset + at, state_->file));
    if (have == 0) break;
    hash.update(std::string_view(piece.data(), have));
    REDD_TRY_VOID(writeAll(out, std::string_view(piece.data(), have), target));
    REDD_TRY_VOID(progress.advance(have));
    at += have;
    behind.wrote(out.get(), static_cast<std::int64_t>(at));
  }
  if (crypto::hex(hash.finish()) != entry.sha256) return refused(state_->file, fmt::format("{} changed while it was read", entry.name));
  return syncFile(out, target);
}

Result<Description> describe(const fs::path& file) {
  REDD_TRY(const auto in, openToRead(file));
  std::string text(tar::kBlock + kDescriptionBytesMax, '\0');
  REDD_TRY(const auto have, readAt(in, text.data(), text.size(), 0, file));
  const auto head = tar::read(std::string_view(text).substr(0, std::min(have, tar::kBlock)));
  if (!head || head->name != kDescriptionName || head->bytes > have - tar::kBlock) return refused(file, "it does not begin as an archive of redd");
  return descriptionFrom(file, std::string_view(text).substr(tar::kBlock, head->bytes));
}

}  // namespace redd::backup
