// Server: one database behind REST and /metrics, from listening to the last answer.
//
// Order:      listens, then opens the database (until then /readyz says no), then serves. Stop()
//             drains: accepts no more, lets every request finish, takes a checkpoint, closes.
// Threads:    Start() and Stop() by the owner; the rest are its own.
// Ownership:  owns the database, the listeners and every thread; borrows clock, randomness and log.
#ifndef SERVER_SERVER_H_
#define SERVER_SERVER_H_

#include <chrono>
#include <cstdint>
#include <memory>

#include "io/clock.h"
#include "io/random.h"
#include "phenix/status.h"
#include "server/configuration.h"
#include "server/event_log.h"

namespace phenix::server {

/// Requests that are not answered this long after Stop() began are cut off.
inline constexpr std::chrono::seconds kDrainMax{20};

class Server {
 public:
  struct Environment {
    io::Clock& clock;
    io::RandomSource& random;
    EventLog& log;
  };

  /// Ready when it returns. Errors: those of the listeners and of Database::Open().
  static Result<std::unique_ptr<Server>> Start(const ServerSettings& settings,
                                               const Environment& environment);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t http_port() const;
  /// 0 when metrics are off.
  [[nodiscard]] std::uint16_t metrics_port() const;
  /// Errors: those of the checkpoint; everything has ended all the same.
  Status Stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace phenix::server

#endif  // SERVER_SERVER_H_
