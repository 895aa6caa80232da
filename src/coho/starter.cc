#include "starter.h"

#include "json_text.h"

namespace redd::coho {
namespace {

constexpr std::string_view kIndex = R"(import { app, Datastore } from 'codehooks-js';

// GET /hello: greets and counts its calls. The counter outlives restarts and deploys.
app.get('/hello', async (req, res) => {
  const conn = await Datastore.open();
  const counter = await conn.incr('hello-counter', 1);
  res.json({ message: 'Hello from Redd', counter });
});

export default app.init();
)";

constexpr std::string_view kIgnored = "node_modules/\n.env\n.redd/\n";

}  // namespace

std::vector<StarterFile> starterFiles(std::string_view packageName) {
  const Json package{{"name", packageName}, {"version", "1.0.0"}, {"private", true},
                     {"type", "module"},    {"main", "index.js"}, {"dependencies", {{"codehooks-js", "1.4.3"}}}};
  return {{"index.js", std::string(kIndex)}, {"package.json", prettyJson(package)}, {".gitignore", std::string(kIgnored)}};
}

}  // namespace redd::coho
