#include "cli/arguments.h"

#include <utility>

#include "base/assert.h"

namespace phenix::cli {

Arguments::Arguments(CLI::App& command, std::vector<std::string> names, LastWord last)
    : names_(std::move(names)), last_(last) {
  PHENIX_ASSERT(names_.size() < kWordsMax);
  options_.push_back(command.add_option("DIR", words_[0], "the database directory (or --data)"));
  for (std::size_t i = 0; i < names_.size(); ++i) {
    options_.push_back(command.add_option(names_[i], words_[i + 1], ""));
  }
}

Result<std::vector<std::string>> Arguments::Take(Session& session) const {
  std::vector<std::string> given;
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (options_[i]->count() > 0) given.push_back(words_[i]);
  }
  if (last_ == LastWord::kOptionalJson && (given.empty() || !IsJsonOrStandardInput(given.back()))) {
    given.emplace_back();
  }
  if (given.size() == names_.size() + 1) {
    if (!session.options().data.empty()) {
      return Status(StatusCode::kInvalidArgument, "expected " + std::to_string(names_.size()) +
                                                      " words besides --data, got '" +
                                                      given.front() + "' as well");
    }
    session.SetDirectory(given.front());
    given.erase(given.begin());
  }
  if (given.size() < names_.size()) {
    return Status(StatusCode::kInvalidArgument, "expected " + names_[given.size()]);
  }
  return given;
}

}  // namespace phenix::cli
