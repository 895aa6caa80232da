// Certificates and a TLS server for tests of the client, made in memory.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include <memory>
#include <string>

#include "client_test_server.h"

namespace redd::http {

struct Identity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;

  // Signed by `issuer`, or by itself when there is none. validForS may be negative: expired.
  static Identity make(const std::string& name, const Identity* issuer, long validForS = 3'600) {
    Identity made{{EVP_EC_gen("P-256"), EVP_PKEY_free}, {X509_new(), X509_free}};
    X509* x = made.certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(x), -86'400);
    X509_gmtime_adj(X509_getm_notAfter(x), validForS);
    X509_set_pubkey(x, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer == nullptr ? x : issuer->certificate.get()));
    add(x, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
    add(x, NID_subject_alt_name, "DNS:" + name);
    EXPECT_GT(X509_sign(x, issuer == nullptr ? made.key.get() : issuer->key.get(), EVP_sha256()), 0);
    return made;
  }

  void writePem(const std::string& path) const {
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
    ASSERT_TRUE(file);
    ASSERT_EQ(PEM_write_X509(file.get(), certificate.get()), 1);
  }

 private:
  static void add(X509* x, int nid, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()),
                                                                               X509_EXTENSION_free);
    ASSERT_TRUE(extension);
    X509_add_ext(x, extension.get(), -1);
  }
};

// Answers every request of a completed handshake with `bytes`.
inline ScriptServer::Script answeringTls(const Identity& identity, std::string bytes) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  return [identity, bytes = std::move(bytes)](ScriptConnection& connection) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), connection.fd());
    if (SSL_accept(ssl.get()) != 1) return;
    char buffer[4'096];
    if (SSL_read(ssl.get(), buffer, sizeof buffer) <= 0) return;
    SSL_write(ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
    SSL_shutdown(ssl.get());
  };
}

}  // namespace redd::http
