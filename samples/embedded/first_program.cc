// A first program with the embedded library: writes two entities with an edge between them in one
// transaction, then finds the nearest one that matches a filter.
//
//   first_program DIRECTORY
#include <phenix/database.h>

#include <iostream>
#include <memory>
#include <string>

namespace {

phenix::Status WriteTwo(phenix::Database& database) {
  phenix::PutOperation first;
  first.collection = "articles";
  first.id = "entity1";
  PHENIX_ASSIGN_OR_RETURN(first.document,
                          phenix::Document::FromJson(R"({"title": "One", "category": "tech"})"));
  first.vectors[""] = {0.1F, 0.2F, 0.3F, 0.4F};
  first.edges = {
      {.label = "related_to", .target = {"", "entity2"}, .weight = 0.8, .properties = {}}};

  phenix::PutOperation second;
  second.collection = "articles";
  second.id = "entity2";
  PHENIX_ASSIGN_OR_RETURN(second.document,
                          phenix::Document::FromJson(R"({"title": "Two", "category": "science"})"));
  second.vectors[""] = {0.5F, 0.6F, 0.7F, 0.8F};

  phenix::WriteBatch batch;
  batch.create_missing_collections = true;
  batch.operations = {first, second};
  PHENIX_ASSIGN_OR_RETURN(const phenix::CommitReceipt receipt, database.Write(batch));
  std::cout << "wrote " << receipt.versions.size() << " entities in one commit\n";
  return {};
}

phenix::Status FindNearest(phenix::Database& database) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<phenix::Reader> snapshot,
                          database.SnapshotAt(std::nullopt));
  phenix::NearestRequest request;
  request.collection = "articles";
  request.vector = {0.5F, 0.6F, 0.7F, 0.8F};
  PHENIX_ASSIGN_OR_RETURN(request.filter, phenix::Filter::Parse(R"({"category": "tech"})"));
  PHENIX_ASSIGN_OR_RETURN(const phenix::NearestPage page, snapshot->Nearest(request));
  for (const phenix::Neighbor& neighbor : page.neighbors) {
    std::cout << neighbor.entity.id << " " << neighbor.entity.document.ToJson() << "\n";
  }
  return {};
}

phenix::Status Run(const std::string& directory) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<phenix::Database> database,
                          phenix::Database::Open(directory, {}));
  PHENIX_RETURN_IF_ERROR(WriteTwo(*database));
  return FindNearest(*database);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: first_program DIRECTORY\n";
    return 2;
  }
  const phenix::Status status = Run(argv[1]);
  if (!status.ok()) std::cerr << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
