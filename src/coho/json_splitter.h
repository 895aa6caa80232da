// Cuts a stream of JSON into its documents without building a tree: a JSON array of objects, or objects one after another (NDJSON). The
// text of a document passes through as it is, on one line: a line break between two values becomes a space. What is inside an object
// is the server's to check; here only brackets and strings are followed, so that memory holds one document.
//
// Fed piece by piece, cut anywhere. Limit: kDocumentBytesMax. Errors (invalidArgument, payloadTooLarge) name the line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

class JsonSplitter {
 public:
  static constexpr std::size_t kDocumentBytesMax = 16 << 20;

  // The line on which the document begins, from 1. An error of the consumer ends the splitting.
  using OnDocument = std::move_only_function<Result<void>(std::string_view text, std::uint64_t line)>;
  explicit JsonSplitter(OnDocument onDocument) : onDocument_(std::move(onDocument)) {}

  Result<void> feed(std::string_view piece);
  Result<void> finish();  // the stream has ended

 private:
  enum class Expect : std::uint8_t { start, document, element, commaOrEnd, nothing };  // between documents
  Result<void> between(char c);
  Result<std::size_t> inside(std::string_view rest);  // → how many bytes belong to the document
  Result<void> append(std::string_view bytes);
  Error wrong(std::string_view what) const;

  OnDocument onDocument_;
  std::string document_;
  std::uint64_t line_ = 1;
  std::uint64_t firstLine_ = 1;  // of document_
  std::size_t depth_ = 0;        // 0: between documents
  std::size_t markBytes_ = 0;    // of a byte order mark, seen so far
  Expect expect_ = Expect::start;
  bool inText_ = false;
  bool escaped_ = false;
};

}  // namespace redd::coho
