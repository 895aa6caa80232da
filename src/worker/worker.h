// One worker: its process, its channel, and the invocations inside it. Keeps the protocol: whatever a worker sends that PROTOCOL.md
// does not allow ends this worker and nothing else (SEC-27).
//
//   starting → ready → draining → lost → reaped        (starting, ready and draining can each go to lost)
//
// Lost: the invocations inside have failed, nobody uses it any more. Reaped: the process is gone, the last state. It has no timers: the
// pool calls tick(). It keeps itself alive until it is reaped or shut down.
#pragma once

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "channel.h"
#include "context.h"
#include "process.h"
#include "run.h"

namespace redd::worker {

class Worker final : public Channel::Owner, public std::enable_shared_from_this<Worker> {
 public:
  enum class State : std::uint8_t { starting, ready, draining, lost, reaped };

  class Owner {
   public:
    virtual void workerReady(Worker& worker) = 0;
    virtual void workerRefused(Worker& worker, const Error& error) = 0;  // its script did not load
    virtual void workerFree(Worker& worker) = 0;                         // takes one invocation more than before
    virtual void workerLost(Worker& worker) = 0;
    virtual void workerReaped(Worker& worker) = 0;  // drop it

   protected:
    ~Owner() = default;
  };

  // `space` with the deployment that it is to run.
  static Result<std::shared_ptr<Worker>> start(Context& context, space::SpacePtr space, Owner& owner);

  void invoke(const RunPtr& run);  // state() must be ready
  void sendBody(Run& run, std::string_view bytes);
  void endBody(Run& run);
  void consumed(Run& run, std::size_t bytes);
  void abort(const RunPtr& run, std::string_view reason);

  // No more invocations: it finishes those it has, then exits; killed when it has not by then.
  void retire(std::int64_t killAtNs);
  void kill(std::string_view reason, std::string_view detail);
  void shutDown();  // kills and reaps at once; nobody is told any more

  enum class Pace : std::uint8_t { relaxed, soon };
  Pace tick(std::int64_t nowNs);  // deadlines; soon: another one may be due within the next second

  std::uint64_t id() const { return id_; }
  int pid() const { return process_.pid; }
  State state() const { return state_; }
  std::size_t memoryBytes() const { return state_ == State::reaped ? 0 : residentBytes(process_.pid); }  // its number may be another's by then
  bool takesInvocations() const { return state_ == State::ready && !doubted_ && runs_.size() < kRunsMax; }
  bool doubted() const { return doubted_; }  // an invocation ran out of time: takes no other until its loop has shown that it turns
  std::size_t active() const { return active_; }        // invocations whose caller still waits
  std::size_t forgotten() const { return forgotten_; }  // answered or aborted long ago and never settled
  std::int64_t startedNs() const { return startedNs_; }
  std::int64_t readyNs() const { return readyNs_; }  // 0 before it was
  std::int64_t idleSinceNs() const { return idleSinceNs_; }
  const space::SpacePtr& space() const { return space_; }
  void setSpace(space::SpacePtr space) { space_ = std::move(space); }  // same deployment and environment
  const space::Manifest& manifest() const { return manifest_; }

  static constexpr int kEndTurnsMax = 1'000;  // of the loop, between the end of a starting process and its hang-up
  static constexpr std::size_t kRunsMax = 10'000;  // in the table, unsettled ones included

 private:
  Worker(Context& context, space::SpacePtr space, Owner& owner, Process process);
  void begin();

  void onFrame(const wire::Frame& frame) override;
  void onBadFrame(std::string_view why) override;
  void onSent() override;
  void onHangUp() override;

  using Outcome = Result<void>;  // an error is a breach of the protocol
  Outcome handle(const wire::Frame& frame);
  Outcome handleReady(const wire::Frame& frame);
  Outcome handleLoadFailed(const wire::Frame& frame);
  Outcome handleForRun(const wire::Frame& frame);
  Outcome handleHead(const RunPtr& run, const wire::Frame& frame);
  Outcome handleBody(const RunPtr& run, const wire::Frame& frame);
  Outcome handleAnswer(const RunPtr& run, const wire::Frame& frame);
  Outcome handleNoHook(const RunPtr& run);
  Outcome handleCredit(Run& run, const wire::Frame& frame);
  Outcome handleSettled(const RunPtr& run);
  Outcome handleCall(const wire::Frame& frame, const wire::JsonAndBytes& parts);
  Outcome handleLog(const wire::Frame& frame);
  void handlePong(std::uint32_t id);
  void reply(std::uint32_t call, CallReply reply);

  void sendBundle();
  void ping(std::int64_t dueNs);
  std::string& out();
  RunPtr find(std::uint32_t id) const;
  std::shared_ptr<AnswerSink> finish(Run& run);  // its sequence ends: the sink, if the caller still listens
  void remove(Run& run);                         // from the table
  void drainWhenEmpty();
  void lose(std::string_view detail);
  void readOutput();
  void printOutput(bool all);
  void watchEnd();
  void ended();
  std::string_view deathReason(const Exit& exit) const;

  Context& context_;
  Owner* owner_;
  space::SpacePtr space_;
  const std::uint64_t id_;
  Process process_;
  std::shared_ptr<Channel> channel_;
  boost::asio::posix::stream_descriptor pidfd_, output_;
  std::array<char, 4096> outputBuffer_{};
  std::string outputText_;  // printed, not yet passed on
  std::shared_ptr<const std::string> bundle_;
  std::size_t bundleSent_ = 0;
  const Counter invocationUs_;  // of the space

  State state_ = State::starting;
  space::Manifest manifest_;
  std::vector<std::uint32_t> ids_;  // the table: ids_[i] is runs_[i]
  std::vector<RunPtr> runs_;
  std::uint32_t lastId_ = 0;
  std::size_t active_ = 0, forgotten_ = 0, callsInFlight_ = 0;
  std::uint32_t pingId_ = 0;
  std::int64_t startedNs_ = 0, readyNs_ = 0, idleSinceNs_ = 0, pingedNs_ = 0;
  std::int64_t readyDueNs_ = 0, pongDueNs_ = 0, killDueNs_ = 0, scannedNs_ = 0;  // 0: none
  int endTurns_ = 0;
  bool drainSent_ = false, refused_ = false, outOfMemory_ = false, doubted_ = false;
  std::string killedFor_;
};

}  // namespace redd::worker
