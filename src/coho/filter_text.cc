#include "filter_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/json.h"
#include "json_text.h"
#include "text.h"

namespace redd::coho {
namespace {

// One condition: what an operator asks of a field, as JSON.
struct Condition {
  std::string field;
  std::string op;     // $eq, $gte …
  std::string value;  // JSON
};

struct Scalar {
  std::string json;
  bool isRegex = false;
};

bool isNumber(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size()) return false;
  const auto parsed = parseJson(text);  // refuses 007, .5, infinity
  return parsed && parsed->is_number();
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<std::vector<Condition>> all() {
    std::vector<Condition> out;
    for (skipBetween(); !rest_.empty(); skipBetween()) {
      const auto whole = rest_;
      auto one = condition();
      if (!one) {
        return invalid(fmt::format("the condition '{}' {}", inertLine(whole.substr(0, std::min<std::size_t>(whole.find_first_of(" \t\n"), 60))), one.error().text()));
      }
      out.push_back(std::move(*one));
    }
    return out;
  }

 private:
  static bool isBetween(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '&'; }
  bool atEnd() const { return rest_.empty() || isBetween(rest_.front()); }
  void skipBetween() {
    while (!rest_.empty() && isBetween(rest_.front())) rest_.remove_prefix(1);
  }
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  Result<Condition> condition() {
    const bool absent = skip("!");
    const auto length = std::min(rest_.size(), rest_.find_first_of("=!<>: \t\n&"));
    std::string field(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (field.empty()) return invalid("names no field. Write it as in age>=18, name=/^a/i or status=open,closed");
    if (absent) return atEnd() ? Result<Condition>(Condition{field, "$exists", "false"}) : invalid("has '!' before the field; for 'is not' write FIELD!=VALUE");
    if (atEnd()) return Condition{field, "$exists", "true"};
    if (skip(":")) return named(std::move(field));
    for (const auto& [sign, op] : {std::pair{">=", "$gte"}, std::pair{"<=", "$lte"}, std::pair{">", "$gt"}, std::pair{"<", "$lt"}}) {
      if (!skip(sign)) continue;
      REDD_TRY(auto value, scalar());
      if (value.isRegex || !atEnd()) return invalid(fmt::format("needs one value after '{}'", sign));
      return Condition{field, op, value.json};
    }
    const bool negated = skip("!=") || skip("=!");
    if (!negated && !skip("=")) return invalid("has no operator after the field. There are = != > >= < <=");
    return equality(std::move(field), negated ? Sign::isNot : Sign::is);
  }

  Result<Condition> named(std::string field) {
    const auto length = std::min(rest_.size(), rest_.find_first_of("= \t\n&"));
    const std::string op = "$" + std::string(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (op.size() < 2 || !skip("=")) return invalid("needs FIELD:OPERATOR=VALUE, as in name:startsWith=A");
    REDD_TRY(auto values, list());
    const bool isList = values.size() > 1 || op == "$in" || op == "$nin" || op == "$all";
    return Condition{std::move(field), op, isList ? joined(values) : values[0].json};
  }

  enum class Sign { is, isNot };
  Result<Condition> equality(std::string field, Sign sign) {
    REDD_TRY(const auto values, list());
    if (values.size() > 1) return Condition{std::move(field), sign == Sign::is ? "$in" : "$nin", joined(values)};
    if (sign == Sign::is) return Condition{std::move(field), "$eq", values[0].json};
    return Condition{std::move(field), values[0].isRegex ? "$not" : "$ne", values[0].json};
  }

  Result<std::vector<Scalar>> list() {
    std::vector<Scalar> out;
    do {
      REDD_TRY(auto one, scalar());
      out.push_back(std::move(one));
    } while (skip(","));
    if (!atEnd()) return invalid("has something after its value. Put text with spaces or commas in quotes");
    return out;
  }

  Result<Scalar> scalar() {
    if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) return quoted(rest_.front());
    if (rest_.starts_with('/')) {
      if (auto regex = regularExpression(); !regex.json.empty()) return regex;
    }
    const auto length = std::min(rest_.size(), rest_.find_first_of(", \t\n&"));
    const auto word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (word.empty()) return invalid("has no value. For an empty text write \"\"");
    if (word == "true" || word == "false" || word == "null" || isNumber(word)) return Scalar{std::string(word)};
    return Scalar{json::quoted(word)};
  }

  Result<Scalar> quoted(char quote) {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == quote || rest_[i + 1] == '\\')) {
        text += rest_[++i];
      } else if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return Scalar{json::quoted(text)};
      } else {
        text += rest_[i];
      }
    }
    return invalid(fmt::format("has no closing {}", quote));
  }

  // JavaScript's literal: a '/' inside brackets or after a backslash does not end it. A path such as /a/b is text.
  Scalar regularExpression() {
    bool inClass = false;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '\\') {
        ++i;
      } else if (c == '[' || c == ']') {
        inClass = c == '[';
      } else if (c == '/' && !inClass) {
        const auto flags = rest_.substr(i + 1, std::min(rest_.size(), rest_.find_first_not_of("dgimsuvy", i + 1)) - i - 1);
        const auto after = rest_.substr(i + 1 + flags.size());
        if (i == 1 || (!after.empty() && after.front() != ',' && !isBetween(after.front()))) return {};
        std::string kept;
        std::ranges::copy_if(flags, std::back_inserter(kept), [](char flag) { return std::string_view("imsu").contains(flag); });
        Scalar out{fmt::format(R"({{"$regex":{},"$options":{}}})", json::quoted(rest_.substr(1, i - 1)), json::quoted(kept)), true};
        rest_ = after;
        return out;
      }
    }
    return {};
  }

  static std::string joined(const std::vector<Scalar>& values) {
    std::string out = "[";
    for (const auto& value : values) out += (out.size() > 1 ? "," : "") + value.json;
    return out + "]";
  }

  std::string_view rest_;
};

