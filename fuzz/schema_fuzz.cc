// Schemas from hostile text on hostile documents: an answer is an array of complete faults within its bounds, the same each time, and
// what a schema refuses its `not` accepts. The input: one line for the schema, the rest a document.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "query/schema.h"
#include "query/value.h"

using namespace redd::query;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool isLimit(const std::optional<std::string>& faults) { return faults && faults->find("\"keyword\":\"limit\"") != std::string::npos; }

void checkFaults(const std::string& faults) {
  Parser parser;
  const auto list = parser.parse(faults);
  must(list && (*list)->kind == Kind::array && !(*list)->elements.empty() && (*list)->elements.size() <= Schema::kFaultsMax);
  for (const auto& fault : (*list)->elements) {
    for (const char* name : {"instancePath", "schemaPath", "keyword", "message"}) must(find(fault, name) && find(fault, name)->kind == Kind::text);
    must(find(fault, "params") && find(fault, "params")->kind == Kind::object);
  }
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
  const auto schema = Schema::parse(written);
  if (!schema) return 0;
  const auto faults = schema->faults(**document);
  must(schema->faults(**document) == faults);
  if (isLimit(faults)) return 0;
  if (faults) checkFaults(*faults);
  // References and anchors of the whole would lead elsewhere inside `not`.
  if (written.find("$ref") != std::string_view::npos || written.find("\\u") != std::string_view::npos) return 0;
  const auto negation = Schema::parse(std::string(R"({"not":)").append(written) + "}");
  if (!negation) return 0;
  const auto negated = negation->faults(**document);
  must(isLimit(negated) || negated.has_value() != faults.has_value());
  return 0;
}
