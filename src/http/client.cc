#include "http/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "address_policy_url.h"
#include "client_transfer.h"
#include "http/url.h"

namespace redd::http {
namespace {

constexpr std::size_t kHeadBytesMax = 64 << 10;  // all heads of one answer, 1xx included
constexpr std::size_t kHeadFieldsMax = 256;
constexpr std::size_t kFetchesQueuedMax = 1'000;
constexpr std::size_t kFetchThreads = 4;
constexpr long kUploadBufferBytes = 256 << 10;

struct CurlDelete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, CurlDelete>;
using List = std::unique_ptr<curl_slist, CurlDelete>;

void append(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  REDD_CHECK(longer != nullptr);
  (void)list.release();
  list.reset(longer);
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  REDD_CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

// What the callbacks of libcurl share. Errors found inside a callback end the transfer and are kept here.
struct Progress {
  ClientRequest& request;
  const TransferContext& context;
  std::string host;
  ClientResponse response;
  std::size_t headBytes = 0;
  bool isSuccess = false;  // of the newest status line
  bool isStoppedByReader = false;
  std::optional<Error> error;
  std::string_view uploadRest = {};  // of the newest piece
};

std::string numericAddress(const curl_sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address.addr).sin_addr;
  if (address.family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6&>(address.addr).sin6_addr;
  if (bytes == nullptr || inet_ntop(address.family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

// Called with the very address that is about to be connected to: there is no time between check and use in which a name
// could come to mean something else. After one refused address no other address of the name is tried.
curl_socket_t openSocket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& progress = *static_cast<Progress*>(user);
  if (progress.error) return CURL_SOCKET_BAD;
  if (const auto* policy = progress.request.policy) {
    if (auto allowed = policy->checkAddress(progress.host, numericAddress(*address)); !allowed) {
      progress.error = std::move(allowed).error();
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t onHeaderLine(char* data, std::size_t, std::size_t size, void* user) {
  auto& progress = *static_cast<Progress*>(user);
  std::string_view line(data, size);
  progress.headBytes += size;
  if (progress.headBytes > kHeadBytesMax || progress.response.headers.size() >= kHeadFieldsMax) {
    progress.error = Error::make(ErrorCode::payloadTooLarge, progress.host + " sent too many header bytes");
    return 0;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    const auto code = line.find(' ');
    progress.isSuccess = code != std::string_view::npos && line.substr(code + 1).starts_with('2');
    progress.response.headers = Headers();
  } else if (colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    progress.response.headers.add(asciiLower(line.substr(0, colon)), std::string(value));
  }
  return size;
}

std::size_t onBodyPiece(char* data, std::size_t, std::size_t size, void* user) {
  auto& progress = *static_cast<Progress*>(user);
  if (progress.request.onBody && progress.isSuccess) {
    if (progress.request.onBody(std::string_view(data, size))) return size;
    progress.isStoppedByReader = true;
    return 0;
  }
  std::string& body = progress.response.body;
  if (size > progress.request.bodyBytesMax - body.size()) {
    progress.error = Error::make(ErrorCode::payloadTooLarge,
                                 progress.host + " sent a body of more than " + std::to_string(progress.request.bodyBytesMax) + " bytes");
    return 0;
  }
  body.append(data, size);
  return size;
}

std::size_t onUploadRoom(char* room, std::size_t unit, std::size_t units, void* user) {
  auto& progress = *static_cast<Progress*>(user);
  if (progress.uploadRest.empty()) {
    auto piece = progress.context.upload->next();
    if (!piece) {
      progress.error = std::move(piece).error();
      return CURL_READFUNC_ABORT;
    }
    progress.uploadRest = *piece;
  }
  const auto taken = progress.uploadRest.copy(room, unit * units);
  progress.uploadRest.remove_prefix(taken);
  return taken;
}

void setUpload(CURL* easy, Progress& progress) {
  const auto& bytes = progress.context.upload->bytes;
  set(easy, CURLOPT_UPLOAD, 1L);
  set(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
  set(easy, CURLOPT_INFILESIZE_LARGE, bytes ? static_cast<curl_off_t>(*bytes) : curl_off_t{-1});
  set(easy, CURLOPT_READFUNCTION, &onUploadRoom);
  set(easy, CURLOPT_READDATA, &progress);
}

int onProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Progress*>(user)->context.stop.stop_requested() ? 1 : 0;
}

// Certificates that the system trusts; with a caFile those of the file too: the system's are then found by their directory,
// which OpenSSL reads one certificate at a time instead of parsing the whole bundle for each transfer.
void setTls(CURL* easy, const ClientRequest& request) {
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!request.caFile.empty()) {
    set(easy, CURLOPT_CAINFO, request.caFile.c_str());
    set(easy, CURLOPT_CAPATH, "/etc/ssl/certs");
  }
}

void setBounds(CURL* easy, Progress& progress) {
  const ClientRequest& request = progress.request;
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs does not hold the caller
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connectMs));
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.totalMs));
  set(easy, CURLOPT_ACCEPT_ENCODING, request.onBody ? "identity" : "gzip");
  // A proxy would choose the address instead of us; and this machine is never behind one.
  if (request.policy != nullptr || isLoopbackName(progress.host)) set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &openSocket);
  set(easy, CURLOPT_OPENSOCKETDATA, &progress);
  set(easy, CURLOPT_HEADERFUNCTION, &onHeaderLine);
  set(easy, CURLOPT_HEADERDATA, &progress);
  set(easy, CURLOPT_WRITEFUNCTION, &onBodyPiece);
  set(easy, CURLOPT_WRITEDATA, &progress);
  set(easy, CURLOPT_NOPROGRESS, 0L);
  set(easy, CURLOPT_XFERINFOFUNCTION, &onProgress);
  set(easy, CURLOPT_XFERINFODATA, &progress);
}

Result<List> setMessage(CURL* easy, Progress& progress) {
  const ClientRequest& request = progress.request;
  List headers;
  for (const auto& [name, value] : request.headers) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return invalid("a header holds a line break");
    append(headers, value.empty() ? name + ";" : name + ": " + value);
  }
  append(headers, "Expect:");
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  if (progress.context.upload != nullptr) {
    setUpload(easy, progress);
  } else if (request.method == "HEAD") {
    set(easy, CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  return headers;
}

Error transferError(CURLcode code, const Progress& progress, const char* curlText) {
  const std::string& host = progress.host;
  const ClientRequest& request = progress.request;
  if (progress.error) return *progress.error;
  const auto unavailable = [](std::string text) { return Error::make(ErrorCode::unavailable, std::move(text)); };
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return unavailable("the name " + host + " cannot be resolved");
    case CURLE_COULDNT_CONNECT: return unavailable("cannot connect to " + host + ": " + curlText);
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable(host + " did not answer in time (" + std::to_string(request.connectMs) + " ms to connect, " +
                         std::to_string(request.totalMs) + " ms in all)");
    case CURLE_PEER_FAILED_VERIFICATION: return unavailable("the certificate of " + host + " is not trusted: " + curlText);
    case CURLE_SSL_CACERT_BADFILE: return unavailable("the certificates in " + request.caFile + " cannot be read");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return invalid("not a URL that can be fetched: " + request.url.substr(0, 200));
    case CURLE_ABORTED_BY_CALLBACK: return Error::make(ErrorCode::cancelled, "the fetch from " + host + " was given up");
    default: return unavailable("the fetch from " + host + " failed: " + (*curlText != '\0' ? curlText : curl_easy_strerror(code)));
  }
}

// The host for messages and policy. Without a policy libcurl reads the URL, as the user's own choice.
Result<std::string> hostOf(const ClientRequest& request) {
  if (request.policy != nullptr) {
    REDD_TRY_VOID(request.policy->checkUrl(request.url));
    REDD_TRY(auto url, parseStrictUrl(request.url));
    return std::move(url.host);
  }
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), &curl_url_cleanup);
  char* host = nullptr;
  if (curl_url_set(parts.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parts.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return invalid("not a URL: " + request.url.substr(0, 200));
  }
  std::string owned(host);
  curl_free(host);
  return owned;
}

class PoolFetcher final : public Fetcher {
 public:
  PoolFetcher(Loop& loop, std::string caFile, AddressPolicy policy) : loop_(loop), caFile_(std::move(caFile)), policy_(std::move(policy)) {
    for (std::size_t i = 0; i < kFetchThreads; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
  }

  ~PoolFetcher() override {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
    for (Job& job : queue_) finish(std::move(job), Error::make(ErrorCode::cancelled, "the server is stopping"));
  }

  void fetch(ClientRequest request, Completion<ClientResponse> done) override {
    request.policy = &policy_;
    request.caFile = caFile_;
    Job job{std::move(request), std::move(done), boost::asio::make_work_guard(loop_)};
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() < kFetchesQueuedMax) {
        queue_.push_back(std::move(job));
        waiting_.notify_one();
        return;
      }
    }
    finish(std::move(job), Error::make(ErrorCode::tooManyRequests, "too many fetches are waiting"));
  }

