#include "serve.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "account/accounts.h"
#include "admin_ui.h"
#include "assets.h"
#include "auth/authenticator.h"
#include "backup/s3.h"
#include "backup/scratch.h"
#include "base/activity.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/suspend.h"
#include "control/control.h"
#include "devidp/devidp.h"
#include "gateway/gateway.h"
#include "host/host.h"
#include "http/client.h"
#include "http/server.h"
#include "http/url.h"
#include "secrets.h"
#include "share.h"
#include "space/catalogue.h"
#include "space/redaction.h"
#include "store/log_book.h"
#include "store/sqlite/database.h"
#include "store/store.h"
#include "worker/supervisor.h"

namespace redd {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kDrainMs = 10'000;

// The rooms, in the order in which they are built; they go in the opposite one.
struct House {
  Metrics metrics;
  Activity activity;
  Assets assets;
  std::unique_ptr<devidp::DevIdp> devIdp;
  std::unique_ptr<space::Catalogue> catalogue;
  std::unique_ptr<account::Accounts> accounts;
  std::unique_ptr<store::Stores> stores;
  std::unique_ptr<store::LogBook> logBook;
  std::unique_ptr<http::Fetcher> fetcher;
  std::unique_ptr<auth::Authenticator> authenticator;
  std::unique_ptr<host::Host> host;
  std::unique_ptr<worker::Supervisor> supervisor;
  std::unique_ptr<control::Control> control;
  std::unique_ptr<gateway::Gateway> gateway;
  std::shared_ptr<void> subscription;
  std::unique_ptr<http::Server> server;
  std::string ownerToken;  // in clear on the first start only
};

Task<void> dispatch(House& house, http::Exchange& exchange) {
  if (Assets::owns(exchange.head().path())) {
    co_await house.assets.serve(exchange);
  } else if (house.control->owns(exchange.head())) {
    co_await house.control->serve(exchange);
  } else {
    co_await house.gateway->serve(exchange);
  }
}

Result<void> writePrivateFile(const fs::path& file, const std::string& text) {
  const fs::path draft = file.string() + ".new";
  std::error_code error;
  fs::remove(draft, error);
  {
    const mode_t before = ::umask(0077);
    std::ofstream out(draft);
    ::umask(before);
    out << text << '\n';
    if (!out.flush()) return Error::make(ErrorCode::internal, fmt::format("cannot write {}", draft.string()));
  }
  fs::rename(draft, file, error);
  if (error) return Error::make(ErrorCode::internal, fmt::format("cannot write {}: {}", file.string(), error.message()));
  return {};
}

Result<control::BackupOptions> backupOptions(const Settings& settings) {
  control::BackupOptions out{settings.backupDir.empty() ? fs::path() : fs::absolute(settings.backupDir), 0, settings.backupKeep};
  if (!settings.secretKeyFile.empty()) out.secretKeyFile = fs::absolute(settings.secretKeyFile);
  REDD_TRY(out.everyMs, parseEvery(settings.backupEvery));
  if (settings.backupS3.empty()) return out;
  const auto keyId = takeVariable("REDD_BACKUP_S3_KEY_ID"), secret = takeVariable("REDD_BACKUP_S3_SECRET");
  REDD_TRY(out.s3, backup::S3Store::parse(settings.backupS3, settings.backupS3Region, keyId, secret));
  out.s3->caFile = settings.caFile;
  out.s3Keep = settings.backupS3Keep;
  return out;
}

// Where this machine itself reaches a server that listens on `address`, as in "0.0.0.0:4000".
std::string reachableHost(std::string_view address) {
  const auto host = http::splitHost(address).name;
  return host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : std::string(host);
}

// The running tasks of a server.
class Serving {
 public:
  Serving(Loop& loop, const Settings& settings, Mode mode, Output output)
      : loop_(loop), settings_(settings), mode_(mode), output_(output), signals_(loop, SIGTERM, SIGINT) {}

