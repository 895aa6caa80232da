// HTTP messages as the rest of the server sees them: no Asio, no Beast.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redd::http {

// Header fields in the order received. Names are lower case. Small and linear: a head holds at most 128 of them.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces every field of that name
  void remove(std::string_view name);
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  std::size_t count(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  void clear() { fields_.clear(); }  // keeps the memory of the list

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// A head that passed admission (SEC-12, SEC-13): the framing is unambiguous, the target is valid origin form (absolute form was
// reduced to it), `host` is the one Host header in lower case (with port, if it was sent).
struct RequestHead {
  std::string method;  // as sent; upper case for the known ones
  std::string target;  // path and query as received
  std::string host;
  Headers headers;
  std::optional<std::uint64_t> contentLength;
  bool chunked = false;
  bool keepAlive = true;
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view query() const {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
  }
  bool hasBody() const { return chunked || contentLength.value_or(0) > 0; }
};

// Names and values must not hold CR, LF or NUL; the server answers 500 instead of sending such a head (SEC-21).
// content-length, transfer-encoding, connection and date are the server's own; others' values of them are dropped.
struct ResponseHead {
  int status = 200;
  Headers headers;
};

std::string_view reasonPhrase(int status);

}  // namespace redd::http
