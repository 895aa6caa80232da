#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "base/json.h"
#include "schema_node.h"

namespace redd::query::schema {
namespace {

// A further schema on the same value.
bool checkHere(const Node& node, const Subject& at, const Place& place, Run& run) {
  return node.check({at.value, at.instance, place, at.propertyName}, run);
}

// ---- references ----

class Reference : public Rule {
 public:
  Reference(Compiler::Target target, std::string_view ref) : target_(target), ref_(ref) {}
  void check(const Subject& at, Run& run) const override {
    const Place place{nullptr, target_.isInline ? ref_ : std::string_view("#")};
    target_.node->check({at.value, at.instance, place, target_.isInline ? at.propertyName : nullptr}, run);
  }

 private:
  Compiler::Target target_;
  std::string_view ref_;
};

// ---- logic ----

using Nodes = std::vector<const Node*>;

Result<Nodes> nodesOf(const Context& context) {
  if (context.operand.elements.empty()) return context.refused("it must be an array that is not empty");
  Nodes nodes;
  for (const auto& schema : context.operand.elements) {
    REDD_TRY(const Node* node, context.node(schema, std::to_string(nodes.size())));
    nodes.push_back(node);
  }
  return nodes;
}

class Logic : public Rule {
 public:
  Logic(std::string_view keyword, Nodes nodes) : keyword_(keyword), nodes_(std::move(nodes)) {}

 protected:
  bool branch(std::size_t index, const Subject& at, Run& run) const {
    const Place keyword{&at.schema, keyword_};
    return checkHere(*nodes_[index], at, Place{&keyword, {}, index}, run);
  }
  std::string_view keyword_;
  Nodes nodes_;
};

class AllOf : public Logic {
 public:
  using Logic::Logic;
  void check(const Subject& at, Run& run) const override {
    for (std::size_t i = 0; i < nodes_.size(); ++i) branch(i, at, run);
  }
};

class AnyOf : public Logic {
 public:
  using Logic::Logic;
  void check(const Subject& at, Run& run) const override {
    const auto before = run.count();
    if (std::ranges::any_of(nodes_, [](const Node* node) { return node->always(); })) return;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (branch(i, at, run)) return run.reset(before);
    }
    run.fault(at, keyword_, [] { return Fault{"{}", "must match a schema in anyOf"}; });
  }
};

class OneOf : public Logic {
 public:
  using Logic::Logic;
  void check(const Subject& at, Run& run) const override {
    const auto before = run.count();
    std::optional<std::size_t> passing;
    std::string both = "null";
    for (std::size_t i = 0; i < nodes_.size() && both == "null"; ++i) {
      if (!branch(i, at, run)) continue;
      if (passing) both = fmt::format("[{},{}]", *passing, i);
      else passing = i;
    }
    if (passing && both == "null") return run.reset(before);
    run.fault(at, keyword_, [&both] { return Fault{fmt::format(R"({{"passingSchemas":{}}})", both), "must match exactly one schema in oneOf"}; });
  }
};

class Not : public Rule {
 public:
  explicit Not(const Node* node) : node_(node) {}
  void check(const Subject& at, Run& run) const override {
    const Place place{&at.schema, "not"};
    const bool holds = run.holdsQuietly([&] { checkHere(*node_, at, place, run); });
    if (holds) run.fault(at, "not", [] { return Fault{"{}", "must NOT be valid"}; });
  }

 private:
  const Node* node_;
};

class If : public Rule {
 public:
  If(const Node* condition, const Node* yes, const Node* no) : condition_(condition), yes_(yes), no_(no) {}
  void check(const Subject& at, Run& run) const override {
    if (isTrivial(yes_) && isTrivial(no_)) return;
    const Place place{&at.schema, "if"};
    const bool holds = run.holdsQuietly([&] { checkHere(*condition_, at, place, run); });
    const Node* clause = holds ? yes_ : no_;
    const std::string_view name = holds ? "then" : "else";
    if (isTrivial(clause) || checkHere(*clause, at, Place{&at.schema, name}, run)) return;
    run.fault(at, "if", [name] { return Fault{fmt::format(R"({{"failingKeyword":"{}"}})", name), fmt::format("must match \"{}\" schema", name)}; });
  }

