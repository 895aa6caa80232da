// The tree behind Schema. A node is one schema, a rule one keyword of it; rules run in the order in which ajv runs them, so that
// faults come in its order too.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "query/schema.h"
#include "query/value.h"
#include "js_regex.h"

namespace redd::query::schema {

// A place in the document or in the schema, on the stack: written out only when there is a fault.
struct Place {
  static constexpr std::size_t kNoIndex = std::string_view::npos;
  const Place* up = nullptr;
  std::string_view key;  // of the outermost: the text that the path begins with
  std::size_t index = kNoIndex;
};
std::string instancePath(const Place& place);
std::string schemaPath(const Place& place);

// What is checked: a value and where it stands.
struct Subject {
  const Value& value;
  const Place& instance;
  const Place& schema;
  const std::string_view* propertyName = nullptr;  // the value is this name, of propertyNames
};

struct Fault {
  std::string params;  // JSON
  std::string message;
};

// One check of one document: what was found so far, and how much work it was. A quiet run only counts.
class Run {
 public:
  enum class Mode : unsigned char { quiet, full };
  Run(const Value& document, Mode mode) : document_(document), quiet_(mode == Mode::quiet) {}

  bool isDocument(const Value& value) const { return &value == &document_; }
  bool quiet() const { return quiet_; }
  bool exhausted() const { return exhausted_; }
  std::size_t count() const { return count_; }
  void reset(std::size_t count);
  std::string json() const;

  template <class Describe>
  void fault(const Subject& at, std::string_view keyword, Describe&& describe) {
    ++count_;
    if (!quiet_ && records_.size() + 1 == count_) record(at, keyword, describe());
  }
  template <class Check>
  bool holdsQuietly(Check&& check) {
    const auto before = count_;
    const bool quiet = std::exchange(quiet_, true);
    check();
    quiet_ = quiet;
    const bool holds = count_ == before;
    reset(before);
    return holds;
  }
  bool enter() {
    if (++steps_ <= Schema::kStepsMax && ++depth_ <= Schema::kDepthMax) return true;
    exhausted_ = true;
    return false;
  }
  void leave() { --depth_; }
  bool finds(const Regex& regex, std::string_view text) {
    const auto found = regex.search(text, budget_);
    exhausted_ = exhausted_ || found == Regex::Found::tooMuch;
    return found == Regex::Found::yes;
  }

 private:
  void record(const Subject& at, std::string_view keyword, const Fault& fault);

  const Value& document_;
  bool quiet_;
  bool exhausted_ = false;
  Regex::Budget budget_;
  std::size_t count_ = 0;
  std::vector<std::string> records_;
  std::size_t bytes_ = 0;
  std::size_t steps_ = 0;
  std::size_t depth_ = 0;
};

class Rule {
 public:
  virtual ~Rule() = default;
  virtual void check(const Subject& at, Run& run) const = 0;
};

// Rules of a group apply to values of one kind.
enum class Group : unsigned char { any, number, text, array, object };

class Node {
 public:
  bool check(const Subject& at, Run& run) const;  // true: no fault
  bool always() const { return always_; }

 private:
  friend class Compiler;
  bool hasType(const Value& value) const;
  void typeFault(const Subject& at, Run& run) const;
  void checkKeywords(const Subject& at, Run& run) const;

  std::array<std::vector<std::unique_ptr<Rule>>, 5> rules_;  // by Group
  const Value* type_ = nullptr;   // the operand of `type`
  unsigned types_ = 0;            // one bit per Kind, and kInteger; 0: any
  Group typeGroup_ = Group::any;  // where a wrong type is told
  bool never_ = false;            // false
  bool always_ = true;
};
inline constexpr unsigned kInteger = 1U << 7;

// Compiles all schemas of one text, without recursion: nodes are made at once and filled from a queue.
class Compiler {
 public:
  Compiler(const Value& root, std::deque<Node>& nodes) : root_(root), nodes_(nodes) {}
  Result<const Node*> compile();

  // For the factories of rules.
  const Node* node(const Value& schema, const std::string& path);
  struct Target {
    const Node* node;
    bool isInline;  // ajv puts it in place, and its faults name the reference
  };
  Result<Target> reference(const Value& from, std::string_view ref);
  Result<std::shared_ptr<const Regex>> regex(std::string_view source);

 private:
  struct Work {
    Node* node;
    const Value* schema;
    std::string path;
  };
  Result<void> fill(const Work& work);
  Result<void> readTypes(Node& node, const Value& schema);
  Result<void> index(const Value& value, const std::string& base);
  const Value* resolve(const Value& from, std::string_view ref) const;

  const Value& root_;
  std::deque<Node>& nodes_;
  std::deque<Work> queue_;
  std::unordered_map<const Value*, Node*> known_;
  std::unordered_map<const Value*, std::string> bases_;        // of schemas: the $id that holds there
  std::unordered_map<std::string, const Value*> resources_;    // by $id
  std::unordered_map<std::string, const Value*> anchors_;      // by $id and #anchor
  std::unordered_map<std::string_view, std::shared_ptr<const Regex>> regexes_;
};

// A keyword as it stands in a schema, for the factory of its rule.
struct Context {
  Compiler& compiler;
  const Value& schema;
  const Value& operand;
  std::string_view keyword;
  std::string path;  // of the operand

  Error refused(std::string_view why) const;
  Result<const Node*> node(const Value& value) const;                         // the operand itself
  Result<const Node*> node(const Value& value, std::string_view name) const;  // one inside it
};
using Made = Result<std::unique_ptr<Rule>>;  // nullptr: a keyword without effect here
struct Keyword {
  std::string_view name;
  Group group;
  Made (*make)(const Context& context);
};
std::span<const Keyword> keywords();  // in the order of ajv, group by group

// Those that apply further schemas.
Made makeReference(const Context& context);
Made makeNot(const Context& context);
Made makeAnyOf(const Context& context);
Made makeOneOf(const Context& context);
Made makeAllOf(const Context& context);
Made makeIf(const Context& context);
Made makePrefixItems(const Context& context);
Made makeAdditionalItems(const Context& context);
Made makeItems(const Context& context);
Made makeContains(const Context& context);
Made makePropertyNames(const Context& context);
Made makeAdditionalProperties(const Context& context);
Made makeDependencies(const Context& context);
Made makeProperties(const Context& context);
Made makePatternProperties(const Context& context);

// The members of an object by name; many are indexed, so that many names cost no square.
class Members {
 public:
  explicit Members(const Value& object);
  const Value* find(std::string_view key) const;

 private:
  const Value& object_;
  std::unordered_map<std::string_view, const Value*> places_;  // empty: few members
};
bool isMissing(const Subject& at, const Members& members, std::string_view name, const Run& run);

// nullptr: not a known format. Texts only.
using Format = bool (*)(std::string_view text);
Format formatNamed(std::string_view name);

}  // namespace redd::query::schema
