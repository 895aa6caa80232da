// Streams of operations on their way through the _A_D_M_ door: an exchange that stands between an operation and the caller and puts
// what the operation prints (API.md) into the form that the published client reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data_access.h"
#include "http/server.h"

namespace redd::control {

// Hands everything on. Lives in the coroutine that serves the request, as the exchange behind it does.
class Relay : public http::Exchange {
 public:
  explicit Relay(http::Exchange& outer) : outer_(outer) {}
  const http::RequestHead& head() const override { return outer_.head(); }
  std::string_view peerAddress() const override { return outer_.peerAddress(); }
  Task<Result<std::string>> readBody() override { return outer_.readBody(); }
  void setBodyLimit(std::uint64_t bytes) override { outer_.setBodyLimit(bytes); }
  Task<Result<void>> respond(http::ResponseHead head, std::string body) override { return outer_.respond(std::move(head), std::move(body)); }
  Task<Result<void>> sendHead(http::ResponseHead head) override { return outer_.sendHead(std::move(head)); }
  Task<Result<void>> sendBody(std::string_view bytes) override { return outer_.sendBody(bytes); }
  Task<Result<void>> finish() override { return outer_.finish(); }
  bool headSent() const override { return outer_.headSent(); }
  void onClientGone(std::move_only_function<void()> callback) override { outer_.onClientGone(std::move(callback)); }

 protected:
  http::Exchange& outer_;
};

// The next piece of `text` up to `end`, which is taken away with it; a last one without it is a piece too.
std::string_view takePiece(std::string_view& text, std::string_view end);

// Lines {"key","value"} of key.list become one array of {"key","val","value"} (spec 70.8).
class KeyRelay final : public Relay {
 public:
  explicit KeyRelay(http::Exchange& outer) : Relay(outer), sender_(outer, Lines::array) {}
  Task<Result<void>> sendHead(http::ResponseHead head) override;
  Task<Result<void>> sendBody(std::string_view bytes) override;
  Task<Result<void>> finish() override;

 private:
  LineSender sender_;
};
// {"key":…,"value":…} → {"key":…,"val":…,"value":…}
Result<std::string> withVal(std::string_view pairJson);

// Progress of index.create becomes objects that stand alone, each in its own chunk, since the client parses every chunk as one object
// (spec 70.9): first the field with its count, then how many more were processed. `count` 0: the client knows no such field, and is told
// nothing more of it. Several operations go through one answer: the caller of this begins and ends it.
class IndexRelay final : public Relay {
 public:
  IndexRelay(http::Exchange& outer, std::string field, std::uint64_t count) : Relay(outer), field_(std::move(field)), count_(count) {}
  Task<Result<void>> respond(http::ResponseHead head, std::string body) override;
  Task<Result<void>> sendHead(http::ResponseHead head) override;
  Task<Result<void>> sendBody(std::string_view bytes) override;
  Task<Result<void>> finish() override;
  bool headSent() const override { return headSent_; }
  bool isBuilt() const { return built_; }

 private:
  std::string field_;
  std::uint64_t count_;
  std::uint64_t told_ = 0;
  bool headSent_ = false;
  bool failed_ = false;
  bool built_ = false;
};

// The body, one JSON array of documents, becomes what document.import reads: a document a line. Refused otherwise: the import stores what
// came before and tells where it stopped.
class RestoreRelay final : public Relay {
 public:
  RestoreRelay(http::Exchange& outer, std::uint64_t bytesMax) : Relay(outer), bytesMax_(bytesMax) {}
  Task<Result<std::string>> readBody() override;
  void setBodyLimit(std::uint64_t bytes) override { outer_.setBodyLimit(bytes < bytesMax_ ? bytes : bytesMax_); }

 private:
  enum class Place : std::uint8_t { before, between, inside, behind };
  Result<void> feed(std::string_view piece, std::string& lines);
  Result<void> takeByte(char c, std::string& lines);
  Result<void> takeInside(char c, std::string& lines);

  std::uint64_t bytesMax_;
  Place place_ = Place::before;
  std::size_t depth_ = 0;      // of brackets inside the document
  bool inText_ = false;
  bool isEscaped_ = false;     // the byte before was a backslash in a text
  bool needsComma_ = false;
};

}  // namespace redd::control