 private:
  static bool isTrivial(const Node* node) { return !node || node->always(); }
  const Node* condition_;
  const Node* yes_;
  const Node* no_;
};

// ---- arrays ----

Fault tooManyItems(std::size_t limit) { return Fault{fmt::format(R"({{"limit":{}}})", limit), fmt::format("must NOT have more than {} items", limit)}; }

// One schema for each of the first items.
class Tuple : public Logic {
 public:
  using Logic::Logic;
  void check(const Subject& at, Run& run) const override {
    const Place keyword{&at.schema, keyword_};
    for (std::size_t i = 0; i < std::min(nodes_.size(), at.value.elements.size()); ++i) {
      nodes_[i]->check({at.value.elements[i], Place{&at.instance, {}, i}, Place{&keyword, {}, i}, at.propertyName}, run);
    }
  }
};

// One schema for all items from `first` on; nullptr: there must be none.
class Items : public Rule {
 public:
  Items(std::string_view keyword, std::size_t first, const Node* node) : keyword_(keyword), first_(first), node_(node) {}
  void check(const Subject& at, Run& run) const override {
    const auto& items = at.value.elements;
    if (!node_) {
      if (items.size() > first_) run.fault(at, keyword_, [this] { return tooManyItems(first_); });
      return;
    }
    const Place place{&at.schema, keyword_};
    for (std::size_t i = first_; i < items.size(); ++i) node_->check({items[i], Place{&at.instance, {}, i}, place, at.propertyName}, run);
  }

 private:
  std::string_view keyword_;
  std::size_t first_;
  const Node* node_;
};

Made makeRest(const Context& context, std::size_t first) {
  REDD_TRY(const Node* node, context.node(context.operand));
  const bool none = context.operand.kind == Kind::boolean && !context.operand.boolean;
  return std::make_unique<Items>(context.keyword, first, none ? nullptr : node);
}

class Contains : public Rule {
 public:
  Contains(const Node* node, double min, std::optional<double> max) : node_(node), min_(min), max_(max) {}
  void check(const Subject& at, Run& run) const override {
    const auto before = run.count();
    if (max_ && min_ > *max_) return report(at, run);
    if (holds(at, run)) return run.reset(before);
    report(at, run);
  }

 private:
  bool holds(const Subject& at, Run& run) const {
    const auto& items = at.value.elements;
    const Place place{&at.schema, "contains"};
    double count = node_->always() ? static_cast<double>(items.size()) : 0;
    for (std::size_t i = 0; i < items.size() && !node_->always(); ++i) {
      if (!node_->check({items[i], Place{&at.instance, {}, i}, place, at.propertyName}, run)) continue;
      ++count;
      if (max_ ? count > *max_ : count >= min_) break;
    }
    return count >= min_ && (!max_ || count <= *max_);
  }
  void report(const Subject& at, Run& run) const {
    run.fault(at, "contains", [this] {
      const auto min = json::number(min_);
      if (!max_) return Fault{fmt::format(R"({{"minContains":{}}})", min), fmt::format("must contain at least {} valid item(s)", min)};
      const auto max = json::number(*max_);
      return Fault{fmt::format(R"({{"minContains":{},"maxContains":{}}})", min, max),
                   fmt::format("must contain at least {} and no more than {} valid item(s)", min, max)};
    });
  }
  const Node* node_;
  double min_;
  std::optional<double> max_;
};

Result<std::optional<double>> countBeside(const Context& context, std::string_view name) {
  const Value* count = find(context.schema, name);
  if (!count) return std::optional<double>();
  if (count->kind != Kind::number || count->number < 0) return context.refused(fmt::format("{} must be a number, 0 or more", name));
  return std::optional<double>(count->number);
}

// ---- objects ----

class PropertyNames : public Rule {
 public:
  explicit PropertyNames(const Node* node) : node_(node) {}
  void check(const Subject& at, Run& run) const override {
    if (node_->always()) return;
    const Place place{&at.schema, "propertyNames"};
    for (const auto& member : at.value.members) {
      Value name;
      name.kind = Kind::text;
      name.text = member.key;
      if (node_->check({name, at.instance, place, &member.key}, run)) continue;
      run.fault(at, "propertyNames", [&member] { return Fault{fmt::format(R"({{"propertyName":{}}})", json::quoted(member.key)), "property name must be valid"}; });
    }
  }

 private:
  const Node* node_;
};

class Properties : public Rule {
 public:
  struct Property {
    std::string_view name;
    const Node* node;
  };
  explicit Properties(std::vector<Property> properties) : properties_(std::move(properties)) {}
  void check(const Subject& at, Run& run) const override {
    const Place keyword{&at.schema, "properties"};
    const Members members(at.value);
    for (const auto& [name, node] : properties_) {
      if (const Value* value = members.find(name)) node->check({*value, Place{&at.instance, name}, Place{&keyword, name}, at.propertyName}, run);
    }
  }

