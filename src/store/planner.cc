#include "planner.h"

#include <algorithm>

namespace redd::store {

Result<Plan> Plan::make(const Selector& selector) {
  if (!selector.id) return make(selector.filter, "{}");
  Plan plan;
  plan.ids = {*selector.id};
  return plan;
}

Result<Plan> Plan::make(const std::string& filter, const std::string& bounds) {
  Plan plan;
  for (const auto& text : {filter, bounds}) {
    REDD_TRY(query::Filter parsed, query::Filter::parse(text));
    if (!plan.ids) plan.ids = parsed.ids();
    if (!parsed.matchesAll()) plan.residual.push_back(std::move(parsed));
  }
  if (plan.ids) {
    std::ranges::sort(*plan.ids);
    plan.ids->erase(std::unique(plan.ids->begin(), plan.ids->end()), plan.ids->end());
  }
  return plan;
}

Result<void> Plan::run(DocumentRows& rows, const std::string& collection, const std::optional<std::string>& after,
                       DocumentRows::Direction direction, const See& see) const {
  query::Parser parser;
  const auto visit = [&](std::string_view id, std::string_view json) -> Result<bool> {
    REDD_TRY(const query::Value* document, parser.parse(json));
    for (const auto& filter : residual) {
      if (!filter.matches(*document)) return true;
    }
    return see(id, *document, json);
  };
  if (!ids) return rows.scan(collection, after, direction, visit);
  const bool forward = direction == DocumentRows::Direction::forward;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    const std::string& id = (*ids)[forward ? i : ids->size() - 1 - i];
    if (after && (forward ? id <= *after : id >= *after)) continue;
    REDD_TRY(const auto json, rows.get(collection, id));
    if (!json) continue;
    REDD_TRY(const bool more, visit(id, *json));
    if (!more) break;
  }
  return {};
}

}  // namespace redd::store
