// F-12, queries: a filter, a change or options of a find, and a document, from hostile text. Whatever is accepted must be
// applied without a fault, and what comes out must be JSON again. A filter and its $nor find every document once, $and of one is
// itself, and so is its canonical text. The input: one line for what users write, the rest a document.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
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

// What the filter around `text` says of the document; nothing where it is too deep, too large or too much work.
std::optional<bool> matches(const std::string& text, const Value& document) {
  const auto filter = Filter::parse(text);
  if (!filter) return std::nullopt;
  const bool said = filter->matches(document);
  return filter->gaveUp() ? std::nullopt : std::optional(said);
}
void mustSay(std::optional<bool> said, bool expected) {
  if (said && *said != expected) std::abort();
}

void useOtherForms(std::string_view text, const Value& document, bool matched) {
  Parser parser;
  const Value& query = **parser.parse(text);
  const std::string written = textOf(query);
  mustSay(matches(R"({"$nor":[)" + written + "]}", document), !matched);
  mustSay(matches(R"({"$and":[)" + written + "]}", document), matched);
  mustSay(matches(R"({"$or":[)" + written + "]}", document), matched);
  // The order of $regex and $options does not count, and no key is said twice.
  std::string plain = canonical(query);
  for (std::size_t at = 0; (at = plain.find_first_of("\"]},", at)) != std::string::npos;) {
    if (plain[at] == '"') {
      for (++at; plain[at] != '"'; ++at) at += plain[at] == '\\' ? 1 : 0;
      ++at;
    } else if (plain[at] == ',' && (plain[at + 1] == ']' || plain[at + 1] == '}')) {
      plain.erase(at, 1);
    } else {
      ++at;
    }
  }
  mustSay(matches(plain, document), matched);
  if (query.members.size() != 1 || query.members.front().key.starts_with('$')) return;
  const auto& [key, keySource, value] = query.members.front();
  const std::string negated = "{" + std::string(keySource) + R"(:{"$not":)" + textOf(value) + "}}";
  mustSay(matches(negated, document), !matched);
}

void useFilter(std::string_view text, const Value& document) {
  const auto filter = Filter::parse(text);
  if (!filter) return;
  const bool first = filter->matches(document);
  if (filter->gaveUp()) return first ? std::abort() : void();
  if (filter->matches(document) != first && !filter->gaveUp()) std::abort();
  if (filter->matchesAll() && !first) std::abort();
  useOtherForms(text, document, first);
  const auto ids = filter->ids();
  const Value* id = find(document, "_id");
  if (ids && first && id && id->kind == Kind::text && std::ranges::find(*ids, id->text) == ids->end()) std::abort();
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
