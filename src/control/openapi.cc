#include "openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "json_writer.h"
#include "operations.h"
#include "query/value.h"

namespace redd::control {
namespace {

std::string_view permissionName(Permission permission) {
  switch (permission) {
    case Permission::anyone: return "anyone";
    case Permission::account: return "account";
    case Permission::person: return "person";
    case Permission::viewer: return "viewer";
    case Permission::developer: return "developer";
    case Permission::owner: return "owner";
    case Permission::server: return "server";
  }
  return "";
}

std::string schemaOf(Kind kind) {
  switch (kind) {
    case Kind::text: return R"({"type":"string"})";
    case Kind::flag: return R"({"type":"boolean"})";
    case Kind::count: return R"({"type":"integer","minimum":0})";
    case Kind::texts: return R"({"type":"array","items":{"type":"string"}})";
    case Kind::json: return R"({"description":"Any JSON value."})";
  }
  return "{}";
}

bool takesQuery(const Operation& operation) {
  return operation.method == "GET" || operation.method == "DELETE" || operation.bodySize == BodySize::streamed;
}

// A value of the example, as JSON; "" when it says nothing of the argument.
std::string exampleValue(const Operation& operation, std::string_view argument) {
  query::Parser parser;
  const auto example = parser.parse(exampleOf(operation.name).empty() ? "{}" : exampleOf(operation.name));
  const auto* value = example ? query::find(**example, argument) : nullptr;
  return value == nullptr ? std::string() : query::textOf(*value);
}

std::string parameter(std::string_view name, std::string_view in, Need need, Kind kind, const std::string& example) {
  JsonObject out;
  out.text("name", name).text("in", in).flag("required", need == Need::required);
  if (in == "query" && kind == Kind::json) {  // JSON text; what is no JSON is a text
    out.raw("schema", R"({"type":"string"})");
    if (!example.empty()) out.text("example", example);
  } else {
    out.raw("schema", schemaOf(kind));
    if (!example.empty()) out.raw("example", example);
  }
  return out.end();
}

std::vector<std::string> parametersOf(const Operation& operation) {
  std::vector<std::string> out;
  for (auto path = operation.path; path.contains('{');) {
    path.remove_prefix(path.find('{') + 1);
    out.push_back(parameter(path.substr(0, path.find('}')), "path", Need::required, Kind::text, {}));
  }
  if (!takesQuery(operation)) return out;
  for (const auto& one : operation.arguments) out.push_back(parameter(one.name, "query", one.need, one.kind, exampleValue(operation, one.name)));
  return out;
}

std::string bodySchema(const Operation& operation) {
  JsonObject properties;
  std::vector<std::string> required;
  for (const auto& one : operation.arguments) {
    properties.raw(one.name, schemaOf(one.kind));
    if (one.need == Need::required) required.emplace_back(one.name);
  }
  JsonObject out;
  out.text("type", "object").raw("properties", properties.end()).flag("additionalProperties", false);
  if (!required.empty()) out.texts("required", required);
  return out.end();
}

std::string requestBody(const Operation& operation) {
  if (operation.bodySize == BodySize::streamed) {
    const auto type = operation.name == "document.import" ? "application/x-ndjson" : "application/octet-stream";
    return JsonObject().flag("required", true).raw("content", JsonObject().raw(type, R"({"schema":{}})").end()).end();
  }
  JsonObject json;
  json.raw("schema", bodySchema(operation));
  if (const auto example = exampleOf(operation.name); !example.empty()) json.raw("example", example);
  JsonObject content;
  content.raw("application/json", json.end());
  if (!operation.archiveType.empty()) content.raw(operation.archiveType, R"({"schema":{}})");
  bool isRequired = false;
  for (const auto& one : operation.arguments) isRequired = isRequired || one.need == Need::required;
  return JsonObject().flag("required", isRequired).raw("content", content.end()).end();
}

std::string responses(const Operation& operation) {
  const auto good = operation.stream == nullptr ? R"({"description":"As API.md describes it."})"
                                                : R"({"description":"A stream, as API.md describes it."})";
  return JsonObject()
      .raw(std::to_string(operation.status), good)
      .raw("default", R"({"$ref":"#/components/responses/Error"})")
      .end();
}

std::string operationJson(const Operation& operation) {
  const auto parameters = parametersOf(operation);
  JsonObject out;
  out.text("operationId", operation.name)
      .text("summary", operation.summary)
      .texts("tags", {std::string(operation.name.substr(0, operation.name.find('.')))})
      .text("x-permission", permissionName(operation.permission))
      .text("x-effect", operation.effect == Effect::read ? "read" : "write");
  if (operation.permission == Permission::anyone) out.raw("security", "[]");
  if (!parameters.empty()) out.raw("parameters", jsonList(parameters, [](const std::string& one) { return one; }));
  const bool hasBody = operation.bodySize == BodySize::streamed || (!takesQuery(operation) && !operation.arguments.empty());
  if (hasBody) out.raw("requestBody", requestBody(operation));
  return out.raw("responses", responses(operation)).end();
}

constexpr std::string_view kComponents =
    R"({"securitySchemes":{)"
    R"("bearer":{"type":"http","scheme":"bearer","description":"A control-plane token."},)"
    R"("adminToken":{"type":"apiKey","in":"header","name":"x-admintoken","description":"The same, as the published command line sends it."}},)"
    R"("responses":{"Error":{"description":"What went wrong, for a person and for a program.",)"
    R"("content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}},)"
    R"("schemas":{"Error":{"type":"object","required":["error"],)"
    R"("properties":{"error":{"type":"string"},"code":{"type":"string"}}}}})";

