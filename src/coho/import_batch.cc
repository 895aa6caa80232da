#include "import_batch.h"

#include <fmt/format.h>

#include "text.h"

namespace redd::coho {

Result<void> ImportBatches::add(std::string_view document, std::uint64_t line) {
  gathering_.text += document;
  gathering_.text += '\n';
  gathering_.lines.push_back(line);
  if (gathering_.text.size() < kBatchBytes && gathering_.lines.size() < kBatchDocuments) return {};
  return send();
}

Result<void> ImportBatches::finish() {
  REDD_TRY_VOID(send());
  return settle();
}

Result<void> ImportBatches::send() {
  REDD_TRY_VOID(settle());
  if (gathering_.lines.empty()) return {};
  underWay_ = std::make_shared<const Batch>(std::exchange(gathering_, {}));
  answer_ = std::async(std::launch::async, [&client = client_, path = path_, batch = underWay_] {
    return client.send({.method = "POST", .path = path, .text = batch->text, .textType = "application/x-ndjson", .totalMs = 0});
  });
  return {};
}

Result<void> ImportBatches::settle() {
  if (!answer_.valid()) return {};
  const auto batch = std::exchange(underWay_, nullptr);
  const auto answer = answer_.get();
  if (!answer) {
    return Error::make(answer.error().code, fmt::format("{}. What stands on lines {} to {} may have been stored or not", answer.error().text(),
                                                        batch->lines.front(), batch->lines.back()));
  }
  if (!answer->isSuccess()) return failure(*batch, *answer);
  stored_ += batch->lines.size();
  return {};
}

Error ImportBatches::failure(const Batch& batch, const ServerAnswer& answer) {
  stored_ += static_cast<std::uint64_t>(numberOf(answer.json, "count"));
  const auto refusal = client_.refusal(answer);
  const auto line = static_cast<std::size_t>(numberOf(answer.json, "line"));  // of the batch
  if (line == 0 || line > batch.lines.size()) return refusal;
  auto why = refusal.text();
  if (const auto own = fmt::format("Line {}: ", line); why.starts_with(own)) why.remove_prefix(own.size());
  return Error::make(refusal.code, fmt::format("line {}: {}", batch.lines[line - 1], why));
}

}  // namespace redd::coho
