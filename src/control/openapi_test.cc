#include "openapi.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"
#include "operations.h"

namespace redd::control {
namespace {

using nlohmann::json;

TEST(OpenApi, EveryOperationOnceWithItsPermissionAndArguments) {
  House house;
  const auto answer = std::make_unique<FakeExchange>("GET", "/_/api/v1/openapi.json");
  house.run(house.start(*answer));
  ASSERT_EQ(answer->answer_.status, 200);
  EXPECT_EQ(answer->answer_.headers.find("content-type"), "application/json");
  const auto document = json::parse(answer->text_);
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_EQ(document["info"]["version"], "1.2.3");
  std::size_t seen = 0;
  for (const auto& [path, methods] : document["paths"].items()) seen += methods.size();
  EXPECT_EQ(seen, operations().size());
  for (const auto& operation : operations()) {
    std::string method(operation.method);
    std::ranges::transform(method, method.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto& shown = document["paths"][std::string(operation.path)][method];
    ASSERT_EQ(shown["operationId"], std::string(operation.name));
    EXPECT_FALSE(shown["x-permission"].get<std::string>().empty());
    EXPECT_EQ(shown.contains("security"), operation.permission == Permission::anyone) << operation.name;
    for (const auto& argument : operation.arguments) EXPECT_TRUE(shown.dump().contains('"' + std::string(argument.name) + '"')) << operation.name;
  }
}

TEST(OpenApi, ExamplesAreWhatTheOperationsTake) {
  for (const auto& operation : operations()) {
    const auto example = exampleOf(operation.name);
    if (example.empty()) continue;
    Arguments read;
    const auto taken = read.addJson(example, operation.arguments);
    EXPECT_TRUE(taken) << operation.name << ": " << (taken ? "" : taken.error().text());
  }
}

}  // namespace
}  // namespace redd::control
