// Deletes the folders of spaces that lay in the trash for ControlOptions::trashDays, and of copies that were never finished. The catalogue
// knows of a space until its folder has gone, so a stop in between loses nothing and leaves nothing behind.
//
// Belongs to the loop of Control. One sweep at a time: at the start, every ten minutes, and when a purge asks for one.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "base/task.h"
#include "services.h"

namespace redd::control {

class SpaceSweeper {
 public:
  SpaceSweeper(Loop& loop, Services& services);
  ~SpaceSweeper() { stop(); }
  void soon();  // sweeps now
  void stop();

 private:
  struct State {
    State(Loop& loop, Services& services) : services(services), timer(loop) {}
    Services& services;
    boost::asio::steady_timer timer;
    bool isStopped = false;
  };
  static Task<void> run(std::shared_ptr<State> state);
  static Task<void> sweep(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace redd::control