 private:
  std::vector<Property> properties_;
};

using SharedRegex = std::shared_ptr<const Regex>;

class PatternProperties : public Rule {
 public:
  struct Pattern {
    std::string_view source;
    SharedRegex regex;
    const Node* node;
  };
  explicit PatternProperties(std::vector<Pattern> patterns) : patterns_(std::move(patterns)) {}
  void check(const Subject& at, Run& run) const override {
    const Place keyword{&at.schema, "patternProperties"};
    for (const auto& [source, regex, node] : patterns_) {
      for (const auto& member : at.value.members) {
        if (node->always() || !run.finds(*regex, member.key)) continue;
        node->check({member.value, Place{&at.instance, member.key}, Place{&keyword, source}, at.propertyName}, run);
      }
    }
  }

 private:
  std::vector<Pattern> patterns_;
};

class AdditionalProperties : public Rule {
 public:
  AdditionalProperties(std::unordered_set<std::string_view> names, std::vector<SharedRegex> patterns, const Node* node)
      : names_(std::move(names)), patterns_(std::move(patterns)), node_(node) {}
  void check(const Subject& at, Run& run) const override {
    if (node_ && node_->always()) return;
    const Place place{&at.schema, "additionalProperties"};
    for (const auto& member : at.value.members) {
      if (isDefined(member.key, run)) continue;
      if (node_) {
        node_->check({member.value, Place{&at.instance, member.key}, place, at.propertyName}, run);
        continue;
      }
      run.fault(at, "additionalProperties", [&member] {
        return Fault{fmt::format(R"({{"additionalProperty":{}}})", json::quoted(member.key)), "must NOT have additional properties"};
      });
    }
  }

 private:
  bool isDefined(std::string_view key, Run& run) const {
    return names_.contains(key) || std::ranges::any_of(patterns_, [&](const SharedRegex& regex) { return run.finds(*regex, key); });
  }
  std::unordered_set<std::string_view> names_;
  std::vector<SharedRegex> patterns_;
  const Node* node_;  // nullptr: there must be none
};

// dependencies, dependentRequired, dependentSchemas: names or a schema for a property that is there.
class Dependencies : public Rule {
 public:
  struct Dependency {
    std::string_view property;
    std::span<const Value> names;
    const Node* node = nullptr;
  };
  Dependencies(std::string_view keyword, std::vector<Dependency> dependencies) : keyword_(keyword), dependencies_(std::move(dependencies)) {}
  void check(const Subject& at, Run& run) const override {
    const Members members(at.value);
    for (const auto& one : dependencies_) {
      if (!one.node && members.find(one.property)) checkNames(one, at, members, run);
    }
    const Place keyword{&at.schema, keyword_};
    for (const auto& one : dependencies_) {
      if (one.node && members.find(one.property)) checkHere(*one.node, at, Place{&keyword, one.property}, run);
    }
  }

 private:
  void checkNames(const Dependency& one, const Subject& at, const Members& members, Run& run) const {
    for (const auto& name : one.names) {
      if (!isMissing(at, members, name.text, run)) continue;
      run.fault(at, keyword_, [&] {
        std::string all;
        for (const auto& each : one.names) all += (all.empty() ? "" : ", ") + std::string(each.text);
        return Fault{fmt::format(R"({{"property":{},"missingProperty":{},"depsCount":{},"deps":{}}})", json::quoted(one.property), json::quoted(name.text),
                                 one.names.size(), json::quoted(all)),
                     fmt::format("must have {} {} when property {} is present", one.names.size() == 1 ? "property" : "properties", all, one.property)};
      });
    }
  }
  std::string_view keyword_;
  std::vector<Dependency> dependencies_;
};

}  // namespace

Made makeReference(const Context& context) {
  if (context.operand.kind != Kind::text) return context.refused("it must be a text");
  auto target = context.compiler.reference(context.schema, context.operand.text);
  if (!target) return context.refused(target.error().publicText);
  return std::make_unique<Reference>(*target, context.operand.text);
}

Made makeNot(const Context& context) {
  REDD_TRY(const Node* node, context.node(context.operand));
  return std::make_unique<Not>(node);
}

template <class T>
Made makeLogic(const Context& context) {
  REDD_TRY(Nodes nodes, nodesOf(context));
  return std::make_unique<T>(context.keyword, std::move(nodes));
}
Made makeAnyOf(const Context& context) { return makeLogic<AnyOf>(context); }
Made makeOneOf(const Context& context) { return makeLogic<OneOf>(context); }
Made makeAllOf(const Context& context) { return makeLogic<AllOf>(context); }

