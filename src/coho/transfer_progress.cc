#include "transfer_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::int64_t kRedrawNs = 100'000'000;
constexpr std::size_t kBarCells = 20;

std::uint64_t rate(std::uint64_t documents, std::int64_t elapsedNs) {
  return static_cast<std::uint64_t>(static_cast<double>(documents) * 1e9 / static_cast<double>(std::max<std::int64_t>(elapsedNs, 1'000'000)));
}

std::string bar(std::uint64_t bytes, std::uint64_t bytesInAll) {
  const auto share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(bytesInAll));
  const auto full = static_cast<std::size_t>(share * kBarCells);
  return fmt::format("[{}{}] {:3.0f} %  ", std::string(full, '#'), std::string(kBarCells - full, '.'), share * 100);
}

}  // namespace

TransferProgress::TransferProgress(Terminal& terminal, std::string_view verb, std::uint64_t bytesInAll)
    : terminal_(terminal), verb_(verb), bytesInAll_(bytesInAll), startedNs_(monotonicNs()) {}

void TransferProgress::show(std::uint64_t documents, std::uint64_t bytes) {
  const auto now = monotonicNs();
  if (!terminal_.showsProgress() || now - shownNs_ < kRedrawNs) return;
  shownNs_ = now;
  terminal_.progress(fmt::format("{} {}{} documents  {}  {}/s", verb_, bytesInAll_ > 0 ? bar(bytes, bytesInAll_) : "", grouped(documents),
                                 sizeText(bytes), grouped(rate(documents, now - startedNs_))));
}

std::string TransferProgress::summary(std::uint64_t documents, std::uint64_t bytes) const {
  const auto elapsed = monotonicNs() - startedNs_;
  return fmt::format("{} document{} ({}) in {:.1f} s, {} a second", grouped(documents), documents == 1 ? "" : "s", sizeText(bytes),
                     static_cast<double>(elapsed) / 1e9, grouped(rate(documents, elapsed)));
}

}  // namespace redd::coho
