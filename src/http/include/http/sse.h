// Event streams (text/event-stream, WHATWG HTML 9.2): the text of an event. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace redd::http {

struct SseEvent {
  std::string_view id;     // empty: no id line. CR, LF and NUL are dropped: a browser ignores ids that hold them
  std::string_view event;  // empty: "message". CR and LF are dropped
  std::string_view data;   // any text; one data line for each of its lines (CR LF, CR and LF all end one)
};

std::string sseText(const SseEvent& event);
std::string sseComment(std::string_view text);  // ": text", for keep-alive; no browser sees it
std::string sseRetry(unsigned retryMs);         // after how long a browser comes back

}  // namespace redd::http
