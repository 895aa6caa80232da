// The line that shows how an import or export goes: documents, bytes, rate. Redrawn a few times a second, on a terminal only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "terminal.h"

namespace redd::coho {

class TransferProgress {
 public:
  TransferProgress(Terminal& terminal, std::string_view verb, std::uint64_t bytesInAll);
  void show(std::uint64_t documents, std::uint64_t bytes);
  // "1,000 documents (3.6 MB) in 0.2 s, 5,000 a second"
  std::string summary(std::uint64_t documents, std::uint64_t bytes) const;

 private:
  Terminal& terminal_;
  std::string verb_;
  std::uint64_t bytesInAll_;  // 0: nobody knows
  std::int64_t startedNs_;
  std::int64_t shownNs_ = 0;
};

}  // namespace redd::coho
