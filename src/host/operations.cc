#include "operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "operation_tools.h"

namespace redd::host {
namespace {

using store::KvValue;
using worker::CallReply;

constexpr std::size_t kPageItems = 100;
constexpr std::size_t kPageBytes = 256 << 10;  // spec 40.4; one item may be larger

void appendValue(std::string& out, const KvValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return json::appendString(out, *text);
  json::appendNumber(out, std::get<double>(value));
}

std::string jsonOf(const std::optional<KvValue>& value) {
  std::string out;
  if (!value) return "null";
  appendValue(out, *value);
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out.push_back(',');
    out += text;
  }
  return out += ']';
}

std::string pageJson(const std::string& items, std::uint64_t cursor) { return fmt::format(R"({{"items":{},"cursor":{}}})", items, cursor); }
std::string countJson(std::uint64_t count) { return fmt::format(R"({{"count":{}}})", count); }

// ---- key/value ----

struct KeyAndSpace {
  std::string key, keyspace;
};
Result<KeyAndSpace> keyAndSpace(Call& call, std::string_view name) {
  REDD_TRY(std::string key, call.arguments.text(name, call.limits.keyBytesMax));
  REDD_TRY(std::string keyspace, call.arguments.textOrEmpty("keyspace", kNameBytesMax));
  return KeyAndSpace{std::move(key), std::move(keyspace)};
}

Result<void> kvGet(Call& call) {
  REDD_TRY(auto at, keyAndSpace(call, "key"));
  call.store->kvGet(std::move(at.keyspace), std::move(at.key), answering<std::optional<KvValue>>(call, jsonOf));
  return {};
}

Result<void> kvSet(Call& call) {
  REDD_TRY(std::string key, call.arguments.text("key", call.limits.keyBytesMax));
  REDD_TRY(std::string value, call.arguments.text("value", call.limits.valueBytesMax));
  REDD_TRY(std::string keyspace, call.arguments.textOrEmpty("keyspace", kNameBytesMax));
  REDD_TRY(auto ttl, call.arguments.milliseconds("ttl"));
  call.store->kvSet(std::move(keyspace), std::move(key), std::move(value), ttl, answering<void>(call, [] { return std::string("null"); }));
  return {};
}

Result<void> kvIncr(Call& call) {
  REDD_TRY(std::string key, call.arguments.text("key", call.limits.keyBytesMax));
  REDD_TRY(const double by, call.arguments.number("the number to add"));
  REDD_TRY(std::string keyspace, call.arguments.textOrEmpty("keyspace", kNameBytesMax));
  REDD_TRY(auto ttl, call.arguments.milliseconds("ttl"));
  call.store->kvIncr(std::move(keyspace), std::move(key), by, ttl, answering<double>(call, json::number));
  return {};
}

Result<void> kvDel(Call& call) {
  REDD_TRY(auto at, keyAndSpace(call, "key"));
  call.store->kvDel(std::move(at.keyspace), std::move(at.key), answering<std::optional<KvValue>>(call, jsonOf));
  return {};
}

Result<void> kvDelAll(Call& call) {
  REDD_TRY(auto at, keyAndSpace(call, "prefix"));
  call.store->kvDelPrefix(std::move(at.keyspace), std::move(at.key), answering<std::uint64_t>(call, [](std::uint64_t n) { return std::to_string(n); }));
  return {};
}

// A store may answer less than was asked for when the values are large: such a page is not the last one.
constexpr std::size_t kScanBytes = 1 << 20;
std::size_t bytesOf(const std::vector<store::KvEntry>& entries) {
  std::size_t bytes = 0;
  for (const store::KvEntry& entry : entries) {
    const auto* text = std::get_if<std::string>(&entry.value);
    bytes += entry.key.size() + (text ? text->size() : sizeof(double));
  }
  return bytes;
}

void scanKeys(Call& call, std::uint32_t invocation, KeysLeft keys) {
  auto scan = keys.scan;
  call.store->kvScan(std::move(scan), answering<std::vector<store::KvEntry>>(
                                          call, [keys = std::move(keys), cursors = call.cursors, store = std::weak_ptr(call.store), workerId = call.workerId,
                                                 invocation](const std::vector<store::KvEntry>& entries) mutable {
                                            std::string items = "[";
                                            bool more = entries.size() >= kPageItems || bytesOf(entries) >= kScanBytes;
                                            for (const store::KvEntry& entry : entries) {
                                              if (items.size() > kPageBytes) {
                                                more = true;
                                                break;
                                              }
                                              keys.scan.after = entry.key;
                                              if (items.size() > 1) items.push_back(',');
                                              items += R"({"key":)";
                                              json::appendString(items, entry.key);
                                              if (!keys.onlyKeys) {
                                                items += R"(,"val":)";
                                                appendValue(items, entry.value);
                                              }
                                              items.push_back('}');
                                            }
                                            items.push_back(']');
                                            std::uint64_t next = 0;
                                            if (more) next = cursors->open({workerId, invocation, store, std::move(keys)});
                                            return pageJson(items, next);
                                          }));
}

Result<void> kvGetAll(Call& call) {
  REDD_TRY(auto at, keyAndSpace(call, "prefix"));
  REDD_TRY(const auto flags, call.arguments.flags("options"));
  store::KvScan scan{std::move(at.keyspace), std::move(at.key), std::nullopt,
                     flags.reverse ? store::KvScan::Order::descending : store::KvScan::Order::ascending, kPageItems};
  scanKeys(call, call.arguments.invocation(), {std::move(scan), flags.onlyKeys});
  return {};
}

// ---- documents ----

Result<void> docInsert(Call& call) {
  REDD_TRY(std::string collection, collectionName(call));
  REDD_TRY(auto documents, call.arguments.documents("document"));
  const bool many = documents.many;
  call.store->insert(std::move(collection), std::move(documents.texts), answering<std::vector<std::string>>(call, [many](const std::vector<std::string>& stored) {
                       return many ? joined(stored) : stored.empty() ? std::string("null") : stored.front();
                     }));
  return {};
}

Result<void> docFindOne(Call& call) {
  REDD_TRY(std::string collection, collectionName(call));
  REDD_TRY(auto selector, call.arguments.selector("query"));
  REDD_TRY(std::string options, call.arguments.objectOrEmpty("options"));
  call.store->findOne(std::move(collection), std::move(selector), std::move(options),
                      answering<std::optional<std::string>>(call, [](std::optional<std::string>& found) { return found ? std::move(*found) : std::string("null"); }));
  return {};
}

// A page is JSON of which the script makes objects, or text that it passes on as it is.
enum class PageKind { json, text };

std::string pageText(const std::vector<std::string>& items, std::uint64_t cursor) {
  std::string out;
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(cursor >> shift));
  for (const std::string& item : items) {
    if (&item != &items.front()) out += ",\n";
    out += item;
  }
  return out;
}

