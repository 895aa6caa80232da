#include "event_reader.h"

namespace redd::coho {
namespace {

constexpr std::size_t kEventBytesMax = 1 << 20;

}  // namespace

EventReader::State EventReader::feed(std::string_view piece) {
  for (const char c : piece) {
    if (state_ != State::more) break;
    const bool secondOfPair = c == '\n' && lastWasReturn_;
    lastWasReturn_ = c == '\r';
    if (secondOfPair) continue;
    if (c == '\n' || c == '\r') {
      takeLine(line_);
      line_.clear();
    } else {
      line_ += c;
    }
    if (line_.size() + data_.size() > kEventBytesMax) state_ = State::tooLong;
  }
  return state_;
}

void EventReader::takeLine(std::string_view line) {
  if (line.empty()) {
    if (hasData_ && !onEvent_(event_.empty() ? "message" : event_, data_)) state_ = State::ended;
    event_.clear();
    data_.clear();
    hasData_ = false;
    return;
  }
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    event_ = value;
  } else if (field == "data") {
    if (hasData_) data_ += '\n';
    data_ += value;
    hasData_ = true;
  }
}

}  // namespace redd::coho
