// A key of the key/value store with its keyspace, packed into one string so that hashing and comparing are one step.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/store.h"

namespace redd::store::sqlite {

class KvKey {
 public:
  KvKey(std::string_view keyspace, std::string_view key) {
    const auto size = static_cast<std::uint32_t>(keyspace.size());
    packed_.reserve(sizeof size + keyspace.size() + key.size());
    packed_.append(reinterpret_cast<const char*>(&size), sizeof size).append(keyspace).append(key);
  }
  std::string_view keyspace() const { return std::string_view(packed_).substr(sizeof(std::uint32_t), keyspaceSize()); }
  std::string_view key() const { return std::string_view(packed_).substr(sizeof(std::uint32_t) + keyspaceSize()); }
  std::size_t bytes() const { return packed_.size(); }
  bool operator==(const KvKey&) const = default;

  struct Hash {
    std::size_t operator()(const KvKey& key) const { return std::hash<std::string>{}(key.packed_); }
  };

 private:
  std::uint32_t keyspaceSize() const {
    std::uint32_t size = 0;
    std::memcpy(&size, packed_.data(), sizeof size);
    return size;
  }
  std::string packed_;
};

// What stands under a key. A value whose time has passed counts as missing everywhere (spec 40.10).
struct KvState {
  std::optional<KvValue> value;
  std::optional<UnixMs> expiresAt;

  bool visible(UnixMs now) const { return value && (!expiresAt || *expiresAt > now); }
};

}  // namespace redd::store::sqlite