  Task<void> run() {
    if (auto started = co_await start(); !started) {
      std::fprintf(stderr, "redd: %s\n", std::string(started.error().text()).c_str());
      exitCode_ = 1;
      loop_.stop();
      co_return;
    }
    announce();
    boost::system::error_code ignored;
    co_await signals_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    spawn(loop_, secondSignal());
    co_await stop();
    loop_.stop();
  }
  int exitCode() const { return exitCode_; }

 private:
  bool isDev() const { return mode_ == Mode::dev; }

  Task<Result<void>> start() {
    REDD_CO_TRY(const Share share, findShare());
    REDD_CO_TRY(house_.assets, Assets::read(share.assets));
    REDD_CO_TRY(const ListenAddress listen, parseListen(settings_.listen));
    std::vector<std::string> allowPrivate = settings_.allowPrivate;
    if (isDev()) {
      for (const char* loopback : {"localhost", "127.0.0.0/8", "::1/128"}) allowPrivate.emplace_back(loopback);
    }
    REDD_CO_TRY(auto policy, http::AddressPolicy::parse(allowPrivate));
    if (isDev() && listen.host != "127.0.0.1" && listen.host != "::1" && listen.host != "localhost") {
      co_return invalid(fmt::format("redd dev listens on loopback only, and --listen names {}. Use redd serve for others", listen.host));
    }
    // A session of its own data: whether the directory is free is known before anything else is started.
    const fs::path data = fs::absolute(settings_.data).lexically_normal();
    REDD_CO_TRY(house_.catalogue, space::Catalogue::open(data, settings_.secretKeyFile));
    REDD_CO_TRY(auto accountsKey, house_.catalogue->keptKey("accounts"));
    REDD_CO_TRY(house_.accounts, account::Accounts::open({.dataDir = data, .key = std::move(accountsKey)}));
    REDD_CO_TRY_VOID(ensureOwner(data));
    backup::clearStaging(data);

    const fs::path node = settings_.node.empty() ? share.node : fs::path(settings_.node);
    fs::path caFile = settings_.caFile;
    if (isDev()) {
      REDD_CO_TRY(house_.devIdp, co_await devidp::DevIdp::start(
                                     loop_, {node, share.devidp / "main.mjs", data / "devidp", settings_.idpPort, settings_.idpHttpsPort}));
      if (caFile.empty()) caFile = house_.devIdp->caFile();
    }
    REDD_CO_TRY(house_.stores, store::Stores::open(loop_, data, settings_.limits, house_.metrics, std::int64_t{settings_.pitrHours} * 3'600'000));
    REDD_CO_TRY(house_.logBook, store::LogBook::open(loop_, data, settings_.limits, house_.metrics, settings_.logDays));
    house_.fetcher = http::Fetcher::create(loop_, caFile, std::move(policy));
    house_.authenticator = auth::Authenticator::create(loop_, *house_.fetcher, settings_.limits, house_.metrics, {data / "keysets", nowMs});
    house_.host = host::Host::create(*house_.stores, settings_.limits, [this](const space::Space& space, std::string_view name) {
      auto found = space::findSpace(*house_.catalogue->snapshot(), space.project, name);
      return found ? *found : nullptr;
    });
    REDD_CO_TRY(house_.supervisor, worker::Supervisor::create(loop_, {node, share.runtime, caFile}, settings_.limits, house_.metrics, *house_.host,
                                                              logSink(*house_.logBook)));
    REDD_CO_TRY(auto proxies, http::TrustedProxies::parse(settings_.trustedProxies));
    control::ControlOptions controlOptions{data, settings_.hostNames, REDD_VERSION, node.string(), std::string(store::sqlite::Database::version())};
    controlOptions.graphql = settings_.graphql;
    controlOptions.graphqlDir = share.runtime / "graphql";
    controlOptions.authenticator = house_.authenticator.get();
    controlOptions.trashDays = settings_.trashDays;
    controlOptions.proxies = proxies;
    controlOptions.adminUi = adminUi();
    REDD_CO_TRY(controlOptions.backup, backupOptions(settings_));
    REDD_CO_TRY(house_.control, control::Control::create(loop_, std::move(controlOptions), settings_.limits, house_.metrics, house_.activity,
                                                         *house_.catalogue, *house_.accounts, *house_.supervisor, *house_.stores,
                                                         *house_.logBook, house_.fetcher->policy()));
    gateway::GatewayOptions gatewayOptions{settings_.hostNames, isDev() ? gateway::Explain::everything : gateway::Explain::theClass,
                                           std::move(proxies)};
    house_.gateway = gateway::Gateway::create(loop_, {*house_.catalogue, *house_.authenticator, *house_.supervisor, *house_.logBook, house_.activity},
                                              std::move(gatewayOptions), settings_.limits, house_.metrics);
    house_.subscription = house_.catalogue->subscribe([this](const space::SpacePtr& before, const space::SpacePtr& after) {
      boost::asio::post(loop_, [this, before, after] { spaceChanged(before, after); });
    });
    REDD_CO_TRY(house_.server, http::Server::listen(loop_, {listen.host, listen.port}, settings_.limits, house_.metrics,
                                                    [this](http::Exchange& exchange) { return dispatch(house_, exchange); }));
    house_.control->setListenAddress(house_.server->address());
    house_.supervisor->setGatewayAddress({reachableHost(house_.server->address()), house_.server->port()});
    if (isDev()) REDD_CO_TRY_VOID(writePrivateFile(data / "coho.json", fmt::format(R"({{"url":{},"token":{}}})", json::quoted(url()), json::quoted(ownerToken_))));
    co_return Result<void>{};
  }

