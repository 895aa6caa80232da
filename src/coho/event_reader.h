// Cuts a text/event-stream (WHATWG HTML 9.2) into events, from pieces of any size. A line of more than 1 MiB is an error.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace redd::coho {

class EventReader {
 public:
  using OnEvent = std::move_only_function<bool(std::string_view event, std::string_view data)>;
  explicit EventReader(OnEvent onEvent) : onEvent_(std::move(onEvent)) {}

  enum class State { more, ended, tooLong };  // ended: onEvent said so
  State feed(std::string_view piece);
  State state() const { return state_; }

 private:
  void takeLine(std::string_view line);

  OnEvent onEvent_;
  State state_ = State::more;
  bool lastWasReturn_ = false;
  std::string line_;
  std::string event_;
  std::string data_;
  bool hasData_ = false;
};

}  // namespace redd::coho
