// The control API of a server (src/control/API.md) over http::fetch(). Blocking; one thread. Every text of an answer is the server's:
// it is made inert where it is printed, and in the errors made here.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"
#include "json_text.h"
#include "login.h"

namespace redd::coho {

struct Request {
  std::string method = "GET";
  std::string path{};  // below /_/api/v1, each segment through segment()
  Json body{};         // null: none
  std::string text{};  // the body as it is, instead; "" none
  std::string textType = "application/json";
  std::uint32_t totalMs = 30'000;
  std::size_t answerBytesMax = 8 << 20;
};

struct ServerAnswer {
  int status = 0;
  Json json;
  bool isSuccess() const { return status >= 200 && status < 300; }
};

class Client {
 public:
  explicit Client(Login login) : login_(std::move(login)) {}

  Result<ServerAnswer> send(Request request) const;  // error: no answer, or one that is not a Redd server's
  Result<Json> call(Request request) const;          // also an error when the server refused: its own sentence
  Error refusal(const ServerAnswer& answer) const;

  // Events of a text/event-stream, one call for each one's event name and data, until the server or `onEvent` (false) ends it.
  enum class StreamEnd { byServer, byCaller };
  using OnEvent = std::move_only_function<bool(std::string_view event, std::string_view data)>;
  Result<StreamEnd> follow(std::string path, OnEvent onEvent) const;
  Result<StreamEnd> followAt(std::string path, OnEvent onEvent) const;  // `path` from the server's root

  // The pieces of a successful answer's body as they come; false ends the transfer. totalMs 0: as long as it takes. Error: as call(), and an
  // answer that breaks off.
  using OnPiece = std::move_only_function<bool(std::string_view piece)>;
  Result<void> download(Request request, OnPiece onPiece) const;

  const Login& login() const { return login_; }

 private:
  std::string endpoint(std::string_view path) const { return login_.url + "/_/api/v1" + std::string(path); }
  http::ClientRequest prepare(Request request) const;
  Result<StreamEnd> followEvents(http::ClientRequest outgoing, OnEvent onEvent) const;
  Error refusalOf(const http::ClientResponse& response) const;  // of an answer that is no success, or not a Redd server's
  Login login_;
};

std::string segment(std::string_view text);  // percent-encoded for one path segment or query value

}  // namespace redd::coho
