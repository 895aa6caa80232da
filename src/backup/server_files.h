// The names in a data directory that this room knows (docs/ARCHITECTURE.md, "Data directory").
#pragma once

#include <string>
#include <string_view>

namespace redd::backup {

inline constexpr std::string_view kCatalogueName = "catalogue.sqlite";
inline constexpr std::string_view kKeyName = "secret.key";
inline constexpr std::string_view kSealedKeyName = "secret.key.sealed";  // in archives only
inline constexpr std::string_view kKeySetsName = "keysets";
inline constexpr std::string_view kSpacesName = "spaces";
inline constexpr std::string_view kDataName = "data.sqlite";  // of a space

std::string blobName(std::string_view folder, std::string_view hash);  // FOLDER/blobs/ab/HASH

}  // namespace redd::backup
