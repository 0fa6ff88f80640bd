// EventLog: what operators read, one JSON object per line on standard error.
//
//   {"ts":"2026-11-23T04:05:06.789Z","level":"info","msg":"ready","tenant":"default","shard":"0",
//    "request_id":"...","trace_id":"...","port":8080}
// Not here:   documents, vectors, filters or secrets; nobody may pass them in.
// Threads:    any, at once.
// Errors:     a line that cannot be written is lost.
#ifndef SERVER_EVENT_LOG_H_
#define SERVER_EVENT_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "io/clock.h"

namespace phenix::server {

enum class EventLevel : std::uint8_t { kDebug, kInfo, kWarn, kError, kOff };
/// "debug", "info", "warn", "error", "off".
EventLevel ParseEventLevel(std::string_view name);

/// A member of the line: a name and its value, which is written as a string.
using EventField = std::pair<std::string_view, std::string>;

class EventLog {
 public:
  EventLog(io::Clock& clock, EventLevel least);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  [[nodiscard]] bool Writes(EventLevel level) const;
  /// Text values are escaped whatever they hold.
  void Write(EventLevel level, std::string_view message,
             std::initializer_list<EventField> fields = {});

 private:
  struct Sink;

  io::Clock& clock_;
  const EventLevel least_;
  std::unique_ptr<Sink> sink_;
};

/// "2026-11-23T04:05:06.789Z".
std::string TimeText(std::uint64_t wall_milliseconds);

}  // namespace phenix::server

#endif  // SERVER_EVENT_LOG_H_