// {"age":{"$gte":18,"$lt":65}}; a condition on a field that has one of that kind already goes into $and.
std::string objectOf(const std::vector<Condition>& conditions) {
  struct Field {
    std::string name;
    std::vector<const Condition*> conditions;
  };
  std::vector<Field> fields;
  std::vector<const Condition*> others;
  for (const auto& one : conditions) {
    const auto field = std::ranges::find(fields, one.field, &Field::name);
    if (field == fields.end()) {
      fields.push_back({one.field, {&one}});
    } else if (std::ranges::any_of(field->conditions, [&one](const Condition* has) { return has->op == one.op; })) {
      others.push_back(&one);
    } else {
      field->conditions.push_back(&one);
    }
  }
  const auto operatorsOf = [](const std::vector<const Condition*>& all) {
    if (all.size() == 1 && all[0]->op == "$eq") return all[0]->value;
    std::string out = "{";
    for (const auto* one : all) {
      if (out.size() > 1) out += ',';
      // An expression is operators itself: {"$regex":"a","$options":"","$ne":"b"}
      const bool isRegex = one->op == "$eq" && one->value.starts_with(R"({"$regex")");
      out += isRegex ? one->value.substr(1, one->value.size() - 2) : json::quoted(one->op) + ":" + one->value;
    }
    return out + "}";
  };
  std::string out = "{";
  for (const auto& field : fields) out += fmt::format("{}{}:{}", out.size() > 1 ? "," : "", json::quoted(field.name), operatorsOf(field.conditions));
  if (!others.empty()) {
    std::string list = "[";
    for (const auto* one : others) list += fmt::format("{}{{{}:{}}}", list.size() > 1 ? "," : "", json::quoted(one->field), operatorsOf({one}));
    out += fmt::format(",\"$and\":{}]", list);
  }
  return out + "}";
}

}  // namespace

Result<std::string> filterJson(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::string("{}");
  if (text[first] == '{') {
    const auto parsed = parseJson(text);
    if (parsed && parsed->is_object()) return std::string(text.substr(first));
    return invalid("the filter begins with '{' and is not a JSON object. Fix: names and texts stand in double quotes, as in '{\"age\":{\"$gte\":18}}'");
  }
  REDD_TRY(const auto conditions, Reader(text).all());
  return objectOf(conditions);
}

}  // namespace redd::coho
