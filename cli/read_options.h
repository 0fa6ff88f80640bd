// Options that reading commands share.
#ifndef CLI_READ_OPTIONS_H_
#define CLI_READ_OPTIONS_H_

#include <CLI/App.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "phenix/database.h"

namespace phenix::cli {

inline constexpr const char* kDefaultCollection = "default";

struct ReadOptions {
  std::string collection = kDefaultCollection;
  std::optional<std::uint64_t> as_of;
  Include include;

  /// --collection.
  void DeclareCollection(CLI::App& command) {
    command.add_option("-c,--collection", collection, "the collection (default)");
  }
  /// --as-of.
  void DeclareAsOf(CLI::App& command) {
    command.add_option("--as-of", as_of, "read as of this commit timestamp");
  }
  /// --vectors and --edges.
  void DeclareInclude(CLI::App& command) {
    command.add_flag("--vectors", include.vectors, "with vectors");
    command.add_flag("--edges", include.edges, "with out-edges");
  }
};

}  // namespace phenix::cli

#endif  // CLI_READ_OPTIONS_H_
