#include "command_line.h"
#include "data_commands.h"

namespace redd::coho {
namespace {

// Everything that the arguments of data commands are parsed into. One command is run, so they share it.
struct DataArguments {
  QueryArguments query;
  CollectionArguments collection;
  SystemCollections system = SystemCollections::hidden;
  bool wantsAdvice = false;
  KeyArguments key;
  std::string value;
  ImportArguments import;
  ExportArguments exporting;
};
using Shared = std::shared_ptr<DataArguments>;

void addSelection(CLI::App& command, Selection& selection) {
  command.add_option("collection_and_filter", selection.words, "The collection, then conditions: name=/^a/i age>=18 status=open,closed !gone, or JSON")
      ->type_name("COLLECTION [FILTER…]");
  command.add_option("-c,--collection", selection.collection, "The collection");
  command.add_option("-q,--query", selection.query, "The filter, as conditions or as JSON");
}

void addFindOptions(CLI::App& command, FindArguments& find) {
  addSelection(command, find.selection);
  command.add_option("--limit", find.limit, "At most so many documents");
  command.add_option("--offset", find.offset, "Leave out the first ones");
  command.add_option("--sort", find.sort, "Fields, '-' before one for descending: name,-age; or JSON");
  command.add_option("--fields", find.fields, "Only these fields: name,address.city; or JSON");
  command.add_option("--useindex", find.useIndex, "Read in the order of this index");
  command.add_option("--start", find.start, "First value in the index");
  command.add_option("--end", find.end, "Last value in the index");
  command.add_flag("--reverse", find.wantsReverse, "Read backwards");
}

void addQuery(CLI::App& app, Parsed& parsed, const Shared& a) {
  auto* find = addCommand(app, parsed, "query", "Show, delete or change the documents of a collection", [a](const Context& c) { return query(c, a->query); });
  find->alias("q");
  auto& q = a->query;
  addFindOptions(*find, q.find);
  find->add_flag("--explain", q.find.wantsExplain, "Tell which index serves the query and how many documents it reads");
  const auto form = [&](const char* name, DocumentForm value, const char* text) { return find->add_flag_callback(name, [&q, value] { q.form = value; }, text); };
  auto* forms = find->add_option_group("forms", "How documents are shown (default: a JSON array, one document a line)");
  forms->require_option(0, 1);
  for (auto* option : {form("--jsonl", DocumentForm::lines, "One document a line"), form("--pretty", DocumentForm::pretty, "Indented"),
                       form("--table", DocumentForm::table, "A table that fits the terminal"), form("--csv", DocumentForm::csv, "CSV")}) {
    forms->add_option(option);
  }
  const auto act = [&q](QueryAction action) { return [&q, action] { q.action = action; }; };
  auto* deeds = find->add_option_group("changes", "Instead of showing the documents");
  deeds->require_option(0, 1);
  deeds->add_option(find->add_flag_callback("-n,--count", act(QueryAction::count), "Count them"));
  deeds->add_option(find->add_flag_callback("--delete", act(QueryAction::remove), "Delete them"));
  const auto change = [&q](QueryAction action) {
    return [&q, action](const std::string& text) {
      q.action = action;
      q.change = text;
    };
  };
  deeds->add_option(find->add_option_function<std::string>("--update", change(QueryAction::update), "Change them: JSON such as {\"$inc\":{\"n\":1}}"));
  deeds->add_option(find->add_option_function<std::string>("--replace", change(QueryAction::replace), "Put this JSON document into the place of each"));

  auto* counting = addCommand(app, parsed, "count", "Count the documents of a collection", [a](const Context& c) { return count(c, a->query.find.selection); });
  counting->alias("co");
  addSelection(*counting, q.find.selection);
}

CLI::App* addCollectionCommand(CLI::App& app, Parsed& parsed, const Shared& a, const char* name, const char* description,
                               Result<void> (*run)(const Context&, const CollectionArguments&)) {
  auto* command = addCommand(app, parsed, name, description, [a, run](const Context& c) { return run(c, a->collection); });
  command->add_option("-c,--collection", a->collection.name, "The collection");
  return command;
}

void addCollections(CLI::App& app, Parsed& parsed, const Shared& a) {
  auto& options = a->collection;
  auto* list = addCommand(app, parsed, "collections", "List collections: documents, indexes, schema, cap", [a](const Context& c) { return a->wantsAdvice ? listAdvice(c) : listCollections(c, a->system); });
  for (const char* alias : {"collection", "coll", "col", "ls"}) list->alias(alias);
  list->add_flag_callback("--sys", [a] { a->system = SystemCollections::shown; }, "System collections too (names that begin with '_')");
  list->add_flag("--advice", a->wantsAdvice, "Name the indexes that would serve the slow queries since the server started");

  const auto named = [&](const char* name, const char* description, Result<void> (*run)(const Context&, const CollectionArguments&)) {
    auto* command = addCollectionCommand(app, parsed, a, name, description, run);
    command->add_option("name", options.words, "The collection")->expected(0, 1);
    return command;
  };
  auto* create = named("createcollection", "Make a collection", createCollection);
  create->add_option("--schema", options.schemaFile, "File with a JSON Schema that documents must fit");
  create->add_option("--cap", options.cap, "Keep the newest so many documents only");
  named("dropcollection", "Remove a collection with its documents and indexes", dropCollection);
  named("add-schema", "Have documents checked by a JSON Schema", addSchema)->add_option("--schema", options.schemaFile, "File with the schema")->required();
  named("remove-schema", "End the checking by a schema", removeSchema);
  named("cap-collection", "Keep the newest documents only", capCollection)->add_option("--cap", options.cap, "How many")->required();
  named("uncap-collection", "Keep all documents", uncapCollection);

  const auto index = [&](const char* name, const char* description, Result<void> (*run)(const Context&, const CollectionArguments&)) {
    auto* command = addCollectionCommand(app, parsed, a, name, description, run);
    command->add_option("collection_and_fields", options.words, "The collection, then the field of each index")->type_name("COLLECTION [FIELD…]");
    command->add_option("-i,--index", options.indexes, "A field; several with commas between make one index over all");
    return command;
  };
  index("createindex", "Make an index; shows how far it is", createIndex)->alias("idx");
  index("removeindex", "Remove an index", removeIndex);
}

void addKeyOptions(CLI::App& command, KeyArguments& key) {
  command.add_option("--keyspace", key.keyspace, "The keyspace (default: the one without name)");
  command.add_flag("--text", key.wantsText, "Plain text instead of JSON");
}

// `coho kv get` and `coho get` are the same command.
void addKeyCommands(CLI::App& app, Parsed& parsed, const Shared& a) {
  auto& key = a->key;
  auto* get = addCommand(app, parsed, "get", "Show the value of a key; PREFIX* shows all keys that begin so", [a](const Context& c) { return getKey(c, a->key); });
  get->add_option("key", key.key)->required();
  addKeyOptions(*get, key);

  auto* set = addCommand(app, parsed, "set", "Set the value of a key", {});
  set->add_option("key", key.key)->required();
  auto* value = set->add_option("value", a->value, "Absent: read from standard input. One that begins with '-' stands after --");
  set->add_option("--ttl", key.ttlMs, "Forget it after so many milliseconds")
      ->check([](const std::string& text) { return text.starts_with('-') || text == "0" ? "'" + text + "' is no number of milliseconds from 1 up" : std::string(); });
  addKeyOptions(*set, key);
  set->callback([a, value, &parsed] {
    if (value->count() > 0) a->key.value = a->value;
    parsed.action = [a](const Context& c) { return setKey(c, a->key); };
  });

  auto* del = addCommand(app, parsed, "del", "Delete a key; PREFIX* or --prefix deletes all that begin so", [a](const Context& c) { return deleteKey(c, a->key); });
  del->add_option("key", key.key);
  del->add_option("--prefix", key.prefix, "All keys that begin so");
  addKeyOptions(*del, key);
}

void addKeys(CLI::App& app, Parsed& parsed, const Shared& a) {
  addKeyCommands(app, parsed, a);
  auto* kv = app.add_subcommand("kv", "Keys and values: get, set, del, list");
  kv->require_subcommand(1);
  addKeyCommands(*kv, parsed, a);
  auto* list = addCommand(*kv, parsed, "list", "List keys and values in the order of the keys", [a](const Context& c) { return listKeys(c, a->key); });
  list->add_option("prefix,--prefix", a->key.prefix, "Only keys that begin so");
  list->add_option("--limit", a->key.limit, "At most so many");
  list->add_flag("--reverse", a->key.wantsReverse, "The last key first");
  addKeyOptions(*list, a->key);
}

void addTransfer(CLI::App& app, Parsed& parsed, const Shared& a) {
  auto& in = a->import;
  auto* importing = addCommand(app, parsed, "import", "Store the documents of a file: JSON array, NDJSON or CSV; those with a known _id are replaced",
                               [a](const Context& c) { return importDocuments(c, a->import); });
  importing->alias("imp");
  importing->add_option("collection_and_file", in.words, "The collection and the file")->type_name("COLLECTION FILE")->expected(0, 2);
  importing->add_option("-c,--collection", in.collection, "The collection");
  importing->add_option("-f,--file,--filepath", in.file, "The file; - is standard input");
  importing->add_flag_callback("--csv", [&in] { in.format = DataFormat::csv; }, "It is CSV, whatever its name says");
  importing->add_flag_callback("--jsonl", [&in] { in.format = DataFormat::json; }, "It is NDJSON");
  importing->add_option("--separator", in.separator, "Between CSV fields: one character, or tab (default: a comma)");
  importing->add_option("--encoding", in.encoding, "Of the file, as in latin1 or utf-16 (default: utf-8)");
  importing->add_option("--rowcount", in.rows, "At most so many documents");
  importing->add_option("--skip", in.skip, "Leave out the first ones: they are stored");
  importing->add_flag("--dryrun", in.isDryRun, "Read and check the file, store nothing");
  importing->add_option("--from-codehooks", in.fromCodehooks, "Instead of a file: a folder of what `codehooks export` and `codehooks query` wrote, a file for each collection")
      ->type_name("DIR");

  auto& out = a->exporting;
  auto* exporting = addCommand(app, parsed, "export", "Write the documents of a collection to a file or standard output",
                               [a](const Context& c) { return exportDocuments(c, a->exporting); });
  addFindOptions(*exporting, out.find);
  exporting->add_option("-f,--file,--filepath", out.file, "The file; - is standard output (default)");
  exporting->add_flag_callback("--jsonl", [&out] { out.format = DataFormat::jsonLines; }, "One document a line (default for .jsonl and .ndjson)");
  exporting->add_flag_callback("--csv", [&out] { out.format = DataFormat::csv; }, "CSV (default for .csv and .tsv)");
  exporting->add_option("--separator", out.separator, "Between CSV fields: one character, or tab");
}

}  // namespace

void addDataCommands(CLI::App& app, Parsed& parsed) {
  const auto arguments = std::make_shared<DataArguments>();
  addQuery(app, parsed, arguments);
  addCollections(app, parsed, arguments);
  addKeys(app, parsed, arguments);
  addTransfer(app, parsed, arguments);
}

}  // namespace redd::coho
