// Text of another encoding into UTF-8, as a stream; iconv's names ("latin1", "utf-16le", "windows-1252"). UTF-8 passes through unread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

class Transcoder {
 public:
  static Result<Transcoder> open(const std::string& encoding);  // "": UTF-8. Error: unknown
  Result<std::string> feed(std::string_view piece);
  Result<void> finish() const;  // error: the input ends inside a character

 private:
  struct Close {
    void operator()(void* descriptor) const;
  };
  explicit Transcoder(std::string encoding) : encoding_(std::move(encoding)) {}

  std::string encoding_;
  std::unique_ptr<void, Close> descriptor_;  // none: UTF-8
  std::string left_;                         // the beginning of a character
  std::uint64_t bytesRead_ = 0;
};

}  // namespace redd::coho
