#include "timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "space/redaction.h"

namespace redd::gateway {
namespace {

constexpr std::size_t kDetailBytesMax = 120;

std::string shortened(std::string text) {
  if (text.size() <= kDetailBytesMax) return text;
  std::size_t end = kDetailBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  text.resize(end);
  return text += "…";
}

class Entries {
 public:
  explicit Entries(std::int64_t startNs) : startNs_(startNs) {}

  // Both ends are rounded down, so that what lies inside another does so in microseconds too.
  void add(std::string_view name, std::int64_t beginNs, std::int64_t endNs, std::string_view detail = {}) {
    const auto startUs = (beginNs - startNs_) / 1'000;
    fmt::format_to(std::back_inserter(out_), R"({}{{"name":{},"startUs":{},"durationUs":{}{}}})", comma(), json::quoted(name), startUs,
                   std::max<std::int64_t>((endNs - startNs_) / 1'000 - startUs, 0), detail.empty() ? "" : R"(,"detail":)" + json::quoted(detail));
  }
  void more(std::size_t calls) { out_ += fmt::format(R"({}{{"name":"more","detail":"{} further calls"}})", comma(), calls); }
  std::string end() { return std::move(out_ += ']'); }

 private:
  std::string_view comma() const { return out_.size() > 1 ? "," : ""; }
  std::int64_t startNs_;
  std::string out_ = "[";
};

void addWorker(Entries& entries, const space::Space& space, const worker::Trace& trace, std::int64_t endNs) {
  const auto doneNs = trace.endNs != 0 ? trace.endNs : endNs;
  entries.add("worker", trace.sentNs, doneNs);
  for (const auto& call : trace.calls()) {
    const bool isDone = call.endNs != 0 && call.endNs <= doneNs;  // a script may answer before its calls are
    entries.add(call.name.empty() ? "unknown" : call.name, call.beginNs, isDone ? call.endNs : doneNs,
                call.detail.empty() ? std::string() : shortened(space::redacted(space, call.detail)));
  }
  if (trace.callsTotal() > trace.calls().size()) entries.more(trace.callsTotal() - trace.calls().size());
}

}  // namespace

std::string timelineJson(const space::Space& space, const Timeline& timeline, std::int64_t endNs) {
  const auto orEnd = [endNs](std::int64_t ns) { return ns != 0 ? ns : endNs; };
  Entries entries(timeline.startNs);
  entries.add("gateway", timeline.startNs, orEnd(timeline.doorNs));
  if (timeline.doorNs != 0) entries.add("auth", timeline.doorNs, orEnd(timeline.knownNs));
  if (timeline.trace) {
    entries.add("queue", timeline.knownNs, orEnd(timeline.trace->sentNs));
    if (timeline.trace->sentNs != 0) addWorker(entries, space, *timeline.trace, endNs);
  }
  return entries.end();
}

}  // namespace redd::gateway
