#include <fmt/format.h>

#include <iostream>

#include "data_commands.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kValueBytesMax = 1 << 20;

Result<std::string> readValue() {
  std::string text(kValueBytesMax + 2, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  if (text.ends_with('\n')) text.pop_back();
  if (text.size() > kValueBytesMax) return Error::make(ErrorCode::payloadTooLarge, "the value on standard input is larger than 1 MiB");
  return text;
}

std::string keyPath(const Target& target, const KeyArguments& arguments) {
  return target.path("/keys/" + segment(arguments.key) + (arguments.keyspace.empty() ? "" : "?keyspace=" + segment(arguments.keyspace)));
}

std::string listPath(const Target& target, const KeyArguments& arguments) {
  auto path = target.path("/keys?prefix=" + segment(arguments.prefix));
  if (!arguments.keyspace.empty()) path += "&keyspace=" + segment(arguments.keyspace);
  return path;
}

// A key that ends in '*' names all that begin so; "*" alone names all.
KeyArguments withPrefix(KeyArguments arguments) {
  if (!arguments.key.ends_with('*')) return arguments;
  arguments.prefix = arguments.key.substr(0, arguments.key.size() - 1);
  return arguments;
}

// A value as text: one that incr wrote is a number.
std::string valueText(const Json& pair) {
  const auto value = memberOf(pair, "value");
  return value.is_string() ? value.get<std::string>() : printJson(value);
}

Result<void> printText(const Context& context, std::string_view text) {
  return context.terminal.outBytes((context.terminal.outIsTerminal() ? inert(text) : std::string(text)) + "\n");
}

Result<void> printPair(const Context& context, std::string_view json) {
  return context.terminal.outBytes((context.terminal.outIsTerminal() ? inertJson(json) : std::string(json)) + "\n");
}

Error noKey() { return invalid("no key is named. Fix: name one; PREFIX* stands for all keys that begin so"); }

}  // namespace

Result<void> getKey(const Context& context, const KeyArguments& arguments) {
  if (arguments.key.ends_with('*')) return listKeys(context, withPrefix(arguments));
  if (arguments.key.empty()) return noKey();
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  auto pair = client.call({.path = keyPath(target, arguments)});
  if (!pair && pair.error().code == ErrorCode::notFound && pair.error().text() != "Unknown space") {
    return notFound(fmt::format("'{}' of {}, {}{} has no value. Fix: coho kv list shows the keys", inertLine(arguments.key), target.project, target.space,
                                arguments.keyspace.empty() ? "" : ", keyspace " + inertLine(arguments.keyspace)));
  }
  if (!pair) return context.explain(client, target, pair.error());
  return arguments.wantsText ? printText(context, valueText(*pair)) : printPair(context, printJson(*pair));
}

Result<void> setKey(const Context& context, const KeyArguments& arguments) {
  if (arguments.key.empty()) return noKey();
  REDD_TRY(const auto target, context.target());
  auto value = arguments.value ? Result<std::string>(*arguments.value) : readValue();
  if (!value) return value.error();
  REDD_TRY(const auto client, context.connect());
  Json body{{"value", *value}};
  if (arguments.ttlMs) body["ttl"] = *arguments.ttlMs;
  if (!arguments.keyspace.empty()) body["keyspace"] = arguments.keyspace;
  const auto path = target.path("/keys/" + segment(arguments.key));
  REDD_TRY(const auto answer, context.call(client, target, {.method = "PUT", .path = path, .body = std::move(body)}));
  if (arguments.wantsText) return printText(context, fmt::format("{} {}", arguments.key, *value));
  return printPair(context, printJson(answer));
}

Result<void> deleteKey(const Context& context, const KeyArguments& given) {
  const auto arguments = withPrefix(given);
  const bool byPrefix = given.key.ends_with('*') || (given.key.empty() && !given.prefix.empty());
  if (!byPrefix && arguments.key.empty()) return noKey();
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, context.call(client, target,
                                           {.method = "DELETE", .path = byPrefix ? listPath(target, arguments) : keyPath(target, arguments), .totalMs = 0}));
  const auto removed = byPrefix ? numberOf(answer, "count") : flagOf(answer, "removed") ? 1 : 0;
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(fmt::format("Deleted {} key{}", grouped(static_cast<std::uint64_t>(removed)), removed == 1 ? "" : "s"));
  }
  return {};
}

Result<void> listKeys(const Context& context, const KeyArguments& given) {
  const auto arguments = withPrefix(given);
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  auto path = listPath(target, arguments);
  if (arguments.wantsReverse) path += "&reverse=true";
  if (arguments.limit) path += fmt::format("&limit={}", *arguments.limit);
  const auto screen = context.terminal.outIsTerminal() ? Screen::yes : Screen::no;
  std::string page;
  const auto printer = DocumentPrinter::create({.form = DocumentForm::array, .screen = screen}, [&page](std::string_view bytes) -> Result<void> {
    page += bytes;
    return {};
  });
  const auto print = [&](std::string_view line) -> Result<void> {
    if (!arguments.wantsText) return printer->add(line);
    REDD_TRY(const auto pair, parseJson(line));
    const auto text = textOf(pair, "key") + " " + valueText(pair);
    page += (screen == Screen::yes ? inert(text) : text) + "\n";
    return {};
  };
  LineReader lines;
  Result<void> printed;
  const auto downloaded = client.download({.path = std::move(path), .totalMs = 0}, [&](std::string_view piece) {
    printed = lines.feed(piece, print);
    if (printed) printed = context.terminal.outBytes(page);
    page.clear();
    return printed.has_value();
  });
  if (!downloaded) return context.explain(client, target, downloaded.error());
  REDD_TRY_VOID(printed);
  if (!arguments.wantsText) REDD_TRY_VOID(printer->finish());
  return context.terminal.outBytes(page);
}

}  // namespace redd::coho
