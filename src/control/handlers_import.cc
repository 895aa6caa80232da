#include <fmt/format.h>

#include "answers.h"
#include "data_access.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::size_t kBatchDocuments = 1'000;
constexpr std::size_t kBatchBytes = 1 << 20;
constexpr std::size_t kLineBytesMax = 16 << 20;  // the largest document

// Documents that are stored together, all or none.
struct Batch {
  std::vector<std::string> documents;
  std::vector<std::uint64_t> lines;  // of the body, one for each
  std::size_t bytes = 0;
  std::optional<Result<std::uint64_t>> outcome;  // of the whole batch, once it is there
  Completion<void> waiting;
};
using BatchPtr = std::shared_ptr<Batch>;

struct Refused {
  std::uint64_t line = 0;  // 0: it is not one line's fault
  Error error;
};

// Lines in, batches out: one is being stored while the next is read, never more. What is stored is the beginning of the body.
class Importer {
 public:
  Importer(StorePtr store, std::string collection) : store_(std::move(store)), collection_(std::move(collection)) {}

  Task<std::optional<Refused>> feed(std::string_view piece);
  Task<std::optional<Refused>> finish();
  std::uint64_t stored() const { return stored_; }

 private:
  void addLine(std::string_view line);
  bool isFull() const { return gathering_->documents.size() >= kBatchDocuments || gathering_->bytes >= kBatchBytes; }
  Task<std::optional<Refused>> store();
  Task<std::optional<Refused>> settle();
  Task<std::optional<Refused>> storeRange(BatchPtr batch, std::size_t first, std::size_t last);

  StorePtr store_;
  std::string collection_;
  std::string rest_;  // of a line whose end has not come
  std::uint64_t line_ = 0;
  BatchPtr gathering_ = std::make_shared<Batch>();
  BatchPtr underWay_;
  std::uint64_t stored_ = 0;
};

void Importer::addLine(std::string_view line) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_not_of(" \t") == std::string_view::npos) return;
  gathering_->documents.emplace_back(line);
  gathering_->lines.push_back(line_);
  gathering_->bytes += line.size();
}

Task<std::optional<Refused>> Importer::feed(std::string_view piece) {
  for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    rest_ += piece.substr(0, end);
    piece.remove_prefix(end + 1);
    addLine(rest_);
    rest_.clear();
    if (!isFull()) continue;
    if (auto refused = co_await store()) co_return refused;
  }
  rest_ += piece;
  if (rest_.size() > kLineBytesMax) {
    co_return Refused{line_ + 1, Error::make(ErrorCode::payloadTooLarge, "the document has more than 16 MiB. Fix: send one document a line (NDJSON)")};
  }
  co_return std::nullopt;
}

Task<std::optional<Refused>> Importer::finish() {
  addLine(rest_);
  rest_.clear();
  if (auto refused = co_await store()) co_return refused;
  co_return co_await settle();
}

Task<std::optional<Refused>> Importer::store() {
  if (auto refused = co_await settle()) co_return refused;
  if (gathering_->documents.empty()) co_return std::nullopt;
  underWay_ = std::exchange(gathering_, std::make_shared<Batch>());
  store_->put(collection_, underWay_->documents, [batch = underWay_](Result<std::uint64_t> outcome) {
    batch->outcome = std::move(outcome);
    if (batch->waiting) std::exchange(batch->waiting, nullptr)(Result<void>{});
  });
  co_return std::nullopt;
}

Task<std::optional<Refused>> Importer::settle() {
  if (!underWay_) co_return std::nullopt;
  const auto batch = std::exchange(underWay_, nullptr);
  if (!batch->outcome) std::ignore = co_await suspend<void>([&batch](Completion<void> done) { batch->waiting = std::move(done); });
  const auto& outcome = *batch->outcome;
  if (outcome) {
    stored_ += batch->documents.size();
    co_return std::nullopt;
  }
  // Nothing of the batch is stored. If documents are at fault, what stands before the first bad one is stored, and its line is told.
  if (httpStatus(outcome.error().code) >= 500) co_return Refused{0, outcome.error()};
  const auto size = batch->documents.size();
  if (size == 1) co_return Refused{batch->lines[0], outcome.error()};
  if (auto refused = co_await storeRange(batch, 0, size / 2)) co_return refused;
  co_return co_await storeRange(batch, size / 2, size);
}

Task<std::optional<Refused>> Importer::storeRange(BatchPtr batch, std::size_t first, std::size_t last) {
  const auto at = [&batch](std::size_t index) { return batch->documents.begin() + static_cast<std::ptrdiff_t>(index); };
  const auto put = co_await suspend<std::uint64_t>(
      [&](Completion<std::uint64_t> done) { store_->put(collection_, std::vector<std::string>(at(first), at(last)), std::move(done)); });
  if (put) {
    stored_ += last - first;
    co_return std::nullopt;
  }
  if (last - first == 1) co_return Refused{batch->lines[first], put.error()};
  const auto middle = first + (last - first) / 2;
  if (auto refused = co_await storeRange(batch, first, middle)) co_return refused;
  co_return co_await storeRange(batch, middle, last);
}

Task<std::optional<Refused>> readAndStore(const Services& services, Importer& importer, http::Exchange& exchange) {
  exchange.setBodyLimit(services.limits.streamedBodyBytesMax);
  while (true) {
    const auto piece = co_await exchange.readBody();
    if (!piece) {
      std::ignore = co_await importer.finish();  // what came is stored and counted
      co_return Refused{0, piece.error()};
    }
    if (piece->empty()) co_return co_await importer.finish();
    auto refused = co_await importer.feed(*piece);
    if (!refused && services.stopping) {
      refused = co_await importer.finish();
      if (!refused) refused = Refused{0, stoppingError()};
    }
    if (refused) co_return refused;
  }
}

std::string refusalJson(const Refused& refused, std::uint64_t stored) {
  const auto& error = refused.error;
  JsonObject out;
  out.text("error", refused.line > 0 ? fmt::format("Line {}: {}", refused.line, error.text()) : std::string(error.text()));
  out.text("code", name(error.code)).members(error.members).raw("count", std::to_string(stored));
  if (refused.line > 0) out.raw("line", std::to_string(refused.line));
  return out.end();
}

Task<Result<Importer>> begin(Call& call) {
  REDD_CO_TRY(auto collection, collectionName(call));
  REDD_CO_TRY(auto store, co_await openStore(call));
  co_return Importer(std::move(store), std::move(collection));
}

}  // namespace

Task<void> importDocuments(Call call, http::Exchange& exchange) {
  auto importer = co_await begin(call);
  if (!importer) {
    co_await endStream("document.import", importer.error(), exchange);
    co_return;
  }
  const auto refused = co_await readAndStore(call.services, *importer, exchange);
  if (!refused) {
    co_await respondJson(exchange, 200, countJson(importer->stored()));
  } else if (refused->error.code != ErrorCode::cancelled) {
    co_await respondJson(exchange, httpStatus(refused->error.code), refusalJson(*refused, importer->stored()));
  }
}

}  // namespace redd::control
