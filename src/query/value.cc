#include "query/value.h"

#include <algorithm>

#include "base/json.h"

namespace redd::query {

const Value* find(const Value& object, std::string_view key) {
  for (const auto& member : object.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

namespace {
std::vector<const Member*> sortedMembers(const Value& object) {
  std::vector<const Member*> pointers;
  pointers.reserve(object.members.size());
  for (const auto& member : object.members) pointers.push_back(&member);
  std::ranges::sort(pointers, {}, [](const Member* member) { return member->key; });
  return pointers;
}

// Few members are looked up one by one; many are sorted first, so that a hostile pair of objects costs no square.
bool equalMembers(const Value& a, const Value& b) {
  constexpr std::size_t kFew = 32;
  if (a.members.size() != b.members.size()) return false;
  if (a.members.size() <= kFew) {
    return std::ranges::all_of(a.members, [&b](const Member& member) {
      const Value* other = find(b, member.key);
      return other && equal(member.value, *other);
    });
  }
  return std::ranges::equal(sortedMembers(a), sortedMembers(b), [](const Member* x, const Member* y) {
    return x->key == y->key && equal(x->value, y->value);
  });
}
}  // namespace

bool equal(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::null: return true;
    case Kind::number: return a.number == b.number;
    case Kind::text: return a.text == b.text;
    case Kind::boolean: return a.boolean == b.boolean;
    case Kind::array: return std::ranges::equal(a.elements, b.elements, equal);
    case Kind::object: return equalMembers(a, b);
  }
  return false;
}

namespace {
template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int compareMembers(const Value& a, const Value& b) {
  const auto count = std::min(a.members.size(), b.members.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (const int keys = order(a.members[i].key, b.members[i].key)) return keys;
    if (const int values = compare(a.members[i].value, b.members[i].value)) return values;
  }
  return order(a.members.size(), b.members.size());
}

int compareElements(const Value& a, const Value& b) {
  const auto count = std::min(a.elements.size(), b.elements.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (const int elements = compare(a.elements[i], b.elements[i])) return elements;
  }
  return order(a.elements.size(), b.elements.size());
}
}  // namespace

int compare(const Value& a, const Value& b) {
  if (a.kind != b.kind) return order(a.kind, b.kind);
  switch (a.kind) {
    case Kind::null: return 0;
    case Kind::number: return order(a.number, b.number);
    case Kind::text: return order(a.text, b.text);  // UTF-8 bytes sort as code points do
    case Kind::boolean: return order(a.boolean, b.boolean);
    case Kind::array: return compareElements(a, b);
    case Kind::object: return compareMembers(a, b);
  }
  return 0;
}

namespace {
void appendCanonical(std::string& out, const Value& value) {
  switch (value.kind) {
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += value.boolean ? "true" : "false"; return;
    case Kind::number: json::appendNumber(out, value.number); return;
    case Kind::text: json::appendString(out, value.text); return;
    case Kind::array:
      out += '[';
      for (const auto& element : value.elements) {
        appendCanonical(out, element);
        out += ',';
      }
      out += ']';
      return;
    case Kind::object: break;
  }
  out += '{';
  for (const Member* member : sortedMembers(value)) {
    json::appendString(out, member->key);
    out += ':';
    appendCanonical(out, member->value);
    out += ',';
  }
  out += '}';
}
}  // namespace

std::string canonical(const Value& value) {
  std::string out;
  appendCanonical(out, value);
  return out;
}

void append(std::string& out, const Value& value) {
  if (!value.source.empty()) {
    out += value.source;
  } else if (value.kind == Kind::array) {
    out += '[';
    for (const auto& element : value.elements) {
      if (&element != value.elements.data()) out += ',';
      append(out, element);
    }
    out += ']';
  } else if (value.kind == Kind::object) {
    out += '{';
    for (const auto& member : value.members) {
      if (&member != value.members.data()) out += ',';
      out += member.keySource;
      out += ':';
      append(out, member.value);
    }
    out += '}';
  } else {
    out += "null";
  }
}

std::string textOf(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace redd::query
