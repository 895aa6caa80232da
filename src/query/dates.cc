#include <charconv>
#include <chrono>

#include "filter_node.h"

namespace redd::query {
namespace {

class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool digits(std::size_t count, int& value) {
    if (rest_.size() < count) return false;
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + count, value);
    if (failed != std::errc() || end != rest_.data() + count || rest_[0] == '-') return false;
    rest_.remove_prefix(count);
    return true;
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  int milliseconds() {  // of a fraction of any length; what is finer is cut off, as in JavaScript
    int value = 0;
    int digits = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; ++digits) {
      if (digits < 3) value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<double> dateOf(const Value& value) {
  if (value.kind == Kind::number) return value.number;
  if (value.kind != Kind::text) return std::nullopt;
  DateReader reader(value.text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0;
  int offset = 0;
  if (!reader.digits(4, year) || !reader.take('-') || !reader.digits(2, month) || !reader.take('-') || !reader.digits(2, day)) {
    return std::nullopt;
  }
  if (reader.take('T') || reader.take(' ')) {
    if (!reader.digits(2, hour) || !reader.take(':') || !reader.digits(2, minute)) return std::nullopt;
    if (reader.take(':') && !reader.digits(2, second)) return std::nullopt;
    if (reader.take('.')) millisecond = reader.milliseconds();
    const int sign = reader.take('+') ? 1 : reader.take('-') ? -1 : 0;
    if (sign != 0) {
      int hours = 0, minutes = 0;
      if (!reader.digits(2, hours)) return std::nullopt;
      reader.take(':');
      if (!reader.digits(2, minutes)) return std::nullopt;
      offset = sign * (hours * 60 + minutes);
    } else {
      reader.take('Z');
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.done() || !date.ok() || hour > 24 || minute > 59 || second > 59) return std::nullopt;
  const double days = static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
  return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + millisecond;
}

}  // namespace redd::query
