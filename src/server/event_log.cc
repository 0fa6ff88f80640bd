#include "server/event_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "api/json/json_text.h"

namespace phenix::server {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warn", "error", "off"};

}  // namespace

struct EventLog::Sink {
  Sink() : logger("phenix", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
  }
  spdlog::logger logger;
};

EventLevel ParseEventLevel(std::string_view name) {
  for (std::size_t position = 0; position < kLevelNames.size(); ++position) {
    if (kLevelNames[position] == name) return static_cast<EventLevel>(position);
  }
  return EventLevel::kInfo;
}

EventLog::EventLog(io::Clock& clock, EventLevel least)
    : clock_(clock), least_(least), sink_(std::make_unique<Sink>()) {}

EventLog::~EventLog() = default;

bool EventLog::Writes(EventLevel level) const { return level >= least_; }

void EventLog::Write(EventLevel level, std::string_view message,
                     std::initializer_list<EventField> fields) {
  if (!Writes(level)) return;
  api::JsonText json;
  json.BeginObject();
  json.Key("ts").String(TimeText(clock_.WallMilliseconds()));
  json.Key("level").String(kLevelNames[static_cast<std::size_t>(level)]);
  json.Key("msg").String(message);
  json.Key("tenant").String("default").Key("shard").String("0");
  for (const auto& [name, value] : fields) json.Key(name).String(value);
  json.End();
  const std::string line = json.Take();
  sink_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

std::string TimeText(std::uint64_t wall_milliseconds) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{
      std::chrono::milliseconds(wall_milliseconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::milliseconds> clock(time - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

}  // namespace phenix::server
