#include "base/metrics.h"

#include <gtest/gtest.h>

namespace redd {
namespace {

TEST(Metrics, PrintsPrometheusText) {
  Metrics metrics;
  metrics.counter("redd_requests_total", R"(space="a/dev")").add(3);
  metrics.counter("redd_requests_total", R"(space="a/dev")").add();
  metrics.counter("redd_workers").set(2);
  EXPECT_EQ(metrics.text(),
            "# TYPE redd_requests_total counter\nredd_requests_total{space=\"a/dev\"} 4\n# TYPE redd_workers gauge\nredd_workers 2\n");
}

TEST(Metrics, SeriesAreBounded) {
  Metrics metrics;
  for (std::size_t i = 0; i < Metrics::kSeriesMax + 50; ++i) metrics.counter("n_total", "i=\"" + std::to_string(i) + "\"").add();
  EXPECT_EQ(metrics.counter("n_total", "i=\"one more\"").value(), 50);
}

TEST(Metrics, LabelValuesAreEscaped) { EXPECT_EQ(labelValue("a\"b\\c\nd"), "a\\\"b\\\\c\\nd"); }

}  // namespace
}  // namespace redd
