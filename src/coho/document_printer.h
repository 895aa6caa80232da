// Documents on their way to a person or a file, one after the other, in one of the forms that people ask for. A printer holds no more than
// its first page; what it writes goes to a sink. With Screen::yes the text is for a terminal and made inert (SEC-39); otherwise JSON
// passes through byte for byte.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::coho {

enum class DocumentForm : std::uint8_t { array, lines, pretty, table, csv };
enum class Screen : std::uint8_t { no, yes };

struct PrinterOptions {
  DocumentForm form = DocumentForm::array;
  std::vector<std::string> fields = {};  // columns of table and csv; empty: the members of the first page's documents
  char separator = ',';
  Screen screen = Screen::no;
  std::size_t width = 1 << 20;           // columns of the terminal
};

class DocumentPrinter {
 public:
  static constexpr std::size_t kFirstPage = 100;   // documents that decide about columns
  static constexpr std::size_t kColumnsMax = 200;

  using Sink = std::move_only_function<Result<void>(std::string_view bytes)>;
  static std::unique_ptr<DocumentPrinter> create(PrinterOptions options, Sink sink);
  virtual ~DocumentPrinter() = default;
  virtual Result<void> add(std::string_view document) = 0;  // JSON text
  virtual Result<void> finish() = 0;
};

std::string prettyDocument(std::string_view json);  // indented by two; every number and text as it was

// NDJSON in pieces into its lines. Bound: kLineBytesMax.
class LineReader {
 public:
  static constexpr std::size_t kLineBytesMax = 64 << 20;
  template <class OnLine>
  Result<void> feed(std::string_view piece, OnLine&& onLine) {
    for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
      if (rest_.empty()) {
        REDD_TRY_VOID(onLine(piece.substr(0, end)));
      } else {
        rest_ += piece.substr(0, end);
        REDD_TRY_VOID(onLine(std::string_view(rest_)));
        rest_.clear();
      }
      piece.remove_prefix(end + 1);
    }
    if (rest_.size() + piece.size() > kLineBytesMax) return Error::make(ErrorCode::payloadTooLarge, "the server sent a line of more than 64 MiB");
    rest_ += piece;
    return {};
  }

 private:
  std::string rest_;
};

}  // namespace redd::coho
