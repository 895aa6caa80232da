#include "terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kWidthUnlimited = 1 << 20;
constexpr std::size_t kLastColumnMin = 10;

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::red: return "31";
    case Colour::green: return "32";
    case Colour::yellow: return "33";
    case Colour::cyan: return "36";
    case Colour::dim: return "2";
    case Colour::bold: return "1";
  }
  return "0";
}

std::string painted(Colour colour, std::string_view text) { return fmt::format("\x1b[{}m{}\x1b[0m", code(colour), text); }

std::size_t widthOf(std::FILE* file) {
  winsize size{};
  if (isatty(fileno(file)) != 1 || ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidthUnlimited;
  return size.ws_col;
}

void write(std::FILE* file, std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); }

}  // namespace

Terminal::Terminal(std::FILE* out, std::FILE* err, const Environment& environment) : out_(out), err_(err), width_(widthOf(out)) {
  const bool dumb = environment.get("TERM") == "dumb";
  const bool colours = !dumb && environment.get("NO_COLOR").empty();
  outIsTerminal_ = isatty(fileno(out)) == 1;
  outColours_ = colours && outIsTerminal_;
  errColours_ = colours && isatty(fileno(err)) == 1;
  showsProgress_ = !dumb && isatty(fileno(err)) == 1;
}

void Terminal::out(std::string_view line) {
  clearProgress();
  write(out_, fmt::format("{}\n", line));
  std::fflush(out_);
}

Result<void> Terminal::outBytes(std::string_view bytes) {
  clearProgress();
  if (std::fwrite(bytes.data(), 1, bytes.size(), out_) == bytes.size() && std::fflush(out_) == 0) return {};
  return Error::make(ErrorCode::storageFull, fmt::format("standard output cannot be written: {}", std::strerror(errno)));
}

void Terminal::note(std::string_view line) {
  clearProgress();
  write(err_, fmt::format("{}\n", line));
}

std::string Terminal::paint(Colour colour, std::string_view text) const { return outColours_ ? painted(colour, text) : std::string(text); }

std::string Terminal::paintNote(Colour colour, std::string_view text) const {
  return errColours_ ? painted(colour, text) : std::string(text);
}

void Terminal::progress(std::string_view text) {
  if (!showsProgress_) return;
  write(err_, fmt::format("\r\x1b[K{}", paintNote(Colour::dim, text)));
  std::fflush(err_);
  progressShown_ = true;
}

void Terminal::clearProgress() {
  if (!progressShown_) return;
  write(err_, "\r\x1b[K");
  std::fflush(err_);
  progressShown_ = false;
}

std::vector<std::string> Table::lines(std::size_t widthMax) const {
  std::vector<std::size_t> widths;
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows_) {
    auto& shown = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      shown.push_back(inertLine(row[i]));
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], columns(shown.back()));
    }
  }
  std::vector<std::string> out;
  for (const auto& row : cells) {
    std::string line;
    std::size_t used = 0;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - columns(row[i]) + 2, ' ');
      used += widths[i] + 2;
    }
    if (!row.empty()) line += cut(row.back(), widthMax > used + kLastColumnMin ? widthMax - used : kLastColumnMin);
    while (line.ends_with(' ')) line.pop_back();
    out.push_back(std::move(line));
  }
  return out;
}

void print(Terminal& terminal, const Table& table, Heading heading) {
  bool isHeading = heading == Heading::first;
  for (const auto& line : table.lines(terminal.width())) {
    terminal.out(isHeading ? terminal.paint(Colour::dim, line) : line);
    isHeading = false;
  }
}

}  // namespace redd::coho
