#include "s3_signature.h"

#include <fmt/format.h>

#include <ctime>

#include "crypto/hash.h"

namespace redd::backup {
namespace {

std::string_view bytesOf(const crypto::Sha256Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string signedNames(const S3Request& request) {
  std::string out;
  for (const auto& [name, value] : request.headers) out += (out.empty() ? "" : ";") + name;
  return out;
}

std::string canonical(const S3Request& request) {
  std::string out = fmt::format("{}\n{}\n{}\n", request.method, request.path, s3Query(request.query));
  for (const auto& [name, value] : request.headers) out += fmt::format("{}:{}\n", name, value);
  return out + fmt::format("\n{}\n{}", signedNames(request), request.headers.at("x-amz-content-sha256"));
}

}  // namespace

std::string s3Escape(std::string_view text, std::string_view keep) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    out += plain || keep.contains(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string s3Query(const std::map<std::string, std::string>& query) {
  std::string out;
  for (const auto& [name, value] : query) out += fmt::format("{}{}={}", out.empty() ? "" : "&", s3Escape(name), s3Escape(value));
  return out;
}

std::string s3Time(UnixMs at) {
  const std::time_t seconds = at / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string s3Authorization(const S3Request& request, std::string_view region, std::string_view keyId, std::string_view secret) {
  const auto& time = request.headers.at("x-amz-date");
  const auto day = time.substr(0, 8);
  const auto scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const auto text = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, crypto::sha256Hex(canonical(request)));
  const auto dayKey = crypto::hmacSha256(fmt::format("AWS4{}", secret), day);
  const auto regionKey = crypto::hmacSha256(bytesOf(dayKey), region);
  const auto serviceKey = crypto::hmacSha256(bytesOf(regionKey), "s3");
  const auto key = crypto::hmacSha256(bytesOf(serviceKey), "aws4_request");
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}", keyId, scope, signedNames(request),
                     crypto::hex(crypto::hmacSha256(bytesOf(key), text)));
}

}  // namespace redd::backup
