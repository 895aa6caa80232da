// F-12, queries: a filter, a change or options of a find, and a document, from hostile text. Whatever is accepted must be
// applied without a fault, and what comes out must be JSON again. The input: one line for what users write, the rest a document.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "query/change.h"
#include "query/filter.h"
#include "query/find_options.h"

using namespace redd::query;

namespace {

void mustParse(std::string_view json) {
  Parser parser;
  if (!parser.parse(json)) std::abort();
}

void useFilter(std::string_view text, const Value& document) {
  const auto filter = Filter::parse(text);
  if (!filter) return;
  const bool first = filter->matches(document);
  if (filter->matches(document) != first) std::abort();
  if (filter->matchesAll() && !first) std::abort();
  filter->ids();
  for (const auto& [field, json] : filter->equalities()) mustParse(json);
}

void useChange(std::string_view text, std::string_view document) {
  auto change = Change::parse(text);
  if (!change) return;
  if (const auto changed = change->apply(document)) {
    mustParse(*changed);
    if (const auto identified = withId(*changed, "generated")) mustParse(identified->text);
  }
}

void useOptions(std::string_view text, const Value& document) {
  const auto options = FindOptions::parse(text);
  if (!options) return;
  mustParse(options->projection.apply(document));
  const auto keys = options->sort.keys(document);
  if (options->sort.before(keys, keys)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  const auto written = input.substr(0, line);
  const auto text = line == std::string_view::npos ? std::string_view("{}") : input.substr(line + 1);
  Parser parser;
  const auto document = parser.parse(text);
  if (!document) return 0;
  mustParse(textOf(**document));
  if (compare(**document, **document) != 0 || !equal(**document, **document)) std::abort();
  useFilter(written, **document);
  useChange(written, text);
  useOptions(written, **document);
  return 0;
}