std::string lowered(std::string_view method) {
  std::string out(method);
  for (auto& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

}  // namespace

std::string openApiJson(std::string_view serverVersion) {
  std::vector<std::pair<std::string_view, JsonObject>> paths;  // in the order of the table
  for (const auto& operation : operations()) {
    const bool isKnown = std::ranges::any_of(paths, [&](const auto& one) { return one.first == operation.path; });
    if (!isKnown) paths.emplace_back(operation.path, JsonObject());
    const auto at = std::ranges::find_if(paths, [&](const auto& one) { return one.first == operation.path; });
    at->second.raw(lowered(operation.method), operationJson(operation));
  }
  JsonObject pathsJson;
  for (auto& [path, methods] : paths) pathsJson.raw(path, methods.end());
  return JsonObject()
      .text("openapi", "3.1.0")
      .raw("info", JsonObject()
                       .text("title", "Redd control API")
                       .text("version", serverVersion)
                       .text("description", "What people do to projects and spaces. x-permission: the least role that may; x-effect: whether anything changes.")
                       .end())
      .raw("security", R"([{"bearer":[]},{"adminToken":[]}])")
      .raw("paths", pathsJson.end())
      .raw("components", kComponents)
      .end();
}

std::string_view exampleOf(std::string_view operation) {
  static const std::map<std::string_view, std::string_view> kExamples = {
      {"project.create", R"({"name":"mybackend"})"},
      {"space.create", R"({"name":"dev"})"},
      {"token.add", R"({"access":"READWRITE","description":"for the web app"})"},
      {"jwks.set", R"({"url":"https://example.eu.auth0.com/.well-known/jwks.json","audience":["https://api.example.com"]})"},
      {"auth.impact", R"({"url":"https://example.eu.auth0.com/.well-known/jwks.json","audience":["https://api.example.com"],"algorithms":["RS256"]})"},
      {"hosts.set", R"({"addresses":["203.0.113.7","198.51.100.0/24"]})"},
      {"cors.set", R"({"origins":["https://app.example.com"]})"},
      {"domains.set", R"({"domains":["www.example.com"]})"},
      {"env.set", R"({"value":"sk-123","encrypted":true})"},
      {"deploy", R"({"bundle":"var EntryPoint = …","author":"Ann","gitHash":"4f51e9b","gitBranch":"main"})"},
      {"log.tail", R"({"tail":100,"context":"routehooks"})"},
      {"log.follow", R"({"tail":100,"context":"routehooks"})"},
      {"collection.create", R"({"schema":{"type":"object","required":["name"]},"cap":1000})"},
      {"schema.set", R"({"schema":{"type":"object","required":["name"]}})"},
      {"cap.set", R"({"cap":1000})"},
      {"index.create", R"({"fields":["name","address.city"]})"},
      {"index.remove", R"({"fields":["name"]})"},
      {"document.list", R"({"filter":{"age":{"$gte":18}},"sort":"-age,name","limit":10})"},
      {"document.find", R"({"filter":{"age":{"$gte":18}},"sort":{"age":-1},"fields":["name","age"],"limit":10})"},
      {"document.count", R"({"filter":{"age":{"$gte":18}}})"},
      {"document.insert", R"({"document":{"name":"Polly","type":"Parrot"}})"},
      {"document.update", R"({"change":{"$inc":{"visits":1}}})"},
      {"document.replace", R"({"document":{"name":"Polly"},"upsert":true})"},
      {"documents.update", R"({"filter":{"type":"Parrot"},"change":{"$set":{"checked":true}}})"},
      {"documents.replace", R"({"filter":{"name":"Polly"},"document":{"name":"Zilla"}})"},
      {"documents.remove", R"({"filter":{"type":"Fish"}})"},
      {"key.list", R"({"prefix":"session-","limit":100})"},
      {"key.removeAll", R"({"prefix":"session-"})"},
      {"key.set", R"({"value":"OK","ttl":60000})"},
      {"file.list", R"({"path":"/images"})"},
      {"file.read", R"({"path":"/images/logo.png"})"},
      {"file.write", R"({"path":"/images/logo.png"})"},
      {"file.remove", R"({"path":"/images/logo.png"})"},
  };
  const auto found = kExamples.find(operation);
  return found == kExamples.end() ? std::string_view{} : found->second;
}

}  // namespace redd::control
