#include "command_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redd::coho {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CommandNode tree() {
  const CommandOption space{.names = {"-s", "--space"}, .description = "The space", .value = OptionValue::text};
  const CommandNode set{.name = "set",
                        .description = "Set a key's value",
                        .arguments = {{.names = {"key"}, .description = ".name of it", .value = OptionValue::text, .isRequired = true}},
                        .options = {space, {.names = {"--ttl"}, .description = "In ms", .value = OptionValue::text}}};
  const CommandNode keys{.name = "kv", .description = "Keys", .commands = {set}};
  const CommandNode deploy{.name = "deploy", .aliases = {"de"}, .description = "Deploy", .options = {space, {.names = {"--history"}, .description = "List"}}};
  return {.name = "coho", .description = "coho: a command line", .commands = {deploy, keys}};
}

TEST(Completion, AliasesLeadToTheirCommand) {
  EXPECT_THAT(bashCompletion(tree()), HasSubstr("'coho deploy' | 'coho de') at='coho deploy' ;;"));
  EXPECT_THAT(bashCompletion(tree()), HasSubstr("'coho kv set') words='-s --space --ttl' ;;"));
}

TEST(Completion, QuotesDoNotEndATextEarly) {
  EXPECT_THAT(zshCompletion(tree()), HasSubstr("'set:Set a key'\\''s value'"));
  EXPECT_THAT(fishCompletion(tree()), HasSubstr("-d 'Set a key\\'s value'"));
}

TEST(Manual, SharedOptionsAreToldOnceAndTextIsNeverARequest) {
  const auto page = manualPage(tree(), "1.0", "COHO_URL");
  EXPECT_THAT(page, HasSubstr(".SS \\fBcoho kv set\\fR \\fIKEY\\fR\nSet a key's value.\n.TP\n\\fIKEY\\fR\n\\&.name of it\n.TP\n\\fB\\-\\-ttl\\fR"));
  EXPECT_THAT(page, HasSubstr("Deploy (also: de)."));
  EXPECT_EQ(page.find("\\-\\-space"), page.rfind("\\-\\-space"));
  EXPECT_THAT(page, Not(HasSubstr("\n.name")));
}

}  // namespace
}  // namespace redd::coho
