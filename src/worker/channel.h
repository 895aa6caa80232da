// The socket to one worker. Frames come out of it one by one; frames to send are appended to out() and leave together, in one
// send, at the end of the loop's turn: the answers to all host calls that one commit completed cost one system call.
//
// Belongs to the loop. The owner must call close() before it goes. After close() the owner hears nothing any more.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.h"
#include "wire/frame.h"

namespace redd::worker {

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  class Owner {
   public:
    virtual void onFrame(const wire::Frame& frame) = 0;
    virtual void onBadFrame(std::string_view why) = 0;
    virtual void onSent() = 0;    // all that was in out() has left
    virtual void onHangUp() = 0;  // the worker closed its end, or the socket failed; all that it had sent came before

   protected:
    ~Owner() = default;
  };

  Channel(Loop& loop, int fd, std::size_t frameBytesMax, Owner& owner);
  void start() { read(); }

  // Append frames to it, then call send().
  std::string& out() { return out_; }
  void send();
  std::size_t unsentBytes() const { return out_.size() - sent_; }

  void pause() { paused_ = true; }  // no more frames until resume()
  void resume();
  bool paused() const { return paused_; }
  void close();

 private:
  void read();
  void deliver();
  void flush();

  boost::asio::local::stream_protocol::socket socket_;
  Owner* owner_;
  wire::FrameReader reader_;
  std::string out_;
  std::size_t sent_ = 0;  // bytes of out_ that have left
  bool reading_ = false, delivering_ = false, paused_ = false, sending_ = false;
};

}  // namespace redd::worker
