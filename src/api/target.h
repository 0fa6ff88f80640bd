// Target: the path and query of a request, taken apart.
//
// A path is split at '/' before each segment is percent-decoded, so an id may hold a slash (%2F).
// In the query '+' means a space. Refused: a broken %-escape, bytes that are not UTF-8, a parameter
// given twice, an absolute form (http://...), more than kRequestTargetBytesMax bytes.
// Threads:    a value.
#ifndef API_TARGET_H_
#define API_TARGET_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/status.h"

namespace phenix::api {

struct Target {
  std::vector<std::string> segments;              ///< decoded; of "/" none
  std::map<std::string, std::string> parameters;  ///< decoded, by name
};

/// Errors: kInvalidArgument that says what is wrong.
Result<Target> ParseTarget(std::string_view text);

}  // namespace phenix::api

#endif  // API_TARGET_H_
