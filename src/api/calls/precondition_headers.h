// If-Match and If-None-Match (RFC 9110, section 13.1) as preconditions of a write.
#ifndef API_CALLS_PRECONDITION_HEADERS_H_
#define API_CALLS_PRECONDITION_HEADERS_H_

#include "api/http_message.h"
#include "api/problem.h"
#include "phenix/write_batch.h"

namespace phenix::api {

/// Problems: kRequestInvalid for anything but `"<version>"` or `*`.
Attempt<Precondition> ReadPreconditionHeaders(const Request& request);

}  // namespace phenix::api

#endif  // API_CALLS_PRECONDITION_HEADERS_H_
