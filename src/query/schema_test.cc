#include "query/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redd::query {
namespace {

std::string faults(std::string_view schema, std::string_view document) {
  const auto parsed = Schema::parse(schema);
  if (!parsed) return parsed.error().publicText;
  Parser parser;
  const auto value = parser.parse(document);
  return value ? parsed->faults(**value).value_or("valid") : "bad document";
}

TEST(Schema, FaultsAreThoseOfAjv) {
  EXPECT_EQ(faults(R"({"type":"object","properties":{"email":{"type":"string","format":"email"},"age":{"type":"integer","minimum":18}},)"
                   R"("required":["email","name"],"additionalProperties":false})",
                   R"({"email":"x","age":17,"more":1})"),
            R"([{"instancePath":"","schemaPath":"#/required","keyword":"required","params":{"missingProperty":"name"},)"
            R"("message":"must have required property 'name'"},)"
            R"({"instancePath":"","schemaPath":"#/additionalProperties","keyword":"additionalProperties","params":{"additionalProperty":"more"},)"
            R"("message":"must NOT have additional properties"},)"
            R"({"instancePath":"/email","schemaPath":"#/properties/email/format","keyword":"format","params":{"format":"email"},)"
            R"("message":"must match format \"email\""},)"
            R"({"instancePath":"/age","schemaPath":"#/properties/age/minimum","keyword":"minimum","params":{"comparison":">=","limit":18},)"
            R"("message":"must be >= 18"}])");
}

TEST(Schema, TheIdOfADocumentIsLeftOut) {
  const char* strict = R"({"type":"object","properties":{"a":{"type":"number"}},"additionalProperties":false,"required":["_id","a"]})";
  EXPECT_EQ(faults(strict, R"({"a":1,"_id":"x"})"), "valid");
  EXPECT_EQ(faults(strict, R"({"a":1})"), "valid");
  EXPECT_EQ(faults(R"({"properties":{"_id":{"type":"number"}},"maxProperties":1,"propertyNames":{"pattern":"^a$"}})", R"({"_id":"x","a":1})"), "valid");
  EXPECT_EQ(faults(R"({"allOf":[{"required":["_id"]}],"dependencies":{"a":["_id"]}})", R"({"a":1})"), "valid");
  EXPECT_THAT(faults(R"({"properties":{"a":{"additionalProperties":false,"required":["_id"]}}})", R"({"a":{"_id":1}})"), ::testing::HasSubstr("additional"));
  EXPECT_THAT(faults(R"({"properties":{"a":{"required":["_id"]}}})", R"({"a":{}})"), ::testing::HasSubstr("required"));
}

TEST(Schema, ReferencesStayInsideTheSchema) {
  const char* tree = R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"value":{"type":"number"},"next":{"$ref":"#/$defs/node"}}}}})";
  EXPECT_EQ(faults(tree, R"({"value":1,"next":{"value":2,"next":{}}})"), "valid");
  EXPECT_THAT(faults(tree, R"({"next":{"next":{"value":"x"}}})"), ::testing::HasSubstr(R"("instancePath":"/next/next/value")"));
  EXPECT_EQ(faults(R"({"properties":{"a":{"$ref":"#name"},"b":{"$ref":"item.json"}},"$id":"http://x.test/root.json","$defs":{"a":{"$anchor":"name","type":"string"},)"
                   R"("b":{"$id":"item.json","type":"null"}}})",
                   R"({"a":"x","b":null})"),
            "valid");
  EXPECT_THAT(faults(R"({"properties":{"a":{"$ref":"http://json-schema.org/draft-07/schema#"}}})", "{}"),
              ::testing::StartsWith("Invalid schema: $ref at #/properties/a/$ref: \"http://json-schema.org/draft-07/schema#\" leads nowhere"));
  EXPECT_THAT(faults(R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})", "{}"), ::testing::HasSubstr("only to further references"));
}

