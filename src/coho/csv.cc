#include "csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kNumberBytesMax = 32;

// A number that JavaScript prints as it stands here, so that nothing is lost: not 007, +47, 1.50, nor 20 digits.
bool isNumber(std::string_view text) {
  if (text.empty() || text.size() > kNumberBytesMax || text.find_first_not_of("-.0123456789") != std::string_view::npos) return false;
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return false;
  const auto printed = json::number(value);
  if (printed == text) return true;
  // 12.50 and 3.0 are numbers too: digits after the point that mean nothing. 1.2.3 was refused above.
  const auto point = text.find('.');
  if (point == std::string_view::npos || point + 1 == text.size()) return false;
  auto shortest = text.substr(0, text.find_last_not_of('0') + 1);
  if (shortest.ends_with('.')) shortest.remove_suffix(1);
  return shortest == printed;
}

}  // namespace

Error CsvReader::wrong(std::string_view what) const { return invalid(fmt::format("line {}: {}", firstLine_, what)); }

Result<void> CsvReader::add(std::string_view text) {
  recordBytes_ += text.size();
  if (recordBytes_ > kRecordBytesMax) {
    return Error::make(ErrorCode::payloadTooLarge,
                       fmt::format("line {}: the record that begins here is larger than {}; a quote may be missing", firstLine_, sizeText(kRecordBytesMax)));
  }
  field_.text += text;
  return {};
}

Result<void> CsvReader::endField() {
  if (record_.size() >= kFieldsMax) return wrong(fmt::format("more than {} fields", kFieldsMax));
  record_.push_back(std::exchange(field_, {}));
  state_ = State::fieldStart;
  return {};
}

Result<void> CsvReader::endRecord() {
  REDD_TRY_VOID(endField());
  const bool blank = record_.size() == 1 && record_[0].text.empty() && !record_[0].quoted;
  if (!blank) {
    if (recordsSeen_++ == 0 && record_[0].text.starts_with(kByteOrderMark)) record_[0].text.erase(0, kByteOrderMark.size());
    REDD_TRY_VOID(onRecord_(record_, firstLine_));
  }
  record_.clear();
  recordBytes_ = 0;
  firstLine_ = line_;
  return {};
}

Result<void> CsvReader::take(char c) {
  if (c == '\n') ++line_;
  if (state_ == State::quoted) {
    if (c != '"') return add(std::string_view(&c, 1));
    state_ = State::quoteInQuoted;
    return {};
  }
  if (state_ == State::quoteInQuoted && c == '"') {
    state_ = State::quoted;
    return add("\"");
  }
  if (state_ == State::afterReturn) {
    if (c == '\n') return endRecord();
    return wrong("a carriage return stands alone. Fix: end lines with LF or CR LF, or put the field in quotes");
  }
  if (c == separator_) return endField();
  if (c == '\n') return endRecord();
  if (c == '\r') {
    state_ = State::afterReturn;
    return {};
  }
  // A byte order mark before a first field in quotes.
  const bool atStart = state_ == State::fieldStart || (recordsSeen_ == 0 && record_.empty() && field_.text == kByteOrderMark);
  if (c == '"' && atStart) {
    field_ = {{}, true};
    state_ = State::quoted;
    return {};
  }
  if (state_ == State::quoteInQuoted) return wrong("text follows the closing quote of a field");
  state_ = State::plain;
  return add(std::string_view(&c, 1));
}

Result<void> CsvReader::feed(std::string_view piece) {
  const char ends[] = {'"', '\r', '\n', separator_};
  const std::string_view endsOfPlain(ends, sizeof ends);
  while (!piece.empty()) {
    // What stands inside a field goes by at once, the rest byte by byte.
    std::size_t inside = 0;
    if (state_ == State::plain) inside = std::min(piece.size(), piece.find_first_of(endsOfPlain));
    if (state_ == State::quoted) inside = std::min(piece.size(), piece.find_first_of("\"\n"));
    if (inside > 0) REDD_TRY_VOID(add(piece.substr(0, inside)));
    piece.remove_prefix(inside);
    if (piece.empty()) break;
    REDD_TRY_VOID(take(piece.front()));
    piece.remove_prefix(1);
  }
  return {};
}

Result<void> CsvReader::finish() {
  if (state_ == State::quoted) return wrong("the input ends inside a field in quotes that begins in this record");
  if (record_.empty() && field_.text.empty() && !field_.quoted) return {};
  return endRecord();
}

Result<std::string> CsvDocuments::header(const std::vector<CsvField>& record) {
  std::string left;
  std::vector<std::string> names;
  for (const auto& field : record) {
    const bool kept = !field.text.empty() && !field.text.starts_with('_');
    if (kept && std::ranges::find(names, field.text) != names.end()) return invalid(fmt::format("line 1: the column '{}' stands there twice", inertLine(field.text)));
    names.push_back(kept ? field.text : std::string());
    if (!kept) left += (left.empty() ? "" : ", ") + (field.text.empty() ? std::string("one without name") : field.text);
  }
  for (auto& name : names) names_.push_back(name.empty() ? std::string() : json::quoted(name) + ":");
  return left;
}

Result<std::string> CsvDocuments::document(const std::vector<CsvField>& record, std::uint64_t line) const {
  if (record.size() > names_.size()) {
    return invalid(fmt::format("line {}: {} fields, and the first line names {}. Fix: check the separator and the quotes", line, record.size(), names_.size()));
  }
  std::string out = "{";
  for (std::size_t i = 0; i < record.size(); ++i) {
    const auto& field = record[i];
    if (names_[i].empty() || (field.text.empty() && !field.quoted)) continue;
    if (out.size() > 1) out += ',';
    out += names_[i];
    if (field.text == "true" || field.text == "false") {
      out += field.text;
    } else if (isNumber(field.text)) {
      out += field.text;
    } else {
      json::appendString(out, field.text);
    }
  }
  return out + "}";
}

void appendCsvField(std::string& out, std::string_view text, char separator) {
  const bool plain = !text.empty() && text.find_first_of("\"\r\n") == std::string_view::npos && !text.contains(separator);
  if (plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace redd::coho
