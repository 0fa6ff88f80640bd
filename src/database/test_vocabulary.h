// Words that the tests of this room share: scratch directories, and short builders of operations.
#ifndef DATABASE_TEST_VOCABULARY_H_
#define DATABASE_TEST_VOCABULARY_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "phenix/database.h"

namespace phenix::database {

/// A directory name that does not exist yet, removed with what is in it at the end.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = testing::TempDir() + "phenix-database-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline Document Json(const std::string& text) {
  Result<Document> document = Document::FromJson(text);
  EXPECT_TRUE(document.ok()) << document.status().ToString();
  return *std::move(document);
}

inline Filter Where(const std::string& text) {
  Result<Filter> filter = Filter::Parse(text);
  EXPECT_TRUE(filter.ok()) << filter.status().ToString();
  return *std::move(filter);
}

inline PutOperation Put(const std::string& id, const std::string& json = "{}") {
  PutOperation put;
  put.collection = "things";
  put.id = id;
  put.document = Json(json);
  return put;
}

inline DeleteOperation Delete(const std::string& id) {
  DeleteOperation operation;
  operation.collection = "things";
  operation.id = id;
  return operation;
}

inline Edge EdgeTo(const std::string& target, const std::string& label, double weight = 1.0) {
  Edge edge;
  edge.label = label;
  edge.target.id = target;
  edge.weight = weight;
  return edge;
}

inline PutEdgeOperation Link(const std::string& source, const std::string& target,
                             const std::string& label) {
  PutEdgeOperation operation;
  operation.collection = "things";
  operation.source = source;
  operation.edge = EdgeTo(target, label);
  return operation;
}

inline WriteBatch Batch(std::vector<WriteOperation> operations) {
  WriteBatch batch;
  batch.operations = std::move(operations);
  return batch;
}

inline CollectionSchema Things() {
  CollectionSchema schema;
  schema.name = "things";
  schema.vectors[""] = {.dimension = 2, .metric = Metric::kL2};
  return schema;
}

inline std::unique_ptr<Database> OpenOrDie(const std::string& directory, DatabaseOptions options) {
  options.background_maintenance = false;
  Result<std::unique_ptr<Database>> database = Database::Open(directory, options);
  EXPECT_TRUE(database.ok()) << database.status().ToString();
  if (!database.ok()) std::abort();
  return *std::move(database);
}

inline std::unique_ptr<Reader> Now(Database& database) {
  Result<std::unique_ptr<Reader>> reader = database.SnapshotAt(std::nullopt);
  EXPECT_TRUE(reader.ok()) << reader.status().ToString();
  return *std::move(reader);
}

}  // namespace phenix::database

#endif  // DATABASE_TEST_VOCABULARY_H_
