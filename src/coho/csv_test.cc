#include "csv.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

using List = std::vector<std::string>;

// Each record as "line:a|'b'" ('…': it stood in quotes), and the error if there was one; the input cut in two at `cut`.
List read(std::string_view input, std::size_t cut, char separator = ',') {
  List out;
  CsvReader reader(separator, [&out](std::vector<CsvField>& record, std::uint64_t line) -> Result<void> {
    auto text = std::to_string(line) + ":";
    for (std::size_t i = 0; i < record.size(); ++i) text += (i > 0 ? "|" : "") + (record[i].quoted ? "'" + record[i].text + "'" : record[i].text);
    out.push_back(std::move(text));
    return {};
  });
  auto done = reader.feed(input.substr(0, cut));
  if (done) done = reader.feed(input.substr(cut));
  if (done) done = reader.finish();
  if (!done) out.push_back("error " + std::string(done.error().text()));
  return out;
}
List read(std::string_view input) { return read(input, input.size()); }

TEST(CsvReader, QuotesBreaksAndSeparators) {
  EXPECT_EQ(read("a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\n,\n"), (List{"1:a|b", "2:1|'x, \"y\"\r\nz'", "4:|"}));
  EXPECT_EQ(read("a;b", 1, ';'), (List{"1:a|b"}));
  EXPECT_EQ(read("\xef\xbb\xbfname,b\n\nx,"), (List{"1:name|b", "3:x|"}));
  EXPECT_EQ(read("\xef\xbb\xbf\"na,me\",b\n"), (List{"1:'na,me'|b"}));
  EXPECT_EQ(read("a\n\"\"\n"), (List{"1:a", "2:''"}));
  EXPECT_EQ(read("say \"hi\",b\n"), (List{"1:say \"hi\"|b"}));
}

TEST(CsvReader, ErrorsNameTheLine) {
  EXPECT_EQ(read("a\n\"x").back(), "error line 2: the input ends inside a field in quotes that begins in this record");
  EXPECT_EQ(read("a\n\"x\"y\n").back(), "error line 2: text follows the closing quote of a field");
  EXPECT_TRUE(read("a\rb\n").back().starts_with("error line 1: a carriage return"));
  EXPECT_TRUE(read("\"" + std::string(CsvReader::kRecordBytesMax + 1, 'x')).back().contains("larger than"));
}

TEST(CsvReader, CutAnywhereItGivesTheSame) {
  for (const std::string_view input : {"\xef\xbb\xbf\"a\",b\r\n\"x\"\"\r\n\",ä\n\n\"\",\r\nlast", "a,b\n\"x\"y", "a\r\n\"open\n"}) {
    for (std::size_t cut = 0; cut < input.size(); ++cut) EXPECT_EQ(read(input, cut), read(input)) << "cut at " << cut;
  }
}

std::string document(std::vector<CsvField> names, std::vector<CsvField> values) {
  CsvDocuments documents;
  if (const auto header = documents.header(names); !header) return std::string(header.error().text());
  const auto made = documents.document(values, 2);
  return made ? *made : std::string(made.error().text());
}

// CP-07, spec 70.10
TEST(CsvDocuments, NumbersAndBooleansAreParsedAndUnderscoresDropped) {
  EXPECT_EQ(document({{"_id"}, {"n"}, {"b"}, {"s"}}, {{"x"}, {"-12.50"}, {"true"}, {"a\"b"}}), R"({"n":-12.50,"b":true,"s":"a\"b"})");
  for (const char* text : {"0", "7", "-1.5", "3.0", "100", "0.001"}) EXPECT_EQ(document({{"n"}}, {{text}}), "{\"n\":" + std::string(text) + "}");
  for (const char* text : {"007", "+47", "1e5", "1.2.3", "1.", ".5", "-", "12345678901234567890", "0x10", "1,5", "-0", "NaN"}) {
    EXPECT_EQ(document({{"n"}}, {{text}}), "{\"n\":\"" + std::string(text) + "\"}");
  }
}

TEST(CsvDocuments, EmptyFieldsAndLengths) {
  EXPECT_EQ(document({{"a"}, {"b"}, {"c"}}, {{""}, {"", true}}), R"({"b":""})");
  EXPECT_TRUE(document({{"a"}}, {{"1"}, {"2"}}).starts_with("line 2: 2 fields, and the first line names 1."));
  EXPECT_EQ(document({{"a"}, {"a"}}, {}), "line 1: the column 'a' stands there twice");
}

TEST(Csv, WhatIsWrittenReadsBack) {
  for (const std::string_view text : {"plain", "", "a,b", "say \"hi\"", "two\nlines", "\r", " x "}) {
    std::string out;
    appendCsvField(out, text, ',');
    const auto back = read(out + "\n");
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0], "1:" + (out.starts_with('"') ? "'" + std::string(text) + "'" : std::string(text)));
  }
}

}  // namespace
}  // namespace redd::coho
