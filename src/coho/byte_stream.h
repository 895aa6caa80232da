// Files and the standard streams as bytes on their way, with one buffer each: for data that is larger than memory. "-" is the standard
// stream. Blocking; one thread. Errors name the file.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin && file != stdout) std::fclose(file);
  }
};

class InputFile {
 public:
  static Result<InputFile> open(const std::filesystem::path& path);
  Result<std::string_view> read();  // the next piece, valid until the next read(); empty at the end
  std::uint64_t bytesRead() const { return bytesRead_; }
  std::uint64_t bytesInAll() const { return bytesInAll_; }  // 0: nobody knows

 private:
  std::string name_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::string buffer_;
  std::uint64_t bytesRead_ = 0;
  std::uint64_t bytesInAll_ = 0;
};

// A regular file grows under the name PATH.part and gets its own in commit(), so that one that broke off is not taken for whole;
// without commit() it is removed.
class OutputFile {
 public:
  static Result<OutputFile> open(const std::filesystem::path& path);
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();
  Result<void> write(std::string_view bytes);
  Result<void> commit();

 private:
  OutputFile() = default;
  Error failed(std::string_view verb) const;

  std::filesystem::path path_;
  std::filesystem::path draft_;  // empty: written in place
  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace redd::coho
