#include "backup/moment.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <charconv>

#include "disk.h"
#include "server_files.h"

namespace redd::backup {
namespace {

std::filesystem::path folderOf(const std::filesystem::path& dataDir, const space::Space& space) { return dataDir / "moments" / space.id; }

// Digits of exactly `length`, taken off the front.
bool take(std::string_view& text, std::size_t length, int& out) {
  if (text.size() < length) return false;
  const auto read = std::from_chars(text.data(), text.data() + length, out);
  if (read.ec != std::errc{} || read.ptr != text.data() + length || out < 0) return false;
  text.remove_prefix(length);
  return true;
}
bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Result<UnixMs> momentFrom(std::string_view given) {
  UnixMs ms = 0;
  const auto number = std::from_chars(given.data(), given.data() + given.size(), ms);
  if (number.ec == std::errc{} && number.ptr == given.data() + given.size() && ms > 100'000'000'000) return ms;
  const auto bad = invalid(fmt::format("'{}' is no time. Fix: as in 2026-11-24T18:01:02Z or 2026-11-24T18:01:02.345Z, in UTC", given.substr(0, 60)));
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milli = 0;
  auto text = given;
  if (!take(text, 4, year) || !take(text, '-') || !take(text, 2, month) || !take(text, '-') || !take(text, 2, day)) return bad;
  if ((!take(text, 'T') && !take(text, ' ')) || !take(text, 2, hour) || !take(text, ':') || !take(text, 2, minute)) return bad;
  if (take(text, ':') && !take(text, 2, second)) return bad;
  if (take(text, '.') && !take(text, 3, milli)) return bad;
  if (!take(text, 'Z') || !text.empty() || hour > 23 || minute > 59 || second > 60) return bad;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return bad;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((std::int64_t{days} * 24 + hour) * 60 + minute) * 60'000 + second * 1'000 + milli;
}

Result<StagedSpace> stageSpace(const FromMoment& wish, const std::filesystem::path& scratch) {
  StagedSpace out;
  out.adopted = {{}, wish.space->settings, wish.space->tokens, wish.space->deployment, wish.space->entry};
  out.folder = scratch / "space";
  REDD_TRY_VOID(makeFolder(out.folder));
  REDD_TRY_VOID(store::rebuildMoment(folderOf(wish.dataDir, *wish.space), wish.dataDir / kSpacesName / wish.space->id, wish.at, out.folder));
  return out;
}

Result<std::vector<store::MomentSpan>> momentsOf(const std::filesystem::path& dataDir, const space::Space& space) {
  return store::momentSpans(folderOf(dataDir, space));
}

}  // namespace redd::backup
