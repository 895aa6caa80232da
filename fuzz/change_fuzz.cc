// Changes from hostile text on hostile documents: what comes out is JSON within the same limits, `_id` stays, and what is said twice
// is said once. The input: one line for the change, the rest a document.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "query/change.h"
#include "query/value.h"

using namespace redd::query;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

std::string idOf(std::string_view json) {
  Parser parser;
  const auto document = parser.parse(json);
  must(document.has_value());
  const Value* id = find(**document, "_id");
  return id ? canonical(*id) : "none";
}

std::string canonicalOf(std::string_view json) {
  Parser parser;
  const auto value = parser.parse(json);
  must(value.has_value());
  return canonical(**value);
}

// Parts of the change that mean the same when they are applied again.
bool isIdempotent(const Value& change) {
  for (const auto& member : change.members) {
    const auto& key = member.key;
    if (!key.starts_with('$') || key == "$set" || key == "$unset" || key == "$addToSet" || key == "$pullAll" || key == "$pull") continue;
    if (key == "$min" || key == "$max" || key == "$setOnInsert") continue;
    return false;
  }
  return change.kind == Kind::object;
}

// $unset and $pull of what $set made anew would come between.
bool isOneOperator(const Value& change) {
  return change.members.size() == 1 || std::ranges::none_of(change.members, [](const Member& member) { return member.key.starts_with('$'); });
}

void useIds(std::string_view document) {
  const auto identified = withId(document, "generated");
  if (!identified) return;
  Parser parser;
  const auto again = parser.parse(identified->text);
  must(again.has_value());
  const Value* id = find(**again, "_id");
  must(id && id->kind == Kind::text && id->text == identified->id);
  const auto fixed = withFixedId(identified->text, "other");
  must(fixed && idOf(*fixed) == "\"other\"");
  const auto same = withId(identified->text, "unused");
  must(same && same->id == identified->id && same->text == identified->text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  const auto written = input.substr(0, line);
  const auto text = line == std::string_view::npos ? std::string_view("{}") : input.substr(line + 1);
  Parser documents, changes;
  const auto document = documents.parse(text);
  if (!document) return 0;
  useIds(text);
  auto change = Change::parse(written);
  if (!change) return 0;
  const auto once = change->apply(text);
  if (!once) return 0;
  must(idOf(*once) == idOf(text));
  must(*change->apply(text) == *once);
  const auto parsed = changes.parse(written);
  if (!parsed || !isIdempotent(**parsed) || !isOneOperator(**parsed)) return 0;
  const auto twice = change->apply(*once);
  must(twice && canonicalOf(*twice) == canonicalOf(*once));
  return 0;
}
