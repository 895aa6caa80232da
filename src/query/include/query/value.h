// JSON text as a tree of values that remember the text they came from, so that what is not changed is written as it was
// (spec 40.2). Own reader rather than simdjson, for four things that it refuses or does otherwise (dependencies, section 3):
// the source text of every value, integers beyond 64 bits (JavaScript prints them), the last of two equal keys wins, and a
// depth of our own choosing. Strict RFC 8259 apart from that; lone surrogates and invalid UTF-8 are refused. simdjson checks the
// UTF-8, and fuzz/filter_fuzz.cc holds the two readers to one another. Limits: kDepthMax, kValuesMax. About 0.5 µs for a
// document of 350 bytes.
//
// A Value is a view into its Parser's arena and into the text: both must outlive it. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::query {

inline constexpr std::size_t kDepthMax = 100;  // Limits::documentDepthMax
inline constexpr std::size_t kValuesMax = 1'000'000;

// In the order in which values of different kinds sort (spec 40.5).
enum class Kind : unsigned char { null, number, text, object, array, boolean };

struct Member;

struct Value {
  Kind kind = Kind::null;
  bool boolean = false;
  double number = 0;
  std::string_view text;             // kind text: the characters themselves
  std::span<const Value> elements;   // kind array
  std::span<const Member> members;   // kind object
  std::string_view source;           // its JSON; empty for arrays and objects made by us
};

struct Member {
  std::string_view key;
  std::string_view keySource;  // with quotes
  Value value;
};

const Value* find(const Value& object, std::string_view key);  // nullptr when missing or not an object

bool equal(const Value& a, const Value& b);  // deep; the order of keys does not count
int compare(const Value& a, const Value& b); // total order of spec 40.5
std::string canonical(const Value& value);   // the same text exactly for equal values: a key for hashed sets
void append(std::string& out, const Value& value);
std::string textOf(const Value& value);

class Parser {
 public:
  // Valid until the next parse() of this parser. Errors: invalidArgument, with what and where.
  Result<const Value*> parse(std::string_view json);

  std::pmr::memory_resource& arena() { return arena_; }
  // For values that we make: copies into the arena, with their JSON where it is short.
  Value makeText(std::string_view text);
  Value makeNumber(double number);
  Value makeArray(std::span<const Value> elements);

 private:
  class Reader;
  std::string_view keep(std::string_view bytes);
  template <class T>
  std::span<const T> keepAll(std::span<const T> items);

  static constexpr std::size_t kFirstBytes = 16 << 10;  // enough for most documents, kept from parse to parse
  std::unique_ptr<std::byte[]> first_ = std::make_unique_for_overwrite<std::byte[]>(kFirstBytes);
  std::pmr::monotonic_buffer_resource arena_{first_.get(), kFirstBytes};
  std::vector<Value> valueStack_;
  std::vector<Member> memberStack_;
  std::string scratch_;
};

}  // namespace redd::query