  const AddressPolicy& policy() const override { return policy_; }

 private:
  struct Job {
    ClientRequest request;
    Completion<ClientResponse> done;
    boost::asio::executor_work_guard<Loop::executor_type> work;  // the loop runs until it has answered
  };

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (waiting_.wait(lock, stop, [this] { return !queue_.empty(); }) && !stop.stop_requested()) {
      Job job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      auto result = transfer(std::move(job.request), {.stop = stop, .resolve = {}});
      finish(std::move(job), std::move(result));
      lock.lock();
    }
  }

  void finish(Job job, Result<ClientResponse> result) {
    boost::asio::post(loop_, [done = std::move(job.done), result = std::move(result)]() mutable { done(std::move(result)); });
  }

  Loop& loop_;
  const std::string caFile_;
  const AddressPolicy policy_;
  std::mutex mutex_;
  std::condition_variable_any waiting_;
  std::deque<Job> queue_;
  std::vector<std::jthread> threads_;
};

}  // namespace

Result<ClientResponse> transfer(ClientRequest request, const TransferContext& context) {
  REDD_TRY(std::string host, hostOf(request));
  Progress progress{request, context, std::move(host), {}, 0, false, false, std::nullopt};
  const Easy easy(curl_easy_init());
  REDD_CHECK(easy != nullptr);
  std::array<char, CURL_ERROR_SIZE> curlText{};
  set(easy.get(), CURLOPT_ERRORBUFFER, curlText.data());
  set(easy.get(), CURLOPT_URL, request.url.c_str());
  setBounds(easy.get(), progress);
  setTls(easy.get(), request);
  REDD_TRY(const List headers, setMessage(easy.get(), progress));
  List resolve;
  for (const std::string& entry : context.resolve) append(resolve, entry);
  if (resolve) set(easy.get(), CURLOPT_RESOLVE, resolve.get());
  const CURLcode code = curl_easy_perform(easy.get());
  if (code != CURLE_OK && !progress.isStoppedByReader) return transferError(code, progress, curlText.data());
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  progress.response.status = static_cast<int>(status);
  return std::move(progress.response);
}

Result<ClientResponse> fetch(ClientRequest request) { return transfer(std::move(request), {}); }

Result<ClientResponse> upload(ClientRequest request, UploadBody body) { return transfer(std::move(request), {.stop = {}, .resolve = {}, .upload = &body}); }

std::unique_ptr<Fetcher> Fetcher::create(Loop& loop, std::string caFile, AddressPolicy policy) {
  return std::make_unique<PoolFetcher>(loop, std::move(caFile), std::move(policy));
}

}  // namespace redd::http
