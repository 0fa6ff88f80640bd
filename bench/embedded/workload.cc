#include "bench/embedded/workload.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace phenix::bench {
namespace {

constexpr std::size_t kPool = 4096;

}  // namespace

Scale FullScale() { return {}; }

Scale SmokeScale() {
  using std::chrono::seconds;
  Scale scale;
  scale.ingest = scale.baseline = scale.single = scale.read = seconds(1);
  scale.reopen_entities = 20'000;
  scale.import_entities = 20'000;
  scale.read_entities = 5'000;
  return scale;
}

std::string EntityIdOf(std::uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof(text), "item%012llu", static_cast<unsigned long long>(number));
  return text;
}

std::string DocumentJson(std::uint64_t number) {
  static const char* const kWords[] = {"amber", "basalt", "cedar", "delta",
                                       "ember", "fjord",  "grove", "harbor"};
  const auto word = [&](std::uint64_t salt) { return std::string(kWords[(number / salt) % 8]); };
  return R"({"title":")" + word(1) + " " + word(8) + " " + word(64) + R"(","category":")" +
         word(3) + R"(","year":)" + std::to_string(1990 + number % 35) + R"(,"price":)" +
         std::to_string(number % 1000) + R"(.25,"tags":[")" + word(5) + R"(",")" + word(7) +
         R"("],"stock":)" + std::to_string(number % 77) +
         R"(,"note":"a generated document of about two hundred bytes, )" + word(11) + R"("})";
}

BatchMaker::BatchMaker(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  for (std::size_t n = 0; n < kPool; ++n) {
    std::vector<float> vector(kDimension);
    for (float& element : vector) element = normal(random);
    vector_bytes_.emplace_back(reinterpret_cast<const char*>(vector.data()),
                               vector.size() * sizeof(float));
    vectors_.push_back(std::move(vector));
    documents_.push_back(*Document::FromJson(DocumentJson(n)));
  }
}

const std::string& BatchMaker::VectorBytes(std::uint64_t number) const {
  return vector_bytes_[number % kPool];
}
const Document& BatchMaker::DocumentOf(std::uint64_t number) const {
  return documents_[number % kPool];
}

WriteBatch BatchMaker::Make(std::uint64_t first, std::size_t count, bool with_edges) {
  WriteBatch batch;
  batch.operations.reserve(count);
  for (std::uint64_t number = first; number < first + count; ++number) {
    PutOperation put;
    put.collection = kCollection;
    put.id = EntityIdOf(number);
    put.document = documents_[number % kPool];
    put.vectors[""] = vectors_[number % kPool];
    if (with_edges && number > 0) {
      Edge edge;
      edge.label = "next";
      edge.target.id = EntityIdOf(number - 1);
      edge.weight = static_cast<double>(number % 10);
      put.edges.push_back(std::move(edge));
    }
    batch.operations.emplace_back(std::move(put));
  }
  return batch;
}

CollectionSchema ItemsSchema() {
  CollectionSchema schema;
  schema.name = kCollection;
  schema.vectors[""] = {.dimension = kDimension, .metric = Metric::kL2};
  return schema;
}

DatabaseOptions BenchOptions(const Scale& scale) {
  DatabaseOptions options;
  options.memory_budget_bytes = scale.memory_budget_bytes;
  return options;
}

std::unique_ptr<Database> OpenFresh(const std::string& directory, const Scale& scale) {
  Result<std::unique_ptr<Database>> database = Database::Open(directory, BenchOptions(scale));
  if (database.ok()) {
    const Status created = (*database)->CreateCollection(ItemsSchema());
    if (created.ok()) return *std::move(database);
    std::fprintf(stderr, "%s\n", created.ToString().c_str());
  } else {
    std::fprintf(stderr, "%s\n", database.status().ToString().c_str());
  }
  std::exit(1);
}

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace phenix::bench
