#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <utility>
#include <vector>

namespace phenix::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Seconds; fine where the product promises fractions of a millisecond.
prometheus::Histogram::BucketBoundaries Buckets() {
  return {0.00005, 0.0001, 0.00025, 0.0005, 0.0008, 0.001, 0.0025, 0.005, 0.01,
          0.025,   0.05,   0.1,     0.25,   0.5,    1.0,   2.5,    5.0,   10.0};
}

double Seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

prometheus::Histogram& AddHistogram(prometheus::Registry& registry, const std::string& name,
                                    const std::string& help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, Buckets());
}

/// A family of one series that is read at the scrape.
MetricFamily ReadFamily(MetricType type, const std::string& name, const std::string& help,
                        std::uint64_t value, std::vector<ClientMetric::Label> labels = {}) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  ClientMetric metric;
  metric.label = std::move(labels);
  if (type == MetricType::Counter) {
    metric.counter.value = static_cast<double>(value);
  } else {
    metric.gauge.value = static_cast<double>(value);
  }
  family.metric.push_back(std::move(metric));
  return family;
}

std::vector<MetricFamily> SampleFamilies(const ScrapeSample& sample) {
  const DatabaseStats& stats = sample.database;
  constexpr MetricType kGauge = MetricType::Gauge;
  constexpr MetricType kCounter = MetricType::Counter;
  std::vector<MetricFamily> families;
  MetricFamily storage =
      ReadFamily(kGauge, "vector_db_storage_bytes", "Bytes stored, by tier.",
                 stats.state_disk_bytes + stats.log_disk_bytes, {{"tier", "hot"}});
  MetricFamily cold = ReadFamily(kGauge, "", "", 0, {{"tier", "cold"}});
  storage.metric.push_back(std::move(cold.metric.front()));
  families.push_back(std::move(storage));
  families.push_back(ReadFamily(kGauge, "vector_db_shard_health",
                                "1 when the shard serves reads and writes, else 0.",
                                sample.ready ? 1 : 0, {{"shard", "0"}}));
  families.push_back(
      ReadFamily(kGauge, "phenix_log_bytes", "Bytes of the log on disk.", stats.log_disk_bytes));
  families.push_back(ReadFamily(kGauge, "phenix_state_bytes", "Bytes of the state on disk.",
                                stats.state_disk_bytes));
  families.push_back(ReadFamily(kGauge, "phenix_memory_bytes", "Bytes in caches and write buffers.",
                                stats.memory_bytes));
  families.push_back(ReadFamily(kGauge, "phenix_entities_estimated", "Entities, estimated.",
                                stats.entities_estimated));
  families.push_back(ReadFamily(kGauge, "phenix_snapshots_open", "Snapshots that hold versions.",
                                stats.snapshots_open));
  families.push_back(ReadFamily(kGauge, "phenix_requests_queued", "Requests waiting for a worker.",
                                sample.requests_queued));
  families.push_back(ReadFamily(kGauge, "phenix_connections_open", "Open client connections.",
                                sample.connections_open));
  families.push_back(
      ReadFamily(kCounter, "phenix_commits_total", "Transactions committed.", stats.commits));
  families.push_back(ReadFamily(kCounter, "phenix_conflicts_total",
                                "Transactions refused because another committed first.",
                                stats.conflicts));
  families.push_back(
      ReadFamily(kCounter, "phenix_log_frames_total", "Group commits.", stats.log_frames));
  families.push_back(
      ReadFamily(kCounter, "phenix_log_syncs_total", "Syncs of the log.", stats.log_syncs));
  families.push_back(ReadFamily(kCounter, "phenix_head_cache_hits_total",
                                "Reads of an entity's newest version found in memory.",
                                stats.head_cache_hits));
  families.push_back(ReadFamily(kCounter, "phenix_head_cache_misses_total",
                                "Reads of an entity's newest version not found in memory.",
                                stats.head_cache_misses));
  return families;
}

constexpr std::array<const char*, 5> kStatusClasses = {"1xx", "2xx", "3xx", "4xx", "5xx"};

}  // namespace

struct Metrics::Series {
  Series()
      : queries(
            AddHistogram(registry, "vector_db_query_duration_seconds", "Time to answer a query.")),
        transactions(AddHistogram(registry, "vector_db_transaction_duration_seconds",
                                  "Time from the start of a transaction to its end.")),
        requests(AddHistogram(registry, "phenix_request_duration_seconds",
                              "Time from the whole request read to its response ready.")),
        inserted(prometheus::BuildCounter()
                     .Name("vector_db_insert_total")
                     .Help("Vectors written.")
                     .Register(registry)
                     .Add({})) {
    auto& family = prometheus::BuildCounter()
                       .Name("phenix_requests_total")
                       .Help("Requests answered, by class of status.")
                       .Register(registry);
    for (const char* status : kStatusClasses)
      by_status.push_back(&family.Add({{"status", status}}));
    auto& ended = prometheus::BuildCounter()
                      .Name("phenix_transactions_total")
                      .Help("Transactions ended, by outcome.")
                      .Register(registry);
    committed = &ended.Add({{"outcome", "committed"}});
    failed = &ended.Add({{"outcome", "failed"}});
  }

  prometheus::Registry registry;
  prometheus::Histogram& queries;
  prometheus::Histogram& transactions;
  prometheus::Histogram& requests;
  prometheus::Counter& inserted;
  std::vector<prometheus::Counter*> by_status;
  prometheus::Counter* committed = nullptr;
  prometheus::Counter* failed = nullptr;
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::OnQuery(std::chrono::nanoseconds duration) {
  series_->queries.Observe(Seconds(duration));
}

void Metrics::OnVectorsInserted(std::uint64_t count) {
  series_->inserted.Increment(static_cast<double>(count));
}

void Metrics::OnTransaction(std::chrono::nanoseconds duration, bool committed) {
  series_->transactions.Observe(Seconds(duration));
  (committed ? series_->committed : series_->failed)->Increment();
}

void Metrics::OnRequest(int status, std::chrono::nanoseconds duration) {
  series_->requests.Observe(Seconds(duration));
  const auto position = static_cast<std::size_t>(status / 100 - 1);
  if (position < series_->by_status.size()) series_->by_status[position]->Increment();
}

std::string Metrics::Scrape(const ScrapeSample& sample) const {
  std::vector<MetricFamily> families = series_->registry.Collect();
  for (MetricFamily& family : SampleFamilies(sample)) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace phenix::server