  Result<void> ensureOwner(const fs::path& data) {
    auto& accounts = *house_.accounts;
    std::optional<account::FormerOwner> former;
    if (const auto known = house_.catalogue->formerOwner()) former = {.id = known->id, .tokenDigest = known->tokenDigest};
    REDD_TRY(house_.ownerToken, accounts.ensureOwner(takeVariable("REDD_OWNER_TOKEN"), former));
    REDD_TRY_VOID(house_.catalogue->forgetFormerOwner());
    const auto directory = accounts.directory();
    REDD_TRY_VOID(house_.catalogue->giveProjectsWithoutTeam(directory->user(directory->ownerId)->defaultTeamId));
    const fs::path file = data / "owner-token";
    if (house_.ownerToken.empty()) {
      std::getline(std::ifstream(file), ownerToken_);  // may have been taken away by a careful operator
    } else {
      ownerToken_ = house_.ownerToken;
      REDD_TRY_VOID(writePrivateFile(file, ownerToken_));  // first: it is shown once, and what follows may fail
    }
    REDD_TRY_VOID(presetPassword(accounts));
    REDD_TRY(setupCode_, accounts.openSetup());
    return {};
  }

  Result<void> presetPassword(account::Accounts& accounts) const {
    const auto& [email, file] = std::tie(settings_.ownerEmail, settings_.ownerPasswordFile);
    if (email.empty() && file.empty()) return {};
    if (email.empty() || file.empty()) {
      return invalid(fmt::format("--owner-email and --owner-password-file belong together. Fix: set {} too", email.empty() ? "--owner-email" : "--owner-password-file"));
    }
    std::string password;
    std::getline(std::ifstream(file), password);
    if (auto set = accounts.presetPassword(email, password); !set) return invalid(fmt::format("--owner-email, --owner-password-file: {}", set.error().text()));
    return {};
  }

  static worker::Supervisor::LogSink logSink(store::LogBook& book) {
    return [&book](const space::SpacePtr& space, std::string_view level, std::string_view context, std::string_view requestId,
                   std::string_view text) {
      store::LogLine line;
      line.level = level;
      line.context = context;
      line.requestId = requestId;
      line.text = space::redacted(*space, text);
      book.append(space->id, std::move(line));
    };
  }

