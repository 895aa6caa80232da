// The readers of coho import: wherever the input is cut, the same documents and records come out, and what a CSV record becomes is JSON.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "csv.h"
#include "json_splitter.h"
#include "json_text.h"

namespace {

using redd::Result;
using namespace redd::coho;

template <class Reader>
void feed(Reader& reader, std::string_view input, std::size_t cut, std::string& out) {
  auto done = reader.feed(input.substr(0, cut));
  if (done) done = reader.feed(input.substr(cut));
  if (done) done = reader.finish();
  if (!done) out += "error " + std::string(done.error().text());
}

std::string split(std::string_view input, std::size_t cut) {
  std::string out;
  JsonSplitter splitter([&out](std::string_view text, std::uint64_t line) -> Result<void> {
    if (!text.starts_with('{') || text.contains('\n')) std::abort();
    out += std::to_string(line) + ":" + std::string(text) + "\n";
    return {};
  });
  feed(splitter, input, cut, out);
  return out;
}

std::string records(std::string_view input, std::size_t cut) {
  std::string out;
  CsvDocuments documents;
  CsvReader reader(',', [&](std::vector<CsvField>& record, std::uint64_t line) -> Result<void> {
    if (!documents.hasHeader()) {
      REDD_TRY_VOID(documents.header(record));
      return {};
    }
    REDD_TRY(const auto document, documents.document(record, line));
    out += std::to_string(line) + ":" + document + "\n";
    const bool isAscii = std::ranges::all_of(document, [](char c) { return c >= ' ' && c <= '~'; });  // what is no UTF-8 the server refuses
    if (isAscii && !parseJson(document)) std::abort();
    return {};
  });
  feed(reader, input, cut, out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = data[0] % (input.size() + 1);
  if (split(input, cut) != split(input, 0)) std::abort();
  if (records(input, cut) != records(input, 0)) std::abort();
  return 0;
}
