// The formats of ajv-formats 3 in their full form. Expressions are its own, without look-ahead, which the functions replace.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "schema_node.h"

namespace redd::query::schema {
namespace {

// An expression over bytes: letters fold only within ASCII, as without JavaScript's flag u.
class Expression {
 public:
  explicit Expression(std::string_view source) : regex_(source, options()) { REDD_CHECK(regex_.ok()); }
  template <class... Groups>
  bool matches(std::string_view text, Groups*... groups) const {
    return RE2::PartialMatch(text, regex_, groups...);
  }

 private:
  static RE2::Options options() {
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingLatin1);
    options.set_case_sensitive(false);
    return options;
  }
  RE2 regex_;
};

// ---- dates and times ----

bool isDate(std::string_view text) {
  static const Expression kDate(R"(^(\d\d\d\d)-(\d\d)-(\d\d)$)");
  int year = 0;
  unsigned month = 0, day = 0;
  if (!kDate.matches(text, &year, &month, &day)) return false;
  return std::chrono::year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)}.ok();
}

enum class Zone : unsigned char { needed, optional };

template <Zone kZone>
bool isTime(std::string_view text) {
  static const Expression kTime(R"(^(\d\d):(\d\d):(\d\d)((?:\.\d+)?)(z|([+-])(\d\d)(?::?(\d\d))?)?$)");
  int hour = 0, minute = 0, second = 0;
  std::string fraction, zone, sign, zoneHours, zoneMinutes;
  if (!kTime.matches(text, &hour, &minute, &second, &fraction, &zone, &sign, &zoneHours, &zoneMinutes)) return false;
  const auto number = [](const std::string& digits) { return digits.empty() ? 0 : (digits[0] - '0') * 10 + (digits[1] - '0'); };
  const int offsetHours = number(zoneHours), offsetMinutes = number(zoneMinutes);
  if (offsetHours > 23 || offsetMinutes > 59 || (kZone == Zone::needed && zone.empty())) return false;
  if (hour <= 23 && minute <= 59 && second < 60) return true;
  const int direction = sign == "-" ? -1 : 1;  // a leap second is the last one of a day in UTC
  const int utcMinute = minute - offsetMinutes * direction;
  const int utcHour = hour - offsetHours * direction - (utcMinute < 0 ? 1 : 0);
  return (utcHour == 23 || utcHour == -1) && (utcMinute == 59 || utcMinute == -1) && second < 61;
}

template <Zone kZone>
bool isDateTime(std::string_view text) {
  const auto separator = text.find_first_of("tT \t\n\v\f\r");
  return separator != std::string_view::npos && isDate(text.substr(0, separator)) && isTime<kZone>(text.substr(separator + 1));
}

bool isDuration(std::string_view text) {
  static const Expression kDuration(R"(^(?-i:P(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|\d+W))$)");
  return text != "P" && !text.ends_with('T') && kDuration.matches(text);
}

// ---- names and addresses ----

// RFC 3986, as ajv-formats writes it; a reference also allows quotes.
enum class Reference : unsigned char { no, yes };
std::string uriSource(Reference reference) {
  const std::string_view quote = reference == Reference::yes ? "\"" : "";
  constexpr std::string_view kOctet = R"((?:25[0-5]|2[0-4]\d|[01]?\d\d?))";
  const std::string address = fmt::format(R"((?:{0}\.){{3}}{0})", kOctet);
  constexpr std::string_view h16 = "[0-9a-f]{1,4}";
  const std::string tail = fmt::format("(?:{0}:{0}|{1})", h16, address);
  const std::string v6 = fmt::format(
      R"((?:(?:(?:{0}:){{6}}|::(?:{0}:){{5}}|(?:{0})?::(?:{0}:){{4}}|(?:(?:{0}:){{0,1}}{0})?::(?:{0}:){{3}}|(?:(?:{0}:){{0,2}}{0})?::(?:{0}:){{2}}|)"
      R"((?:(?:{0}:){{0,3}}{0})?::{0}:|(?:(?:{0}:){{0,4}}{0})?::){1}|(?:(?:{0}:){{0,5}}{0})?::{0}|(?:(?:{0}:){{0,6}}{0})?::))",
      h16, tail);
  constexpr std::string_view hex = "%[0-9a-f]{2}";
  const std::string user = fmt::format(R"((?:(?:[a-z0-9\-._~!$&'()*+,;=:]|{})*@)?)", hex);
  const std::string host = fmt::format(R"((?:\[(?:{}|v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+)\]|{}|(?:[a-z0-9\-._~!$&'{}()*+,;=]|{})*))", v6, address, quote, hex);
  const std::string mark = fmt::format(R"((?:[a-z0-9\-._~!$&'{}()*+,;=:@]|{}))", quote, hex);
  const std::string more = fmt::format(R"((?:[a-z0-9\-._~!$&'{}()*+,;=:@/?]|{})*)", quote, hex);
  return fmt::format(R"(^(?:[a-z][a-z0-9+\-.]*:){0}(?:/?/{1}{2}(?::\d*)?(?:/{3}*)*|/(?:{3}+(?:/{3}*)*)?|{3}+(?:/{3}*)*){0}(?:\?{4})?(?:#{4})?$)",
                     reference == Reference::yes ? "?" : "", user, host, mark, more);
}