  void spaceChanged(const space::SpacePtr& before, const space::SpacePtr& after) {
    house_.supervisor->spaceChanged(before, after);
    const auto& gone = before ? before : after;
    const bool removed = !after || (after->revision == 0 && !after->deployment);
    const bool sameKeys = before && !removed && before->settings.jwksUrl == after->settings.jwksUrl && before->settings.issuer == after->settings.issuer &&
                          before->settings.audience == after->settings.audience && before->settings.algorithms == after->settings.algorithms;
    if (!sameKeys) house_.authenticator->forget(gone->id);
    if (removed) house_.activity.forget(gone->id);
  }

  std::string url() const { return "http://" + house_.server->address(); }

  void announce() const {
    const std::size_t projects = house_.catalogue->snapshot()->projects.size();
    const std::string data = fs::absolute(settings_.data).lexically_normal().string();
    std::string text;
    if (output_ == Output::json) {
      text = fmt::format(R"({{"ready":true,"url":{},"dataDir":{},"projects":{},"firstStart":{}{}}})", json::quoted(url()), json::quoted(data), projects,
                         !house_.ownerToken.empty(), devIdpJson());
    } else {
      text = fmt::format("Redd {} listens on {}\n  data directory  {}\n  projects        {}\n", REDD_VERSION, url(), data, projects);
      if (!adminUi().empty()) text += fmt::format("  admin UI        {}/_/\n", url());
      if (house_.devIdp) {
        text += fmt::format("  identity        {}  (https: port {}; users alice, bob, carol; development only)\n", house_.devIdp->issuer(), house_.devIdp->httpsPort());
        text += fmt::format("  owner's token   {}/owner-token\n  coho            is logged in for this folder\n", data);
      } else if (!house_.ownerToken.empty()) {
        text += fmt::format("  owner's token   {}/owner-token\n\nLog in with:\n  coho login {} --token {}\n", data, url(), house_.ownerToken);
      }
      if (!isDev() && !setupCode_.empty()) {
        text += fmt::format("\nNobody has a password yet. To make one, within 30 minutes, on this machine, at {}/_/ or with coho setup:\n  setup code      {}\n  (also in {}/setup-code)\n", url(),
                            setupCode_, data);
      }
    }
    std::puts(text.c_str());
    std::fflush(stdout);
  }

  std::string devIdpJson() const {
    if (!house_.devIdp) return {};
    return fmt::format(R"(,"issuer":{},"idpHttpPort":{},"idpHttpsPort":{},"caFile":{})", json::quoted(house_.devIdp->issuer()), house_.devIdp->httpPort(),
                       house_.devIdp->httpsPort(), json::quoted(house_.devIdp->caFile().string()));
  }

  Task<void> secondSignal() {
    boost::system::error_code error;
    co_await signals_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (!error) ::_exit(130);  // everything acknowledged is on disk already
  }

  // REL-07: no new work, finish what runs, then close from the top floor down.
  Task<void> stop() {
    log::info("redd", "stopping");
    co_await house_.control->stop();
    co_await house_.server->drain(kDrainMs);
    house_.subscription.reset();
    co_await house_.supervisor->stop(kDrainMs / 2);
    (void)co_await suspend<void>([this](Completion<void> done) { house_.stores->close(std::move(done)); });
    (void)co_await suspend<void>([this](Completion<void> done) { house_.logBook->close(std::move(done)); });
    log::info("redd", "stopped");
  }

  Loop& loop_;
  const Settings& settings_;
  Mode mode_;
  Output output_;
  boost::asio::signal_set signals_;
  House house_;
  std::string ownerToken_, setupCode_;
  int exitCode_ = 0;
};

}  // namespace

int serve(const Settings& settings, Mode mode, Output output) {
  Loop loop(1);
  Serving serving(loop, settings, mode, output);
  spawn(loop, serving.run());
  loop.run();
  return serving.exitCode();
}

}  // namespace redd
