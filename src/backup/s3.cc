#include "backup/s3.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.h"
#include "disk.h"
#include "http/upload.h"
#include "http/url.h"
#include "s3_signature.h"
#include "tar.h"

namespace redd::backup {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kListBytesMax = 8 << 20;
constexpr int kListPagesMax = 1'000;
constexpr std::int64_t kShortAnswerMs = 15'000;  // of requests without an archive

// https://host:port/bucket/prefix, taken apart.
struct Place {
  std::string origin, host, path;  // the path ends without '/'
};

Place placeOf(std::string_view url) {
  const auto scheme = url.find("://") + 3;
  const auto slash = std::min(url.find('/', scheme), url.size());
  auto path = url.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  return {std::string(url.substr(0, slash)), std::string(url.substr(scheme, slash - scheme)), std::string(path)};
}

std::string bucketOf(const Place& place) { return place.path.substr(0, place.path.find('/', 1)); }
std::string prefixOf(const Place& place) {
  const auto slash = place.path.find('/', 1);
  return slash == std::string::npos ? std::string() : place.path.substr(slash + 1) + "/";
}

http::ClientRequest signedRequest(const S3Store& store, std::string method, const std::string& path, const std::map<std::string, std::string>& query,
                                  const std::string& contentHash) {
  const auto place = placeOf(store.url);
  S3Request request{std::move(method), s3Escape(path, "/"), query, {}};
  request.headers = {{"host", place.host}, {"x-amz-content-sha256", contentHash}, {"x-amz-date", s3Time(nowMs())}};
  http::ClientRequest out;
  out.method = request.method;
  out.url = place.origin + request.path + (query.empty() ? "" : "?" + s3Query(query));
  out.headers = {{"x-amz-content-sha256", contentHash}, {"x-amz-date", request.headers.at("x-amz-date")},
                 {"authorization", s3Authorization(request, store.region, store.keyId, store.secret)}};
  out.connectMs = 10'000;
  out.totalMs = 0;
  out.bodyBytesMax = kListBytesMax;
  out.caFile = store.caFile;
  return out;
}

// The text between <tag> and </tag>, from `at` on; moves it behind.
std::string between(std::string_view xml, std::string_view tag, std::size_t& at) {
  const auto open = fmt::format("<{}>", tag);
  const auto from = xml.find(open, at);
  if (from == std::string_view::npos) return at = std::string_view::npos, std::string();
  const auto to = xml.find(fmt::format("</{}>", tag), from);
  if (to == std::string_view::npos) return at = std::string_view::npos, std::string();
  at = to;
  return std::string(xml.substr(from + open.size(), to - from - open.size()));
}
std::string first(std::string_view xml, std::string_view tag) {
  std::size_t at = 0;
  return between(xml, tag, at);
}

Result<http::ClientResponse> accepted(const S3Store& store, Result<http::ClientResponse> response) {
  if (!response || (response->status >= 200 && response->status < 300)) return response;
  const auto code = first(response->body, "Code"), message = first(response->body, "Message");
  return Error::make(response->status == 404 ? ErrorCode::notFound : ErrorCode::unavailable,
                     fmt::format("{} answered {}{}{}", store.url, response->status, code.empty() ? "" : " " + code.substr(0, 100),
                                 message.empty() ? "" : ": " + message.substr(0, 300)));
}

}  // namespace

Result<S3Store> S3Store::parse(std::string url, std::string region, std::string keyId, std::string secret) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return invalid(fmt::format("--backup-s3 '{}' is not https://HOST/BUCKET or https://HOST/BUCKET/PREFIX", url));
  }
  const auto place = placeOf(url);
  if (place.host.empty() || place.path.size() < 2 || place.path.contains("//") || place.path.find_first_of("?#") != std::string::npos) {
    return invalid(fmt::format("--backup-s3 '{}' names no bucket. Fix: https://HOST/BUCKET or https://HOST/BUCKET/PREFIX", url));
  }
  if (keyId.empty() || secret.empty()) {
    return invalid("--backup-s3 needs the keys of the store. Fix: set the variables REDD_BACKUP_S3_KEY_ID and REDD_BACKUP_S3_SECRET");
  }
  return S3Store{std::move(url), region.empty() ? "us-east-1" : std::move(region), std::move(keyId), std::move(secret)};
}

Result<void> s3Put(const S3Store& store, const Written& archive, Progress& progress) {
  REDD_TRY(const auto in, openToRead(archive.file));
  auto request = signedRequest(store, "PUT", placeOf(store.url).path + "/" + archive.file.filename().string(), {}, archive.sha256);
  request.headers.emplace_back("content-type", "application/x-tar");
  std::string piece(1 << 20, '\0');
  std::uint64_t at = 0;
  http::UploadBody body{archive.bytes, [&]() -> Result<std::string_view> {
    REDD_TRY(const auto have, readAt(in, piece.data(), piece.size(), at, archive.file));
    at += have;
    REDD_TRY_VOID(progress.advance(have));
    return std::string_view(piece.data(), have);
  }};
  REDD_TRY_VOID(accepted(store, http::upload(std::move(request), std::move(body))));
  return {};
}

Result<std::vector<S3Object>> s3List(const S3Store& store) {
  const auto place = placeOf(store.url);
  const auto prefix = prefixOf(place);
  std::vector<S3Object> out;
  std::map<std::string, std::string> query{{"list-type", "2"}, {"prefix", prefix}};
  for (int page = 0; page < kListPagesMax; ++page) {
    auto request = signedRequest(store, "GET", bucketOf(place), query, crypto::sha256Hex(""));
    request.totalMs = kShortAnswerMs;
    REDD_TRY(const auto answer, accepted(store, http::fetch(std::move(request))));
    for (std::size_t at = 0; at != std::string_view::npos;) {
      const auto entry = between(answer.body, "Contents", at);
      const auto name = first(entry, "Key");
      if (!name.starts_with(prefix) || !tar::isGoodName(name) || name.find('/', prefix.size()) != std::string::npos) continue;
      out.push_back({name.substr(prefix.size()), std::strtoull(first(entry, "Size").c_str(), nullptr, 10)});
    }
    const auto more = first(answer.body, "NextContinuationToken");
    if (first(answer.body, "IsTruncated") != "true" || more.empty()) break;
    query["continuation-token"] = more;
  }
  std::ranges::sort(out, {}, &S3Object::name);
  return out;
}

Result<void> s3Get(const S3Store& store, const std::string& name, const fs::path& target, Progress& progress) {
  if (!tar::isGoodName(name)) return invalid("That is no archive's name");
  REDD_TRY(const auto out, createFile(target));
  auto request = signedRequest(store, "GET", placeOf(store.url).path + "/" + name, {}, crypto::sha256Hex(""));
  Result<void> written;
  request.onBody = [&](std::string_view piece) {
    written = writeAll(out, piece, target);
    if (written) written = progress.advance(piece.size());
    return written.has_value();
  };
  const auto answer = accepted(store, http::fetch(std::move(request)));
  REDD_TRY_VOID(written);
  REDD_TRY_VOID(answer);
  return syncFile(out, target);
}

Result<void> s3Remove(const S3Store& store, const std::string& name) {
  if (!tar::isGoodName(name)) return invalid("That is no archive's name");
  auto request = signedRequest(store, "DELETE", placeOf(store.url).path + "/" + name, {}, crypto::sha256Hex(""));
  request.totalMs = kShortAnswerMs;
  REDD_TRY_VOID(accepted(store, http::fetch(std::move(request))));
  return {};
}

}  // namespace redd::backup
