// A JSON Schema (spec 40.9): text → compiled tree → the faults of a document, worded as ajv 8 words them, because apps show
// them and crudlify sends them on. Draft 07 with `{allErrors: true, strict: false}` and full formats, and of 2019-09 and 2020-12
// what people use: $defs, $anchor, dependentRequired, dependentSchemas, minContains, maxContains, prefixItems; `nullable` of
// OpenAPI. Unknown keywords and unknown formats are ignored, unevaluatedItems and unevaluatedProperties with them. References
// reach what stands in the schema itself, nothing else.
//
// The document's own `_id` is not looked at: `additionalProperties: false` does not refuse it, `required: ["_id"]` is content.
//
// Immutable once parsed; faults() may be called from any number of threads. Limits: text 1 MiB, kRegexesMax patterns, depth 100;
// of one answer kFaultsMax faults in about kFaultsBytesMax; of one check kStepsMax schemas applied, kDepthMax of them inside
// one another (a schema that refers to itself on the same value meets this one): over those the document is refused with the
// keyword "limit". Errors of parse: invalidArgument `Invalid schema: KEYWORD at #/place: …`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/value.h"

namespace redd::query {

class Schema {
 public:
  static constexpr std::size_t kTextBytesMax = 1 << 20;
  static constexpr std::size_t kRegexesMax = 200;
  static constexpr std::size_t kFaultsMax = 100;
  static constexpr std::size_t kFaultsBytesMax = 64 << 10;
  static constexpr std::size_t kStepsMax = 5'000'000;
  static constexpr std::size_t kDepthMax = 1'000;

  static Result<Schema> parse(std::string_view text);
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  // A JSON array of {instancePath, schemaPath, keyword, params, message}; nullopt: valid.
  std::optional<std::string> faults(const Value& document) const;

 private:
  struct State;
  explicit Schema(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace redd::query
