#include "host/host.h"

#include <fmt/format.h>

#include <string>

#include "arguments.h"
#include "cursors.h"
#include "errors.h"
#include "operations.h"

namespace redd::host {
namespace {

using StorePtr = std::shared_ptr<store::Store>;

// Shared with calls that wait for their store to open, which may be told after the host has gone.
struct Desk {
  const Limits& limits;
  simdjson::ondemand::parser parser;
  std::shared_ptr<Cursors> cursors = std::make_shared<Cursors>();
};

// A call apart from its arguments and its reply.
struct Origin {
  space::SpacePtr space;
  std::uint64_t workerId = 0;
  std::uint32_t invocation = 0;
  worker::TracedCall traced;
};

constexpr std::size_t kDetailBytesMax = 1'024;  // as long as a path may be

// What a call works on, with the space if it names one: "todos", "prod/todos".
std::string detailOf(const Arguments& arguments, const OperationRow& row) {
  if (row.names == OperationRow::Names::none) return {};
  const auto subject = arguments.textAt(static_cast<std::size_t>(row.names));
  const auto slash = arguments.operation().find('/');
  if (subject.size() + arguments.operation().size() > kDetailBytesMax) return {};
  std::string detail(slash == std::string_view::npos ? std::string_view() : arguments.operation().substr(0, slash + 1));
  return detail.append(subject);
}

Result<void> perform(Desk& desk, const StorePtr& store, const Origin& from, std::string_view payload, std::string_view bytes, Reply& reply) {
  REDD_TRY(Arguments arguments, Arguments::parse(desk.parser, payload, desk.limits.documentDepthMax));
  const auto* const row = findOperation(arguments.operation().substr(arguments.operation().find('/') + 1));
  if (!row) return invalid(fmt::format("unknown operation {}", arguments.operation().substr(0, 100)));
  if (from.traced.isKept()) from.traced.name(row->shown, detailOf(arguments, *row));
  Call call{arguments, store, desk.cursors, *from.space, desk.limits, from.workerId, from.invocation, bytes, reply};
  return row->operation(call);
}

void answer(Desk& desk, const StorePtr& store, const Origin& from, std::string_view payload, std::string_view bytes, Reply reply) {
  if (const auto done = perform(desk, store, from, payload, bytes, reply); !done) reply(errorReply(done.error()));
}

// "prod" of [12,"prod/doc.find",…; empty when the operation names no space.
std::string_view spaceOf(std::string_view payload) {
  const auto begin = payload.find('"') + 1;
  const auto name = payload.substr(begin, payload.find('"', begin) - begin);
  const auto slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

class HostImpl final : public Host {
 public:
  HostImpl(store::Stores& stores, const Limits& limits, FindSibling findSibling)
      : stores_(stores), findSibling_(std::move(findSibling)), desk_(std::make_shared<Desk>(limits)) {}

  void call(worker::HostCall call) override {
    if (const auto name = spaceOf(call.payload); !name.empty() && name != call.space->name) {
      auto sibling = findSibling_ ? findSibling_(*call.space, name) : nullptr;
      if (!sibling) return call.reply(errorReply(notFound(fmt::format("the project has no space {}", name.substr(0, 100)))));
      call.space = std::move(sibling);
    }
    const std::string spaceId = call.space->id;
    Origin from{std::move(call.space), call.workerId, call.invocation, std::move(call.traced)};
    if (const StorePtr store = stores_.opened(spaceId)) return answer(*desk_, store, from, call.payload, call.bytes, std::move(call.reply));
    std::string payload;
    payload.reserve(call.payload.size() + simdjson::SIMDJSON_PADDING);
    payload = call.payload;
    stores_.get(spaceId, [desk = desk_, from = std::move(from), payload = std::move(payload), bytes = std::string(call.bytes),
                          reply = std::move(call.reply)](Result<StorePtr> store) mutable {
      if (!store) return reply(errorReply(store.error()));
      answer(*desk, *store, from, payload, bytes, std::move(reply));
    });
  }

  void invocationEnded(std::uint64_t workerId, std::uint32_t invocation) override { desk_->cursors->invocationEnded(workerId, invocation); }
  void workerEnded(std::uint64_t workerId) override { desk_->cursors->workerEnded(workerId); }

 private:
  store::Stores& stores_;
  FindSibling findSibling_;
  std::shared_ptr<Desk> desk_;
};

}  // namespace

std::unique_ptr<Host> Host::create(store::Stores& stores, const Limits& limits, FindSibling findSibling) {
  return std::make_unique<HostImpl>(stores, limits, std::move(findSibling));
}

}  // namespace redd::host
