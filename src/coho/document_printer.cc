#include "document_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "csv.h"
#include "json_text.h"
#include "text.h"

namespace redd::coho {
namespace {

using Sink = DocumentPrinter::Sink;

class ArrayPrinter final : public DocumentPrinter {
 public:
  ArrayPrinter(PrinterOptions options, Sink sink) : options_(std::move(options)), sink_(std::move(sink)) {}
  Result<void> add(std::string_view document) override {
    const std::string_view before = options_.form != DocumentForm::array ? "" : first_ ? "[\n" : ",\n";
    first_ = false;
    out_.assign(before);
    if (options_.form == DocumentForm::pretty) {
      const auto text = prettyDocument(document);
      out_ += options_.screen == Screen::yes ? inertJson(text) : text;
    } else if (options_.screen == Screen::yes) {
      out_ += inertJson(document);
    } else {
      out_ += document;
    }
    if (options_.form != DocumentForm::array) out_ += '\n';
    return sink_(out_);
  }
  Result<void> finish() override {
    if (options_.form != DocumentForm::array) return {};
    return sink_(first_ ? "[]\n" : "\n]\n");
  }

 private:
  PrinterOptions options_;
  Sink sink_;
  std::string out_;
  bool first_ = true;
};

// A member by its name, or inside by a dotted path.
const Json* memberAt(const Json& document, std::string_view path) {
  if (!document.is_object()) return nullptr;
  if (const auto own = document.find(std::string(path)); own != document.end()) return &*own;
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto inside = document.find(std::string(path.substr(0, dot)));
  return inside == document.end() ? nullptr : memberAt(*inside, path.substr(dot + 1));
}

std::string cellOf(const Json& document, const std::string& path) {
  const auto* value = memberAt(document, path);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? value->get<std::string>() : printJson(*value);
}

// What csv and table share: the first page decides about the columns.
class ColumnPrinter : public DocumentPrinter {
 public:
  ColumnPrinter(PrinterOptions options, Sink sink) : options_(std::move(options)), sink_(std::move(sink)) {}
  Result<void> add(std::string_view document) override {
    auto parsed = parseJson(document);
    if (!parsed || !parsed->is_object()) return invalid("the server sent a line that is no JSON object");
    if (begun_) return row(*parsed);
    page_.push_back(std::move(*parsed));
    return page_.size() < kFirstPage ? Result<void>() : begin();
  }
  Result<void> finish() override {
    if (!begun_) REDD_TRY_VOID(begin());
    return end();
  }

 protected:
  virtual Result<void> header(const std::vector<Json>& page) = 0;
  virtual Result<void> row(const Json& document) = 0;
  virtual Result<void> end() { return {}; }

  PrinterOptions options_;
  Sink sink_;
  std::vector<std::string> columns_;

 private:
  Result<void> begin() {
    begun_ = true;
    columns_ = options_.fields;
    if (columns_.empty()) gatherColumns();
    if (columns_.empty()) return {};
    REDD_TRY_VOID(header(page_));
    for (const auto& document : page_) REDD_TRY_VOID(row(document));
    page_.clear();
    return {};
  }
  // _id first: it stands last in documents, and it is what one looks for.
  void gatherColumns() {
    for (const auto& document : page_) {
      for (auto member = document.begin(); member != document.end(); ++member) {
        if (columns_.size() < kColumnsMax && std::ranges::find(columns_, member.key()) == columns_.end()) columns_.push_back(member.key());
      }
    }
    if (const auto id = std::ranges::find(columns_, "_id"); id != columns_.end()) std::rotate(columns_.begin(), id, id + 1);
  }

  std::vector<Json> page_;
  bool begun_ = false;
};

class CsvPrinter final : public ColumnPrinter {
 public:
  using ColumnPrinter::ColumnPrinter;

 protected:
  Result<void> header(const std::vector<Json>&) override {
    for (const auto& column : columns_) {
      if (&column != &columns_.front()) out_ += options_.separator;
      appendCsvField(out_, column, options_.separator);
    }
    return write();
  }
  Result<void> row(const Json& document) override {
    out_.clear();
    for (const auto& column : columns_) {
      const auto* value = memberAt(document, column);
      if (&column != &columns_.front()) out_ += options_.separator;
      if (value != nullptr && !value->is_null()) appendCsvField(out_, cellOf(document, column), options_.separator);
    }
    return write();
  }

