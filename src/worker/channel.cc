#include "channel.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace redd::worker {
namespace {

constexpr std::size_t kOutKeptBytes = 1 << 20;  // a larger buffer is given back when it is empty

}  // namespace

Channel::Channel(Loop& loop, int fd, std::size_t frameBytesMax, Owner& owner)
    : socket_(loop, boost::asio::local::stream_protocol(), fd), owner_(&owner), reader_(frameBytesMax) {
  socket_.native_non_blocking(true);
}

// Asio receives at once when there may be something, and after a short read waits without asking again.
void Channel::read() {
  if (reading_ || paused_ || !owner_) return;
  reading_ = true;
  const auto room = reader_.prepare();
  socket_.async_read_some(boost::asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
                            self->reading_ = false;
                            if (!self->owner_) return;
                            if (error) return self->owner_->onHangUp();
                            self->reader_.commit(bytes);
                            self->deliver();
                          });
}

void Channel::deliver() {
  delivering_ = true;
  while (owner_ && !paused_) {
    const auto next = reader_.next();
    if (!next) {
      owner_->onBadFrame(next.error().detail);
      break;
    }
    if (!*next) break;
    owner_->onFrame(**next);
  }
  delivering_ = false;
  read();
}

void Channel::resume() {
  if (!std::exchange(paused_, false) || delivering_) return;
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->owner_ && !self->paused_ && !self->reading_) self->deliver();
  });
}

void Channel::send() {
  if (sending_ || !owner_) return;
  sending_ = true;
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void Channel::flush() {
  if (!owner_) return;
  while (sent_ < out_.size()) {
    const ssize_t bytes = ::send(socket_.native_handle(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (bytes > 0) {
      sent_ += static_cast<std::size_t>(bytes);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return;  // its end is closed: the read side reports it
    socket_.async_wait(socket_.wait_write, [self = shared_from_this()](boost::system::error_code) { self->flush(); });
    return;
  }
  sending_ = false;
  sent_ = 0;
  if (out_.capacity() > kOutKeptBytes) {
    out_ = {};
  } else {
    out_.clear();
  }
  owner_->onSent();
}

void Channel::close() {
  owner_ = nullptr;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace redd::worker
