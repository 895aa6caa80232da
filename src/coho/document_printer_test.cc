#include "document_printer.h"

#include <gtest/gtest.h>

#include "text.h"

namespace redd::coho {
namespace {

std::string print(PrinterOptions options, const std::vector<std::string>& documents) {
  std::string out;
  const auto printer = DocumentPrinter::create(std::move(options), [&out](std::string_view bytes) -> Result<void> {
    out += bytes;
    return {};
  });
  for (const auto& document : documents) EXPECT_TRUE(printer->add(document));
  EXPECT_TRUE(printer->finish());
  return out;
}

const std::vector<std::string> kTwo = {R"({"name":"Ann","n":1.0,"tags":["a"],"_id":"1"})", R"({"name":"Bo, \"B\"","in":{"x":"y"},"_id":"2"})"};

TEST(DocumentPrinter, ArrayAndLinesPassTheTextThrough) {
  EXPECT_EQ(print({}, kTwo), "[\n" + kTwo[0] + ",\n" + kTwo[1] + "\n]\n");
  EXPECT_EQ(print({}, {}), "[]\n");
  EXPECT_EQ(print({.form = DocumentForm::lines}, kTwo), kTwo[0] + "\n" + kTwo[1] + "\n");
}

TEST(DocumentPrinter, Pretty) {
  EXPECT_EQ(print({.form = DocumentForm::pretty}, {R"({"a":[1.0,{}],"b": "x,:{","c":[]})"}), "{\n  \"a\": [\n    1.0,\n    {}\n  ],\n  \"b\": \"x,:{\",\n  \"c\": []\n}\n");
}

TEST(DocumentPrinter, Csv) {
  EXPECT_EQ(print({.form = DocumentForm::csv}, kTwo), "_id,name,n,tags,in\n1,Ann,1.0,\"[\"\"a\"\"]\",\n2,\"Bo, \"\"B\"\"\",,,\"{\"\"x\"\":\"\"y\"\"}\"\n");
  EXPECT_EQ(print({.form = DocumentForm::csv, .fields = {"in.x", "gone"}, .separator = ';'}, kTwo), "in.x;gone\n;\ny;\n");
  EXPECT_EQ(print({.form = DocumentForm::csv, .fields = {"a"}}, {}), "a\n");
  EXPECT_EQ(print({.form = DocumentForm::csv}, {}), "");
}

TEST(DocumentPrinter, ATableFitsTheTerminal) {
  EXPECT_EQ(print({.form = DocumentForm::table}, {kTwo[0]}), "_id  name  n    tags\n1    Ann   1.0  [\"a\"]\n");
  const auto narrow = print({.form = DocumentForm::table, .screen = Screen::yes, .width = 20}, {R"({"_id":"0123456789","a":"漢漢漢漢漢漢","b":"x"})"});
  EXPECT_EQ(narrow.substr(0, narrow.find('\n')), "_id      a         b");
  for (std::size_t width = 8; width < 60; ++width) {
    const auto text = print({.form = DocumentForm::table, .screen = Screen::yes, .width = width},
                            {R"({"a":"0123456789012345678901234567890","b":"0123456789","c":"01234","d":"0123456789","e":1})"});
    EXPECT_LE(text.find('\n'), width);
    EXPECT_EQ(text.contains("more columns"), width < 32) << text;
  }
}

TEST(DocumentPrinter, TheFirstPageDecidesAboutColumns) {
  std::vector<std::string> documents(DocumentPrinter::kFirstPage, R"({"a":1})");
  documents.push_back(R"({"b":2,"a":3})");
  const auto out = print({.form = DocumentForm::csv}, documents);
  EXPECT_TRUE(out.starts_with("a\n1\n")) << out.substr(0, 20);
  EXPECT_TRUE(out.ends_with("1\n3\n"));
}

// SEC-39
TEST(DocumentPrinter, OnATerminalNothingIsObeyed) {
  const std::string hostile = "{\"a\":\"\x1b[2J\xc2\x9b\xe2\x80\xae\"}";
  EXPECT_EQ(print({.form = DocumentForm::lines, .screen = Screen::yes}, {hostile}), "{\"a\":\"\\u001b[2J\\u009b\\u202e\"}\n");
  EXPECT_EQ(print({.form = DocumentForm::lines}, {hostile}), hostile + "\n");
  for (const auto form : {DocumentForm::array, DocumentForm::pretty, DocumentForm::table, DocumentForm::csv}) {
    const auto out = print({.form = form, .screen = Screen::yes}, {"{\"\\u001b[1m\":\"\\u001b[2J\xc2\x9b\"}"});
    EXPECT_EQ(out.find_first_of("\x1b\x9b"), std::string::npos) << out;
  }
}

TEST(LineReader, LinesHoweverTheyAreCut) {
  const std::string_view input = "{\"a\":1}\n\n{}\n";
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    std::vector<std::string> lines;
    LineReader reader;
    const auto keep = [&lines](std::string_view line) -> Result<void> {
      lines.emplace_back(line);
      return {};
    };
    EXPECT_TRUE(reader.feed(input.substr(0, cut), keep));
    EXPECT_TRUE(reader.feed(input.substr(cut), keep));
    EXPECT_EQ(lines, (std::vector<std::string>{"{\"a\":1}", "", "{}"}));
  }
}

}  // namespace
}  // namespace redd::coho
