#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/json.h"
#include "schema_node.h"

namespace redd::query::schema {
namespace {

// ---- any value ----

class OneOfValues : public Rule {
 public:
  OneOfValues(std::string_view keyword, std::span<const Value> values, Fault fault) : keyword_(keyword), values_(values), fault_(std::move(fault)) {
    if (values.size() <= kFew) return;
    for (const auto& value : values) known_.insert(canonical(value));
  }
  void check(const Subject& at, Run& run) const override {
    const auto same = [&at](const Value& value) { return equal(value, at.value); };
    const bool found = known_.empty() ? std::ranges::any_of(values_, same) : known_.contains(canonical(at.value));
    if (!found) run.fault(at, keyword_, [this] { return fault_; });
  }

 private:
  static constexpr std::size_t kFew = 16;
  std::string_view keyword_;
  std::span<const Value> values_;
  Fault fault_;
  std::unordered_set<std::string> known_;  // canonical; empty: few
};

Made makeConst(const Context& context) {
  Fault fault{fmt::format(R"({{"allowedValue":{}}})", textOf(context.operand)), "must be equal to constant"};
  return std::make_unique<OneOfValues>("const", std::span<const Value>(&context.operand, 1), std::move(fault));
}

Made makeEnum(const Context& context) {
  if (context.operand.elements.empty()) return context.refused("it must be an array that is not empty");
  Fault fault{fmt::format(R"({{"allowedValues":{}}})", textOf(context.operand)), "must be equal to one of the allowed values"};
  return std::make_unique<OneOfValues>("enum", context.operand.elements, std::move(fault));
}

// ---- numbers ----

class NumberLimit : public Rule {
 public:
  using Holds = bool (*)(double value, double limit);
  NumberLimit(std::string_view keyword, std::string_view sign, double limit, Holds holds) : keyword_(keyword), sign_(sign), limit_(limit), holds_(holds) {}
  void check(const Subject& at, Run& run) const override {
    if (holds_(at.value.number, limit_)) return;
    run.fault(at, keyword_, [this] {
      const auto limit = json::number(limit_);
      return Fault{fmt::format(R"({{"comparison":"{}","limit":{}}})", sign_, limit), fmt::format("must be {} {}", sign_, limit)};
    });
  }

 private:
  std::string_view keyword_, sign_;
  double limit_;
  Holds holds_;
};

Made makeNumberLimit(const Context& context) {
  if (context.operand.kind != Kind::number) return context.refused("it must be a number");
  const double limit = context.operand.number;
  const auto made = [&context, limit](std::string_view sign, NumberLimit::Holds holds) {
    return std::make_unique<NumberLimit>(context.keyword, sign, limit, holds);
  };
  if (context.keyword == "maximum") return made("<=", [](double value, double max) { return value <= max; });
  if (context.keyword == "minimum") return made(">=", [](double value, double min) { return value >= min; });
  if (context.keyword == "exclusiveMaximum") return made("<", [](double value, double max) { return value < max; });
  return made(">", [](double value, double min) { return value > min; });
}

class MultipleOf : public Rule {
 public:
  explicit MultipleOf(double divisor) : divisor_(divisor) {}
  void check(const Subject& at, Run& run) const override {
    constexpr double kDigitsEnd = 1e21;  // from here on JavaScript writes exponents, which ajv's parseInt does not read
    const double quotient = at.value.number / divisor_;
    if (std::trunc(quotient) == quotient && std::abs(quotient) < kDigitsEnd) return;
    run.fault(at, "multipleOf", [this] {
      const auto divisor = json::number(divisor_);
      return Fault{fmt::format(R"({{"multipleOf":{}}})", divisor), "must be multiple of " + divisor};
    });
  }

