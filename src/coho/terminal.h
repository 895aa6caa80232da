// What a person sees: results on standard output, everything else on standard error. Colours and the progress line appear only on a
// terminal, and never with NO_COLOR (colours) or TERM=dumb. One thread.
//
// Everything printed through here has been made inert by its caller, or comes from this program's own text.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "environment.h"

namespace redd::coho {

enum class Colour { red, green, yellow, cyan, dim, bold };

class Terminal {
 public:
  Terminal(std::FILE* out, std::FILE* err, const Environment& environment);

  void out(std::string_view line);                                    // a line of the result
  Result<void> outBytes(std::string_view bytes);                      // part of a result as it is; error: cannot be written
  void note(std::string_view line);                                   // a line beside the result
  std::string paint(Colour colour, std::string_view text) const;      // for out()
  std::string paintNote(Colour colour, std::string_view text) const;  // for note()

  // One line on standard error that is overwritten by the next step and gone with clearProgress(); nothing without a terminal.
  void progress(std::string_view text);
  void clearProgress();

  bool outIsTerminal() const { return outIsTerminal_; }
  bool showsProgress() const { return showsProgress_; }
  std::size_t width() const { return width_; }  // columns of standard output; very many when it is no terminal

 private:
  std::FILE* out_;
  std::FILE* err_;
  bool outIsTerminal_ = false;
  bool outColours_ = false;
  bool errColours_ = false;
  bool showsProgress_ = false;
  bool progressShown_ = false;
  std::size_t width_;
};

// Rows of cells, columns aligned by terminal cells, two spaces between. Cells are made inert and shown on one line.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Lines without newline, the header first. The last column is cut when a line would be wider than `widthMax`.
  std::vector<std::string> lines(std::size_t widthMax) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

enum class Heading { first, none };  // the first row names the columns, or each row its value
void print(Terminal& terminal, const Table& table, Heading heading = Heading::first);

}  // namespace redd::coho
