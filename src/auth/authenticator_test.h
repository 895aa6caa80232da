// What the tests of the authenticator share: signing keys, a fetcher that answers as told, a clock that the test moves.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "base/log.h"
#include "crypto/base64url.h"

namespace redd::auth {

class Signer {
 public:
  explicit Signer(std::string id = {}) : id_(std::move(id)), key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free) {}

  std::string jwk() const {
    std::string bytes(32, '\0');
    std::size_t size = bytes.size();
    EXPECT_EQ(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size), 1);
    return R"({"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA")" + kid() + R"(,"x":")" + crypto::base64urlEncode(bytes) + "\"}";
  }
  std::string token(const std::string& payload) const {
    const std::string input = crypto::base64urlEncode(R"({"alg":"EdDSA")" + kid() + "}") + "." + crypto::base64urlEncode(payload);
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()), 1);
    EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                             reinterpret_cast<const unsigned char*>(input.data()), input.size()),
              1);
    return input + "." + crypto::base64urlEncode(signature);
  }

 private:
  std::string kid() const { return id_.empty() ? "" : ",\"kid\":\"" + id_ + "\""; }

  std::string id_;  // empty: none
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

inline std::string setOf(std::initializer_list<const Signer*> signers) {
  std::string keys;
  for (const Signer* signer : signers) keys += (keys.empty() ? "" : ",") + signer->jwk();
  return "{\"keys\":[" + keys + "]}";
}

class FakeFetcher final : public http::Fetcher {
 public:
  explicit FakeFetcher(Loop& loop) : loop_(loop) {}
  ~FakeFetcher() override { release(); }

  void fetch(http::ClientRequest request, Completion<http::ClientResponse> done) override {
    ++fetches;
    lastUrl = request.url;
    if (isHanging) {
      hanging_.push_back(std::move(done));
      return;
    }
    boost::asio::post(loop_,
                      [done = std::move(done), answer = http::ClientResponse{status, {}, body}]() mutable { done(std::move(answer)); });
  }
  const http::AddressPolicy& policy() const override { return policy_; }
  void answerHanging() {
    for (auto& done : hanging_) done(http::ClientResponse{status, {}, body});
    hanging_.clear();
  }
  void release() {
    for (auto& done : hanging_) done(Error::make(ErrorCode::unavailable, "did not answer in time"));
    hanging_.clear();
  }

  int fetches = 0;
  int status = 200;
  std::string body;
  bool isHanging = false;
  std::string lastUrl;

 private:
  Loop& loop_;
  http::AddressPolicy policy_;
  std::vector<Completion<http::ClientResponse>> hanging_;
};

class AuthenticatorTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kSecond = 1'000;
  static constexpr std::int64_t kMinute = 60'000;
  static constexpr std::int64_t kHour = 3'600'000;

  AuthenticatorTest() {
    log::setLevel(log::Level::off);
    char name[] = "/tmp/redd-auth-XXXXXX";
    dir_ = ::mkdtemp(name);
    limits_.keySetTotalMs = 100;  // for what really waits
    policy_.jwksUrl = "https://idp.test/jwks";
    restart();
  }
  ~AuthenticatorTest() override {
    authenticator_.reset();
    settle();
    std::filesystem::remove_all(dir_);
    log::setLevel(log::Level::info);
  }

  // A new server on the same directory; what the old one had to write is written.
  void restart() {
    authenticator_.reset();
    settle();
    authenticator_ = Authenticator::create(loop_, fetcher_, limits_, metrics_, {dir_, [this] { return now_; }});
  }
  // Runs what is ready, not what waits.
  void settle() {
    loop_.restart();
    while (loop_.poll() > 0) loop_.restart();
    loop_.restart();
  }
  std::vector<VerdictPtr> verifyAll(const std::vector<std::string>& tokens) {
    std::vector<VerdictPtr> verdicts(tokens.size());
    std::size_t left = tokens.size();
    for (std::size_t i = 0; i < tokens.size(); ++i) spawn(loop_, verifyInto(tokens[i], verdicts[i], left));
    loop_.restart();
    while (left > 0 && loop_.run_one() > 0) {
    }
    EXPECT_EQ(left, 0U);
    settle();
    return verdicts;
  }
  VerdictPtr verify(const std::string& token) { return verifyAll({token}).at(0); }
  // As the gateway does.
  VerdictPtr ask(const std::string& token) {
    if (auto known = cached(token)) return known;
    return verify(token);
  }
  VerdictPtr cached(const std::string& token) { return authenticator_->cached("space-1", policy_, token); }
  std::int64_t counter(const char* name, const char* labels = "") { return metrics_.counter(name, labels).value(); }

  std::string good(const Signer& signer, const std::string& subject = "u") const {
    return signer.token("{\"sub\":\"" + subject + "\",\"exp\":" + std::to_string((now_ + 48 * kHour) / 1'000) + "}");
  }

  std::filesystem::path dir_;
  UnixMs now_ = 1'800'000'000'000;
  Loop loop_;
  Limits limits_;
  Metrics metrics_;
  FakeFetcher fetcher_{loop_};
  TokenPolicy policy_;
  Signer first_{"first"};
  Signer second_{"second"};
  std::unique_ptr<Authenticator> authenticator_;

 private:
  Task<void> verifyInto(std::string token, VerdictPtr& verdict, std::size_t& left) {
    verdict = co_await authenticator_->verify("space-1", policy_, std::move(token));
    --left;
  }
};

}  // namespace redd::auth
