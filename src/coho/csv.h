// CSV as RFC 4180 has it: fields in quotes may hold separators, doubled quotes and line breaks; lines end with LF or CR LF. Read as a
// stream, one record in memory; and written.
//
// A record becomes a document as the published CLI makes it (spec 70.10): the first record names the fields, numbers and true/false are
// parsed, columns whose name begins with '_' are left out. A field without text is left out too, unless it stands in quotes. Only what
// reads back the same is a number: 007 and +47 stay text.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::coho {

struct CsvField {
  std::string text;
  bool quoted = false;
};

class CsvReader {
 public:
  static constexpr std::size_t kRecordBytesMax = 16 << 20;
  static constexpr std::size_t kFieldsMax = 10'000;

  // The line on which the record begins, from 1. Lines without any text are skipped.
  using OnRecord = std::move_only_function<Result<void>(std::vector<CsvField>& record, std::uint64_t line)>;
  CsvReader(char separator, OnRecord onRecord) : separator_(separator), onRecord_(std::move(onRecord)) {}

  Result<void> feed(std::string_view piece);
  Result<void> finish();

 private:
  enum class State : std::uint8_t { fieldStart, plain, quoted, quoteInQuoted, afterReturn };
  Result<void> take(char c);
  Result<void> add(std::string_view text);
  Result<void> endField();
  Result<void> endRecord();
  Error wrong(std::string_view what) const;

  char separator_;
  OnRecord onRecord_;
  std::vector<CsvField> record_;
  CsvField field_;
  std::size_t recordBytes_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t firstLine_ = 1;
  std::uint64_t recordsSeen_ = 0;
  State state_ = State::fieldStart;
};

// Records into documents; the first one is the header.
class CsvDocuments {
 public:
  Result<std::string> header(const std::vector<CsvField>& record);  // → "" or what was left out
  bool hasHeader() const { return !names_.empty(); }
  Result<std::string> document(const std::vector<CsvField>& record, std::uint64_t line) const;

 private:
  std::vector<std::string> names_;  // as JSON with its colon; empty: left out
};

void appendCsvField(std::string& out, std::string_view text, char separator);

}  // namespace redd::coho