Made makeIf(const Context& context) {
  REDD_TRY(const Node* condition, context.node(context.operand));
  const auto clause = [&context](std::string_view name) -> Result<const Node*> {
    const Value* schema = find(context.schema, name);
    if (!schema) return static_cast<const Node*>(nullptr);
    const std::string path = context.path.substr(0, context.path.rfind('/') + 1) + std::string(name);
    return Context{context.compiler, context.schema, *schema, name, path}.node(*schema);
  };
  REDD_TRY(const Node* yes, clause("then"));
  REDD_TRY(const Node* no, clause("else"));
  return std::make_unique<If>(condition, yes, no);
}

Made makePrefixItems(const Context& context) { return makeLogic<Tuple>(context); }

Made makeAdditionalItems(const Context& context) {
  const Value* items = find(context.schema, "items");
  if (!items || items->kind != Kind::array) return nullptr;
  return makeRest(context, items->elements.size());
}

Made makeItems(const Context& context) {
  if (context.operand.kind == Kind::array) return makeLogic<Tuple>(context);
  if (const Value* prefix = find(context.schema, "prefixItems")) return makeRest(context, prefix->elements.size());
  REDD_TRY(const Node* node, context.node(context.operand));
  return std::make_unique<Items>("items", 0, node);
}

Made makeContains(const Context& context) {
  REDD_TRY(const Node* node, context.node(context.operand));
  REDD_TRY(const auto min, countBeside(context, "minContains"));
  REDD_TRY(const auto max, countBeside(context, "maxContains"));
  if (min == 0.0 && !max) return nullptr;
  return std::make_unique<Contains>(node, min.value_or(1), max);
}

Made makePropertyNames(const Context& context) {
  REDD_TRY(const Node* node, context.node(context.operand));
  return std::make_unique<PropertyNames>(node);
}

Made makeProperties(const Context& context) {
  if (context.operand.kind != Kind::object) return context.refused("it must be an object of schemas");
  std::vector<Properties::Property> properties;
  for (const auto& member : context.operand.members) {
    REDD_TRY(const Node* node, context.node(member.value, member.key));
    properties.push_back({member.key, node});
  }
  return std::make_unique<Properties>(std::move(properties));
}

Made makePatternProperties(const Context& context) {
  if (context.operand.kind != Kind::object) return context.refused("it must be an object of schemas");
  std::vector<PatternProperties::Pattern> patterns;
  for (const auto& member : context.operand.members) {
    auto regex = context.compiler.regex(member.key);
    if (!regex) return context.refused(regex.error().publicText);
    REDD_TRY(const Node* node, context.node(member.value, member.key));
    patterns.push_back({member.key, *std::move(regex), node});
  }
  return std::make_unique<PatternProperties>(std::move(patterns));
}

Made makeAdditionalProperties(const Context& context) {
  REDD_TRY(const Node* node, context.node(context.operand));
  std::unordered_set<std::string_view> names;
  std::vector<SharedRegex> patterns;
  if (const Value* properties = find(context.schema, "properties")) {
    for (const auto& member : properties->members) names.insert(member.key);
  }
  if (const Value* byPattern = find(context.schema, "patternProperties")) {
    for (const auto& member : byPattern->members) {
      auto regex = context.compiler.regex(member.key);
      if (!regex) return context.refused(regex.error().publicText);
      patterns.push_back(*std::move(regex));
    }
  }
  const bool none = context.operand.kind == Kind::boolean && !context.operand.boolean;
  return std::make_unique<AdditionalProperties>(std::move(names), std::move(patterns), none ? nullptr : node);
}

Made makeDependencies(const Context& context) {
  if (context.operand.kind != Kind::object) return context.refused("it must be an object");
  std::vector<Dependencies::Dependency> dependencies;
  for (const auto& member : context.operand.members) {
    Dependencies::Dependency one{member.key, member.value.elements};
    const bool names = member.value.kind == Kind::array && context.keyword != "dependentSchemas";
    if (!names && context.keyword == "dependentRequired") return context.refused(fmt::format("{} must be an array of names", member.key));
    if (names && !std::ranges::all_of(member.value.elements, [](const Value& name) { return name.kind == Kind::text; })) {
      return context.refused(fmt::format("{} must be an array of names", member.key));
    }
    if (!names) {
      REDD_TRY(one.node, context.node(member.value, member.key));
    }
    dependencies.push_back(one);
  }
  return std::make_unique<Dependencies>(context.keyword, std::move(dependencies));
}

}  // namespace redd::query::schema