 private:
  Result<void> write() {
    if (options_.screen == Screen::yes) out_ = inertLine(out_);
    out_ += '\n';
    return sink_(out_);
  }
  std::string out_;
};

class TablePrinter final : public ColumnPrinter {
 public:
  using ColumnPrinter::ColumnPrinter;

 protected:
  static constexpr std::size_t kGap = 2;
  static constexpr std::size_t kColumnMin = 6;

  Result<void> header(const std::vector<Json>& page) override {
    for (const auto& column : columns_) {
      std::size_t width = columns(inertLine(column));
      for (const auto& document : page) width = std::max(width, columns(inertLine(cellOf(document, column))));
      widths_.push_back(width);
    }
    fit();
    return print([](const std::string& column) { return column; });
  }
  Result<void> row(const Json& document) override {
    return print([&document](const std::string& column) { return cellOf(document, column); });
  }
  Result<void> end() override {
    if (shown_ == columns_.size()) return {};
    return sink_(fmt::format("… and {} more columns; --fields chooses\n", columns_.size() - shown_));
  }

 private:
  // The widest columns give way first; when all are narrow the last ones are left out.
  void fit() {
    shown_ = columns_.size();
    const auto total = [this] { return std::accumulate(widths_.begin(), widths_.begin() + static_cast<std::ptrdiff_t>(shown_), kGap * (shown_ - 1)); };
    while (shown_ > 1 && total() > options_.width) {
      const auto widest = std::max_element(widths_.begin(), widths_.begin() + static_cast<std::ptrdiff_t>(shown_));
      const auto over = total() - options_.width;
      if (*widest > kColumnMin) {
        const auto second = secondWidest(widest - widths_.begin());
        *widest -= std::min(over, std::max<std::size_t>(1, *widest - std::max(second, kColumnMin)));
      } else {
        --shown_;
      }
    }
    if (shown_ == 1) widths_[0] = std::min(widths_[0], options_.width);
  }
  std::size_t secondWidest(std::ptrdiff_t widest) const {
    std::size_t most = 0;
    for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(shown_); ++i) {
      if (i != widest) most = std::max(most, widths_[static_cast<std::size_t>(i)]);
    }
    return most;
  }
  template <class Cell>
  Result<void> print(Cell cell) {
    std::string line;
    for (std::size_t i = 0; i < shown_; ++i) {
      auto text = inertLine(cell(columns_[i]));
      if (options_.screen == Screen::yes) text = cut(text, widths_[i]);
      const auto width = columns(text);
      line += text;
      line.append(width < widths_[i] + kGap ? widths_[i] + kGap - width : kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    line += '\n';
    return sink_(line);
  }

  std::vector<std::size_t> widths_;
  std::size_t shown_ = 0;
};

}  // namespace

std::unique_ptr<DocumentPrinter> DocumentPrinter::create(PrinterOptions options, Sink sink) {
  if (options.form == DocumentForm::csv) return std::make_unique<CsvPrinter>(std::move(options), std::move(sink));
  if (options.form == DocumentForm::table) return std::make_unique<TablePrinter>(std::move(options), std::move(sink));
  return std::make_unique<ArrayPrinter>(std::move(options), std::move(sink));
}

std::string prettyDocument(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool inText = false;
  const auto newLine = [&] {
    out += '\n';
    out.append(std::min<std::size_t>(depth, 200) * 2, ' ');
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (inText) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) out += json[++i];
      if (c == '"') inText = false;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      continue;
    } else if (c == '{' || c == '[') {
      out += c;
      const auto next = json.find_first_not_of(" \n\t\r", i + 1);
      if (next != std::string_view::npos && (json[next] == '}' || json[next] == ']')) {
        out += json[i = next];
      } else {
        ++depth;
        newLine();
      }
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      newLine();
      out += c;
    } else {
      out += c;
      if (c == '"') inText = true;
      if (c == ':') out += ' ';
      if (c == ',') newLine();
    }
  }
  return out;
}

}  // namespace redd::coho
