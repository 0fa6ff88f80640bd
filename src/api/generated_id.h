// Ids that the server makes: UUIDv7 (RFC 9562, section 5.7), so that later ones sort later.
// Threads: any.
#ifndef API_GENERATED_ID_H_
#define API_GENERATED_ID_H_

#include <string>

#include "io/clock.h"
#include "io/random.h"

namespace phenix::api {

/// 36 characters, e.g. "0191f2c4-7a3e-7c1b-9d52-3f0c4e6a8b17".
std::string GeneratedId(const io::Clock& clock, io::RandomSource& random);

}  // namespace phenix::api

#endif  // API_GENERATED_ID_H_
