// One connection: reads a head, calls the handler, drains or closes, goes on. It is the Exchange of the request it serves.
//
// Reading and answering may go on at the same time (a handler that streams both ways), so each has its own deadline. A deadline is
// a number that the server's tick compares (no timer per connection); over it the pending operation is cancelled.
// Kept alive by its coroutine run(). Belongs to the server's loop.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <array>
#include <memory>
#include <optional>

#include "answer_head.h"
#include "chunked.h"
#include "head.h"
#include "http/server.h"
#include "in_buffer.h"
#include "server_core.h"

namespace redd::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Loop::executor_type>;

class Connection final : public Exchange, public ConnectionHook, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::string peer, std::shared_ptr<ServerCore> core);
  ~Connection() override;

  static Task<void> run(std::shared_ptr<Connection> self);

  // For the core, on the loop.
  void tick(TickMs now);
  void startDraining();
  void closeNow();

  const RequestHead& head() const override { return reader_.head(); }
  std::string_view peerAddress() const override { return peer_; }
  Task<Result<std::string>> readBody() override;
  void setBodyLimit(std::uint64_t bytes) override;
  Task<Result<void>> respond(ResponseHead head, std::string body) override;
  Task<Result<void>> sendHead(ResponseHead head) override;
  Task<Result<void>> sendBody(std::string_view bytes) override;
  Task<Result<void>> finish() override;
  bool headSent() const override { return turn_.headSent; }
  void onClientGone(std::move_only_function<void()> callback) override;

 private:
  enum class Arrived : std::uint8_t { bytes, end, expired, cancelled };
  enum class BodyUse : std::uint8_t { handler, drain };
  using Buffers = std::array<boost::asio::const_buffer, 3>;

  // What belongs to one request and is made anew for the next.
  struct Turn {
    std::optional<ChunkDecoder> chunks;
    std::uint64_t bodyLeft = 0;        // with a content-length
    std::uint64_t bodyLimit = 0;
    std::optional<Error> bodyError;    // it stays
    bool continueDue = false;          // the client waits for 100 Continue
    bool reading = false;              // readBody waits for bytes
    bool headSent = false;
    bool answered = false;             // wholly
    Framing framing = Framing::none;
    std::uint64_t declaredLeft = 0;    // of a streamed answer with a content-length
    std::move_only_function<void()> onGone;
  };

  // connection.cc: reading and turns
  Task<bool> readHead();
  Task<void> serveRequest();
  Task<bool> callHandler();
  void startTurn();
  bool bodyDone() const;
  bool mayDrain() const;
  Task<Result<std::string>> readPiece(BodyUse use);
  Result<std::string> takePiece();
  Error failBody(Error error);
  Task<void> drainBody();
  Task<Arrived> receive();
  Task<void> linger();
  void clientGone();

  // connection_out.cc: answering
  Task<void> refuse(Refusal refusal);
  Task<void> answerForHandler(bool threw);
  void writeHead(ResponseHead& head, std::optional<std::uint64_t> length);
  Framing framingFor(const ResponseHead& head, std::optional<std::uint64_t> length) const;
  void sendContinue();
  Task<Result<void>> send(Buffers buffers);
  bool sendAtOnce(Buffers& buffers);
  void answerEnded();

  std::shared_ptr<ServerCore> core_;
  Socket socket_;
  std::string peer_;
  InBuffer in_;
  HeadReader reader_;
  Turn turn_;
  std::string out_;                  // head of the answer, or framing of a chunk
  std::uint64_t id_;                 // for the watch
  std::uint32_t served_ = 0;
  TickMs readDeadline_ = kNever;
  TickMs readCap_ = kNever;          // draining and lingering end by then, whatever arrives
  TickMs writeDeadline_ = kNever;
  bool readExpired_ = false;
  bool writeExpired_ = false;
  bool idle_ = false;                // waits for the first byte of a request
  bool inHandler_ = false;
  bool keepAlive_ = true;
  bool broken_ = false;              // nothing more can be sent
  bool closing_ = false;             // closed from outside
  bool watched_ = false;
  bool peerClosed_ = false;
};

}  // namespace redd::http