Completion<store::Page> answeringPage(Call& call, std::uint32_t invocation, PageKind kind) {
  const auto toPayload = [cursors = call.cursors, store = std::weak_ptr(call.store), workerId = call.workerId, invocation, kind](const store::Page& page) {
    const std::uint64_t next = page.cursor == 0 ? 0 : cursors->open({workerId, invocation, store, DocumentsLeft{page.cursor}});
    return kind == PageKind::text ? pageText(page.items, next) : pageJson(joined(page.items), next);
  };
  return answering<store::Page>(call, toPayload, kind == PageKind::text ? CallReply::Kind::bytes : CallReply::Kind::value);
}

template <PageKind kind>
Result<void> docFind(Call& call) {
  REDD_TRY(std::string collection, collectionName(call));
  REDD_TRY(std::string filter, call.arguments.objectOrEmpty("query"));
  REDD_TRY(std::string options, call.arguments.objectOrEmpty("options"));
  auto done = answeringPage(call, call.arguments.invocation(), kind);
  call.store->find(std::move(collection), {std::move(filter), std::move(options)}, std::move(done));
  return {};
}

std::string changeJson(const store::Change& change, bool many) { return many ? countJson(change.count) : change.document.value_or("null"); }

enum class ChangeKind { update, replace };
template <ChangeKind kind>
Result<void> docChange(Call& call) {
  REDD_TRY(std::string collection, collectionName(call));
  REDD_TRY(auto selector, call.arguments.selector("query"));
  REDD_TRY(std::string change, call.arguments.object(kind == ChangeKind::update ? "change" : "document"));
  REDD_TRY(const auto flags, call.arguments.flags("options"));
  const auto many = flags.many ? store::Many::all : store::Many::one;
  const auto upsert = flags.upsert ? store::Upsert::yes : store::Upsert::no;
  auto done = answering<store::Change>(call, [all = flags.many](const store::Change& result) { return changeJson(result, all); });
  if constexpr (kind == ChangeKind::update) {
    call.store->update(std::move(collection), std::move(selector), std::move(change), many, upsert, std::move(done));
  } else {
    call.store->replace(std::move(collection), std::move(selector), std::move(change), many, upsert, std::move(done));
  }
  return {};
}

Result<void> docRemove(Call& call) {
  REDD_TRY(std::string collection, collectionName(call));
  REDD_TRY(auto selector, call.arguments.selector("query"));
  REDD_TRY(const auto flags, call.arguments.flags("options"));
  call.store->remove(std::move(collection), std::move(selector), flags.many ? store::Many::all : store::Many::one,
                     answering<std::vector<std::string>>(call, [many = flags.many](const std::vector<std::string>& ids) {
                       if (many) return countJson(ids.size());
                       return ids.empty() ? std::string("null") : fmt::format(R"({{"_id":{}}})", json::quoted(ids.front()));
                     }));
  return {};
}