 private:
  double divisor_;
};

Made makeMultipleOf(const Context& context) {
  if (context.operand.kind != Kind::number || !(context.operand.number > 0)) return context.refused("it must be a number over 0");
  return std::make_unique<MultipleOf>(context.operand.number);
}

// ---- sizes ----

std::size_t codePoints(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

class SizeLimit : public Rule {
 public:
  SizeLimit(std::string_view keyword, std::string_view things, double limit) : keyword_(keyword), things_(things), limit_(limit), max_(keyword.starts_with("max")) {}
  void check(const Subject& at, Run& run) const override {
    const auto size = static_cast<double>(sizeOf(at.value));
    if (max_ ? size <= limit_ : size >= limit_) return;
    run.fault(at, keyword_, [this] {
      const auto limit = json::number(limit_);
      return Fault{fmt::format(R"({{"limit":{}}})", limit), fmt::format("must NOT have {} than {} {}", max_ ? "more" : "fewer", limit, things_)};
    });
  }

 private:
  static std::size_t sizeOf(const Value& value) {
    switch (value.kind) {
      case Kind::text: return codePoints(value.text);
      case Kind::array: return value.elements.size();
      default: return value.members.size();
    }
  }
  std::string_view keyword_, things_;
  double limit_;
  bool max_;
};

Made makeSizeLimit(const Context& context) {
  const Value& operand = context.operand;
  if (operand.kind != Kind::number || operand.number < 0 || std::trunc(operand.number) != operand.number) {
    return context.refused("it must be an integer, 0 or more");
  }
  const std::string_view things = context.keyword.ends_with("Length") ? "characters" : context.keyword.ends_with("Items") ? "items" : "properties";
  return std::make_unique<SizeLimit>(context.keyword, things, operand.number);
}

// ---- texts ----

class Pattern : public Rule {
 public:
  Pattern(std::string_view source, std::shared_ptr<const Regex> regex) : source_(source), regex_(std::move(regex)) {}
  void check(const Subject& at, Run& run) const override {
    if (run.finds(*regex_, at.value.text)) return;
    run.fault(at, "pattern", [this] {
      return Fault{fmt::format(R"({{"pattern":{}}})", json::quoted(source_)), fmt::format("must match pattern \"{}\"", source_)};
    });
  }

 private:
  std::string_view source_;
  std::shared_ptr<const Regex> regex_;
};

Made makePattern(const Context& context) {
  if (context.operand.kind != Kind::text) return context.refused("it must be a text");
  auto regex = context.compiler.regex(context.operand.text);
  if (!regex) return context.refused(regex.error().publicText);
  return std::make_unique<Pattern>(context.operand.text, *std::move(regex));
}

Fault formatFault(std::string_view name) {
  return Fault{fmt::format(R"({{"format":{}}})", json::quoted(name)), fmt::format("must match format \"{}\"", name)};
}

class TextFormat : public Rule {
 public:
  TextFormat(std::string_view name, Format format) : name_(name), format_(format) {}
  void check(const Subject& at, Run& run) const override {
    if (!format_(at.value.text)) run.fault(at, "format", [this] { return formatFault(name_); });
  }

 private:
  std::string_view name_;
  Format format_;
};

Made makeTextFormat(const Context& context) {
  if (context.operand.kind != Kind::text) return context.refused("it must be a text");
  const Format format = formatNamed(context.operand.text);
  if (!format) return nullptr;
  return std::make_unique<TextFormat>(context.operand.text, format);
}

// int32 and int64; float and double are every number.
class IntegerFormat : public Rule {
 public:
  explicit IntegerFormat(std::string_view name) : name_(name) {}
  void check(const Subject& at, Run& run) const override {
    const double number = at.value.number;
    if (std::trunc(number) == number && (name_ == "int64" || (number >= -2147483648.0 && number <= 2147483647.0))) return;
    run.fault(at, "format", [this] { return formatFault(name_); });
  }

 private:
  std::string_view name_;
};

Made makeNumberFormat(const Context& context) {
  if (context.operand.text != "int32" && context.operand.text != "int64") return nullptr;
  return std::make_unique<IntegerFormat>(context.operand.text);
}

// ---- arrays ----

class UniqueItems : public Rule {
 public:
  // ajv looks for equal scalars with another loop, which names the first pair from the other end.
  explicit UniqueItems(unsigned scalars) : scalars_(scalars) {}
  void check(const Subject& at, Run& run) const override {
    const auto& items = at.value.elements;
    if (items.size() < 2) return;
    std::unordered_map<std::string, std::size_t> known;
    std::size_t i = Place::kNoIndex, j = 0;
    for (std::size_t step = 0; step < items.size(); ++step) {
      const std::size_t at_ = scalars_ == 0 ? step : items.size() - 1 - step;
      if (scalars_ != 0 && !isScalar(items[at_])) continue;
      const auto [place, isNew] = known.try_emplace(canonical(items[at_]), at_);
      if (isNew) continue;
      i = at_;
      j = std::exchange(place->second, at_);
      if (scalars_ != 0) break;
    }
    if (i == Place::kNoIndex) return;
    run.fault(at, "uniqueItems", [i, j] {
      return Fault{fmt::format(R"({{"i":{},"j":{}}})", i, j), fmt::format("must NOT have duplicate items (items ## {} and {} are identical)", j, i)};
    });
  }

 private:
  bool isScalar(const Value& value) const {
    return (scalars_ >> static_cast<unsigned>(value.kind) & 1U) != 0 ||
           ((scalars_ & kInteger) != 0 && value.kind == Kind::number && std::trunc(value.number) == value.number);
  }
  unsigned scalars_;  // types of `items` when they are all scalar; 0: compare everything
};

Made makeUniqueItems(const Context& context) {
  if (context.operand.kind != Kind::boolean) return context.refused("it must be true or false");
  if (!context.operand.boolean) return nullptr;
  const Value* items = find(context.schema, "items");
  const Value* type = items ? find(*items, "type") : nullptr;
  unsigned scalars = 0;
  if (type) {
    for (const auto& name : type->kind == Kind::array ? type->elements : std::span<const Value>(type, 1)) {
      if (name.text == "object" || name.text == "array") return std::make_unique<UniqueItems>(0U);
      const Kind kind = name.text == "string" ? Kind::text : name.text == "boolean" ? Kind::boolean : name.text == "null" ? Kind::null : Kind::number;
      scalars |= name.text == "integer" ? kInteger : 1U << static_cast<unsigned>(kind);
    }
    if (const Value* nullable = find(*items, "nullable"); nullable && nullable->boolean) scalars |= 1U << static_cast<unsigned>(Kind::null);
  }
  return std::make_unique<UniqueItems>(scalars);
}

// ---- objects ----

bool areNames(const Value& value) {
  return value.kind == Kind::array && std::ranges::all_of(value.elements, [](const Value& name) { return name.kind == Kind::text; });
}

class Required : public Rule {
 public:
  explicit Required(std::span<const Value> names) : names_(names) {}
  void check(const Subject& at, Run& run) const override {
    const Members members(at.value);
    for (const auto& name : names_) {
      if (!isMissing(at, members, name.text, run)) continue;
      run.fault(at, "required", [&name] {
        return Fault{fmt::format(R"({{"missingProperty":{}}})", json::quoted(name.text)), fmt::format("must have required property '{}'", name.text)};
      });
    }
  }

 private:
  std::span<const Value> names_;
};

Made makeRequired(const Context& context) {
  if (!areNames(context.operand)) return context.refused("it must be an array of names");
  return std::make_unique<Required>(context.operand.elements);
}

Made makeNothing(const Context&) { return nullptr; }  // another keyword reads it

}  // namespace

std::span<const Keyword> keywords() {
  static constexpr Keyword kKeywords[] = {
      {"$ref", Group::any, makeReference},
      {"const", Group::any, makeConst},
      {"enum", Group::any, makeEnum},
      {"not", Group::any, makeNot},
      {"anyOf", Group::any, makeAnyOf},
      {"oneOf", Group::any, makeOneOf},
      {"allOf", Group::any, makeAllOf},
      {"if", Group::any, makeIf},
      {"then", Group::any, makeNothing},
      {"else", Group::any, makeNothing},
      {"maximum", Group::number, makeNumberLimit},
      {"minimum", Group::number, makeNumberLimit},
      {"exclusiveMaximum", Group::number, makeNumberLimit},
      {"exclusiveMinimum", Group::number, makeNumberLimit},
      {"multipleOf", Group::number, makeMultipleOf},
      {"format", Group::number, makeNumberFormat},
      {"maxLength", Group::text, makeSizeLimit},
      {"minLength", Group::text, makeSizeLimit},
      {"pattern", Group::text, makePattern},
      {"format", Group::text, makeTextFormat},
      {"maxItems", Group::array, makeSizeLimit},
      {"minItems", Group::array, makeSizeLimit},
      {"prefixItems", Group::array, makePrefixItems},
      {"additionalItems", Group::array, makeAdditionalItems},
      {"items", Group::array, makeItems},
      {"contains", Group::array, makeContains},
      {"maxContains", Group::array, makeNothing},
      {"minContains", Group::array, makeNothing},
      {"uniqueItems", Group::array, makeUniqueItems},
      {"maxProperties", Group::object, makeSizeLimit},
      {"minProperties", Group::object, makeSizeLimit},
      {"required", Group::object, makeRequired},
      {"propertyNames", Group::object, makePropertyNames},
      {"additionalProperties", Group::object, makeAdditionalProperties},
      {"dependencies", Group::object, makeDependencies},
      {"properties", Group::object, makeProperties},
      {"patternProperties", Group::object, makePatternProperties},
      {"dependentRequired", Group::object, makeDependencies},
      {"dependentSchemas", Group::object, makeDependencies},
  };
  return kKeywords;
}

}  // namespace redd::query::schema
