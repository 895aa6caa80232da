#include "terminal.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "text.h"

namespace redd::coho {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
File temporary() { return {std::tmpfile(), &std::fclose}; }

std::string contents(std::FILE* file) {
  std::string out;
  std::array<char, 256> buffer{};
  std::fflush(file);
  std::rewind(file);
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), file)) out.append(buffer.data(), count);
  return out;
}

TEST(Table, AlignsByTerminalCells) {
  Table table({"NAME", "X", "WHAT"});
  table.add({"漢字", "1", "wide"});
  table.add({"über", "22", "accents"});
  table.add({"e\xcc\x81", "3", ""});
  EXPECT_EQ(table.lines(200), (std::vector<std::string>{"NAME  X   WHAT", "漢字  1   wide", "über  22  accents", "e\xcc\x81     3"}));
}

TEST(Table, CutsOnlyTheLastColumnAndKeepsItReadable) {
  Table table({"KEY", "DESCRIPTION"});
  table.add({"k", std::string(100, 'd')});
  for (const auto& line : table.lines(40)) EXPECT_LE(columns(line), 40u);
  EXPECT_TRUE(table.lines(40)[1].ends_with("…"));
  EXPECT_EQ(columns(table.lines(3)[1]), 15u);  // a terminal too narrow for anything
}

TEST(Table, CellsOfAnotherPartyAreInertAndOneLine) {
  Table table({"A", "B"});
  table.add({"\x1b[2J", "x\ny"});
  EXPECT_EQ(table.lines(200)[1], "\\x1b[2J  x\\ny");
}

TEST(Table, RowsMayBeRagged) {
  Table table({"A"});
  table.add({"1", "2", "3"});
  table.add({});
  EXPECT_EQ(table.lines(200), (std::vector<std::string>{"A", "1  2  3", ""}));
}

TEST(Terminal, AFileGetsNeitherColoursNorProgress) {
  const auto out = temporary();
  const auto err = temporary();
  Terminal terminal(out.get(), err.get(), Environment());
  terminal.progress("working …");
  terminal.out(terminal.paint(Colour::red, "result"));
  terminal.note(terminal.paintNote(Colour::red, "aside"));
  terminal.clearProgress();
  EXPECT_EQ(contents(out.get()), "result\n");
  EXPECT_EQ(contents(err.get()), "aside\n");
}

}  // namespace
}  // namespace redd::coho