Result<void> docCount(Call& call) {
  REDD_TRY(std::string collection, collectionName(call));
  REDD_TRY(std::string filter, call.arguments.objectOrEmpty("query"));
  call.store->count(std::move(collection), std::move(filter), answering<std::uint64_t>(call, countJson));
  return {};
}

// ---- cursors and spaces ----

Result<std::uint64_t> cursorNumber(Call& call) {
  REDD_TRY(const double id, call.arguments.number("cursor"));
  if (!(id >= 0 && id < 9e15)) return invalid("cursor must be a number that a page carried");
  return static_cast<std::uint64_t>(id);
}

template <PageKind kind>
Result<void> cursorNext(Call& call) {
  REDD_TRY(const std::uint64_t id, cursorNumber(call));
  auto cursor = call.cursors->take(id, call.workerId);
  if (!cursor) return notFound("the cursor is closed");
  if (auto* keys = std::get_if<KeysLeft>(&cursor->left)) {
    scanKeys(call, cursor->invocation, std::move(*keys));
    return {};
  }
  call.store->next(std::get<DocumentsLeft>(cursor->left).storeCursor, answeringPage(call, cursor->invocation, kind));
  return {};
}

Result<void> cursorClose(Call& call) {
  REDD_TRY(const std::uint64_t id, cursorNumber(call));
  if (const auto cursor = call.cursors->take(id, call.workerId)) {
    if (const auto* documents = std::get_if<DocumentsLeft>(&cursor->left)) call.store->closeCursor(documents->storeCursor);
  }
  call.reply({CallReply::Kind::value, "null"});
  return {};
}

Result<void> spaceOpen(Call& call) {
  REDD_TRY(const std::string name, call.arguments.text("space", kNameBytesMax));
  if (name != call.space.name) return Error::make(ErrorCode::forbidden, fmt::format("a script of space {} cannot open space {}", call.space.name, name));
  call.reply({CallReply::Kind::value, "null"});
  return {};
}

using Names = OperationRow::Names;
constexpr std::array<OperationRow, 35> kOperations{{  // in order of their names
    {"collection.cap", collectionCap, "collection.cap", Names::first},
    {"collection.create", collectionCreate, "collection.create", Names::first},
    {"collection.drop", collectionDrop, "collection.drop", Names::first},
    {"collection.get", collectionGet, "collection.get", Names::first},
    {"collection.list", collectionList, "collection.list", Names::none},
    {"cursor.close", cursorClose, "cursor.close", Names::none},
    {"cursor.next", cursorNext<PageKind::json>, "cursor.next", Names::none},
    {"cursor.nextText", cursorNext<PageKind::text>, "cursor.next", Names::none},
    {"doc.count", docCount, "db.count", Names::first},
    {"doc.find", docFind<PageKind::json>, "db.find", Names::first},
    {"doc.findOne", docFindOne, "db.findOne", Names::first},
    {"doc.findText", docFind<PageKind::text>, "db.find", Names::first},
    {"doc.insert", docInsert, "db.insert", Names::first},
    {"doc.remove", docRemove, "db.remove", Names::first},
    {"doc.replace", docChange<ChangeKind::replace>, "db.replace", Names::first},
    {"doc.update", docChange<ChangeKind::update>, "db.update", Names::first},
    {"file.append", fileAppend, "file.append", Names::none},
    {"file.close", fileClose, "file.close", Names::none},
    {"file.commit", fileCommit, "file.commit", Names::second},
    {"file.create", fileCreate, "file.create", Names::none},
    {"file.list", fileList, "file.list", Names::first},
    {"file.open", fileOpen, "file.open", Names::first},
    {"file.read", fileRead, "file.read", Names::none},
    {"file.remove", fileRemove, "file.remove", Names::first},
    {"index.create", indexCreate, "index.create", Names::first},
    {"index.remove", indexRemove, "index.remove", Names::first},
    {"kv.del", kvDel, "kv.del", Names::second},
    {"kv.delAll", kvDelAll, "kv.delAll", Names::second},
    {"kv.get", kvGet, "kv.get", Names::second},
    {"kv.getAll", kvGetAll, "kv.getAll", Names::second},
    {"kv.incr", kvIncr, "kv.incr", Names::third},
    {"kv.set", kvSet, "kv.set", Names::third},
    {"schema.get", schemaGet, "schema.get", Names::first},
    {"schema.set", schemaSet, "schema.set", Names::first},
    {"space.open", spaceOpen, "space.open", Names::first},
}};
static_assert(std::ranges::is_sorted(kOperations, {}, &OperationRow::name));

}  // namespace

const OperationRow* findOperation(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(kOperations, name, {}, &OperationRow::name);
  return found != kOperations.end() && found->name == name ? found : nullptr;
}

}  // namespace redd::host
