#include "http/sse.h"

#include <algorithm>

namespace redd::http {
namespace {

void appendField(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(name).append(": ");
  std::ranges::copy_if(value, std::back_inserter(out), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
  out.push_back('\n');
}

// One line "prefix: text" for each line of `text`.
void appendLines(std::string& out, std::string_view prefix, std::string_view text) {
  for (;;) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    out.append(prefix).append(text.substr(0, end)).push_back('\n');
    if (end == text.size()) return;
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
}

}  // namespace

std::string sseText(const SseEvent& event) {
  std::string out;
  out.reserve(event.id.size() + event.event.size() + event.data.size() + 32);
  appendField(out, "id", event.id);
  appendField(out, "event", event.event);
  appendLines(out, "data: ", event.data);
  out.push_back('\n');
  return out;
}

std::string sseComment(std::string_view text) {
  std::string out;
  appendLines(out, ": ", text);
  out.push_back('\n');
  return out;
}

std::string sseRetry(unsigned retryMs) { return "retry: " + std::to_string(retryMs) + "\n\n"; }

}  // namespace redd::http