bool isUri(std::string_view text) {
  static const Expression kUri(uriSource(Reference::no));
  return text.find_first_of("/:") != std::string_view::npos && kUri.matches(text);
}

bool isUriReference(std::string_view text) {
  static const Expression kReference(uriSource(Reference::yes));
  return kReference.matches(text);
}

bool isUriTemplate(std::string_view text) {
  static const Expression kTemplate(
      R"re(^(?:(?:[^\x00-\x20"'<>%\\^`{|}]|%[0-9a-f]{2})|\{[+#./;?&=,!@|]?(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?)re"
      R"re((?:,(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?)*\})*$)re");
  return kTemplate.matches(text);
}

// Web addresses of public hosts.
bool isUrl(std::string_view text) {
  static const auto kUrl = makeRegex(
      R"(^(?:https?|ftp):\/\/(?:\S+(?::\S*)?@)?(?:(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2}))"
      R"((?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))|)"
      R"((?:(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)(?:\.(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)*)"
      R"((?:\.(?:[a-z\u{00a1}-\u{ffff}]{2,})))(?::\d{2,5})?(?:\/[^\s]*)?$)",
      "iu");
  Regex::Budget budget;
  return (*kUrl)->search(text, budget) == Regex::Found::yes;
}

bool isEmail(std::string_view text) {
  static const Expression kEmail(
      R"(^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$)");
  return kEmail.matches(text);
}

bool isHostname(std::string_view text) {
  static const Expression kHostname(R"(^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-0-9a-z]{0,61}[0-9a-z])?)*\.?$)");
  constexpr std::size_t kLengthMax = 253;
  return text.size() <= kLengthMax + (text.ends_with('.') ? 1 : 0) && kHostname.matches(text);
}

template <int kFamily>
bool isAddress(std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return text.find('\0') == std::string_view::npos && inet_pton(kFamily, std::string(text).c_str(), address.data()) == 1;
}

bool isUuid(std::string_view text) {
  static const Expression kUuid(R"(^(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$)");
  return kUuid.matches(text);
}

// ---- what programs write ----

bool isRegex(std::string_view text) {
  static const Expression kZ(R"([^\\]\\(?-i:Z))");
  if (kZ.matches(text)) return false;
  const auto regex = makeRegex(text, "");
  return regex || regex.error().publicText.ends_with("supported in regular expressions");  // good JavaScript all the same
}

bool isJsonPointer(std::string_view text) {
  static const Expression kPointer(R"(^(?:/(?:[^~/]|~0|~1)*)*$)");
  return kPointer.matches(text);
}

bool isJsonPointerFragment(std::string_view text) {
  static const Expression kFragment(R"(^#(?:/(?:[a-z0-9_\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~0|~1)*)*$)");
  return kFragment.matches(text);
}

bool isRelativeJsonPointer(std::string_view text) {
  static const Expression kRelative(R"(^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$)");
  return kRelative.matches(text);
}

bool isByte(std::string_view text) {
  static const Expression kByte(R"((?m)^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$)");
  return kByte.matches(text);
}

}  // namespace

Format formatNamed(std::string_view name) {
  struct Named {
    std::string_view name;
    Format format;
  };
  constexpr Named kFormats[] = {
      {"date", isDate},
      {"time", isTime<Zone::needed>},
      {"date-time", isDateTime<Zone::needed>},
      {"iso-time", isTime<Zone::optional>},
      {"iso-date-time", isDateTime<Zone::optional>},
      {"duration", isDuration},
      {"uri", isUri},
      {"uri-reference", isUriReference},
      {"uri-template", isUriTemplate},
      {"url", isUrl},
      {"email", isEmail},
      {"hostname", isHostname},
      {"ipv4", isAddress<AF_INET>},
      {"ipv6", isAddress<AF_INET6>},
      {"regex", isRegex},
      {"uuid", isUuid},
      {"json-pointer", isJsonPointer},
      {"json-pointer-uri-fragment", isJsonPointerFragment},
      {"relative-json-pointer", isRelativeJsonPointer},
      {"byte", isByte},
  };
  const auto* known = std::ranges::find(kFormats, name, &Named::name);
  return known == std::end(kFormats) ? nullptr : known->format;
}

}  // namespace redd::query::schema