TEST(Schema, RefusalsNameTheKeywordAndThePlace) {
  EXPECT_EQ(faults(R"({"properties":{"a":{"minLength":-1}}})", "{}"), "Invalid schema: minLength at #/properties/a/minLength: it must be an integer, 0 or more");
  EXPECT_EQ(faults(R"({"if":true,"then":1})", "{}"), "Invalid schema: then at #/then: it must be a schema: an object, true or false");
  for (const char* schema :
       {"", "1", "[]", R"({"type":"text"})", R"({"type":[]})", R"({"enum":[]})", R"({"enum":1})", R"({"required":"a"})", R"({"required":[1]})", R"({"maximum":"1"})",
        R"({"exclusiveMinimum":true})", R"({"multipleOf":0})", R"({"maxItems":1.5})", R"({"pattern":"("})", R"({"pattern":1})", R"({"patternProperties":{"(":{}}})",
        R"({"properties":[]})", R"({"properties":{"a":1}})", R"({"items":1})", R"({"items":[1]})", R"({"allOf":{}})", R"({"anyOf":[]})", R"({"not":1})", R"({"uniqueItems":1})",
        R"({"dependencies":{"a":1}})", R"({"dependentRequired":{"a":{}}})", R"({"format":1})", R"({"$ref":1})", R"({"$ref":"#/nowhere"})", R"({"nullable":true})",
        R"({"contains":{},"minContains":"1"})", R"({"additionalProperties":1})", R"({"propertyNames":[]})", R"({"$defs":{"a":{"$id":"http://a/b"},"b":{"$id":"http://a/b"}}})"}) {
    EXPECT_THAT(faults(schema, "{}"), ::testing::StartsWith("Invalid schema: ")) << schema;
  }
}

TEST(Schema, EverythingHasABound) {
  EXPECT_THAT(faults(R"({"allOf":[{"$ref":"#"}]})", "{}"), ::testing::HasSubstr("\"keyword\":\"limit\""));
  EXPECT_THAT(faults(R"({"anyOf":[{"allOf":[{"$ref":"#"},{"$ref":"#"}]},true,{"$ref":"#"}],"not":{"$ref":"#"}})", "{}"), ::testing::HasSubstr("\"keyword\":\"limit\""));
  std::string many = "[";
  for (int i = 0; i < 100'000; ++i) many += "1,";
  many.back() = ']';
  const auto text = faults(R"({"items":{"type":"string"}})", many);
  EXPECT_LT(text.size(), Schema::kFaultsBytesMax + 1000);
  EXPECT_GT(text.size(), 1000U);
  EXPECT_THAT(faults(R"({"uniqueItems":true})", many), ::testing::HasSubstr("99998"));
  std::string patterns = R"({"patternProperties":{)";
  for (std::size_t i = 0; i <= Schema::kRegexesMax; ++i) patterns += "\"" + std::to_string(i) + "\":{},";
  patterns.back() = '}';
  EXPECT_THAT(faults(patterns + "}", "{}"), ::testing::HasSubstr("more than 200 patterns"));
}

TEST(Schema, APatternsBoundIsThatOfOneCheck) {
  const auto schema = *Schema::parse(R"x({"pattern":"^(?=(.*){3}c)"})x");
  Parser parser;
  const std::string text = '"' + std::string(60, 'a') + '"';
  const Value& document = **parser.parse(text);
  for (int i = 0; i < 300; ++i) EXPECT_THAT(*schema.faults(document), ::testing::HasSubstr("must match pattern"));
}

TEST(Schema, PatternsMayLookAhead) {
  const char* password = R"({"pattern":"^(?=.*[A-Z])(?=.*\\d).{8,}$"})";
  EXPECT_EQ(faults(password, R"("Passw0rd")"), "valid");
  EXPECT_THAT(faults(password, R"("password")"), ::testing::HasSubstr("must match pattern"));
  EXPECT_THAT(faults(R"x({"pattern":"(?=a)(a+)+$"})x", '"' + std::string(60, 'a') + "b\""), ::testing::HasSubstr("\"keyword\":\"limit\""));
}

TEST(Schema, MovesAndOutlivesItsText) {
  auto text = std::make_unique<std::string>(R"({"properties":{"name":{"pattern":"^a","enum":["a","ab"]}}})");
  Schema first = *Schema::parse(*text);
  text.reset();
  const Schema second = std::move(first);
  Parser parser;
  EXPECT_FALSE(second.faults(**parser.parse(R"({"name":"ab"})")));
  EXPECT_TRUE(second.faults(**parser.parse(R"({"name":"b"})")));
}

TEST(Schema, Formats) {
  struct Case {
    const char* format;
    const char* good;
    const char* bad;
  };
  for (const auto& [format, good, bad] : {Case{"date-time", "2024-02-29T23:59:60Z", "2023-02-29T00:00:00Z"}, {"date", "2024-02-29", "2024-2-29"},
                                          {"time", "12:00:00+01:00", "12:00:00"}, {"email", "a.b@example.org", "a@b"}, {"uri", "https://a.b/c?d#e", "//a.b"},
                                          {"uri-reference", "../a", "\\\\a"}, {"hostname", "a-b.example", "-a"}, {"ipv4", "127.0.0.1", "127.0.0.01"},
                                          {"ipv6", "::ffff:1.2.3.4", "12345::"}, {"uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567"}, {"regex", "(?=a)", "("},
                                          {"json-pointer", "/a~0", "/a~2"}, {"relative-json-pointer", "1/a", "01"}, {"duration", "P1DT2H", "P1DT"},
                                          {"uri-template", "http://a/{b}", "{b"}, {"url", "http://example.org/x", "http://10.0.0.1"}, {"byte", "YWI=", "Y"}}) {
    const std::string schema = std::string(R"({"format":")") + format + "\"}";
    EXPECT_EQ(faults(schema, '"' + std::string(good) + '"'), "valid") << format;
    EXPECT_THAT(faults(schema, '"' + std::string(bad) + '"'), ::testing::HasSubstr("must match format")) << format;
  }
  EXPECT_EQ(faults(R"({"format":"phone"})", "\"x\""), "valid");
  EXPECT_EQ(faults(R"({"format":"email"})", "1"), "valid");
}

}  // namespace
}  // namespace redd::query
