// The arguments of a call frame, read one after the other: [invocation, "operation", argument, …]. They come from user code, so
// a wrong kind is an error that names the argument. Views stay valid until the next parse.
//
// Documents stay the text that came in (spec 40.2), but only after they were read in full: the lazy reader that finds their ends does
// not look inside. Limits: depth as in Limits::documentDepthMax, kDocumentsMax documents in one insert.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "store/store.h"

namespace redd::host {

struct Flags {
  bool upsert = false, many = false, reverse = false, onlyKeys = false;
};
struct Documents {
  std::vector<std::string> texts;
  bool many = false;  // they came as an array
};

class Arguments {
 public:
  // `payload` has simdjson::SIMDJSON_PADDING readable bytes behind it.
  static Result<Arguments> parse(simdjson::ondemand::parser& parser, std::string_view payload,
                                 std::size_t depthMax = Limits{}.documentDepthMax);

  std::uint32_t invocation() const { return invocation_; }
  std::string_view operation() const { return operation_; }
  std::string_view textAt(std::size_t index) const;  // without taking it; "" of what is absent or no text

  // Each takes the next argument; one that is absent is null.
  Result<std::string> text(std::string_view name, std::size_t bytesMax);
  Result<std::string> textOrEmpty(std::string_view name, std::size_t bytesMax);
  Result<double> number(std::string_view name);
  Result<std::optional<std::int64_t>> milliseconds(std::string_view name);  // rounded; null: none
  Result<std::string> object(std::string_view name);                        // JSON text
  Result<std::string> objectOrEmpty(std::string_view name);                 // null: "{}"
  Result<std::vector<std::string>> texts(std::string_view name, std::size_t bytesMax);  // an array of texts
  Result<Documents> documents(std::string_view name);                       // an object, or an array of them
  Result<store::Selector> selector(std::string_view name);                  // id or query object; null: every document
  Result<Flags> flags(std::string_view name);

  static constexpr std::size_t kDocumentsMax = 10'000;
  static constexpr std::size_t kTextsMax = 100;

 private:
  enum class Kind : std::uint8_t { null, text, number, object, array, other };
  struct Argument {
    Kind kind = Kind::null;
    std::string_view text;  // of a text: what it means; of objects and arrays: their JSON
    double number = 0;
  };
  static constexpr std::size_t kArgumentsMax = 8;  // more than any operation has; those behind are not looked at

  Result<void> add(simdjson::ondemand::value value);
  const Argument& next();
  Result<void> check(std::string_view json, std::string_view name) const;

  std::uint32_t invocation_ = 0;
  std::string_view operation_;
  std::array<Argument, kArgumentsMax> all_;
  std::size_t count_ = 0, taken_ = 0, depthMax_ = 0;
};

}  // namespace redd::host
