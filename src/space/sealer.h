// Seals secrets with the key of the data directory (SEC-35): AES-256-GCM under a fresh nonce, with the place where the value
// lies as authenticated data, so that a sealed value moved to another space or name does not open.
//
// The file's key is never used itself: one key for sealing and one for digests are derived from it. Thread-safe once made.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/seal.h"
#include "space/data_dir.h"

namespace redd::space {

class Sealer {
 public:
  explicit Sealer(const SecretKey& key);

  std::string seal(std::string_view plain, std::string_view place) const { return crypto::seal(sealing_, place, plain); }
  Result<std::string> open(std::string_view sealed, std::string_view place) const { return crypto::open(sealing_, place, sealed); }

  // A keyed digest, hex: finds a row by a secret without storing the secret (SEC-33).
  std::string digest(std::string_view secret) const;
  // Tells whether a catalogue was sealed with this key; says nothing about the key.
  std::string fingerprint() const { return digest("fingerprint"); }

 private:
  crypto::SealingKey sealing_{};
  std::string digesting_;
};

}  // namespace redd::space
