#include "server/event_log.h"

#include <gtest/gtest.h>

#include "phenix/document.h"

namespace phenix::server {
namespace {

TEST(EventLog, WritesOneJsonObjectPerLineWhateverItIsTold) {
  io::ManualClock clock(1'795'406'706'789);
  EventLog log(clock, EventLevel::kInfo);
  testing::internal::CaptureStderr();
  log.Write(EventLevel::kInfo, "a \"quoted\"\nmessage {}",
            {{"request", "GET /\xff\r\n"}, {"x", "{"}});
  log.Write(EventLevel::kDebug, "not written");
  const std::string written = testing::internal::GetCapturedStderr();
  ASSERT_EQ(written.find('\n'), written.size() - 1) << written;
  const auto line = Document::FromJson(written);
  ASSERT_TRUE(line.ok()) << line.status().ToString() << written;
  EXPECT_EQ(*line->ValueAt("ts"), "\"2026-11-23T04:05:06.789Z\"");
  EXPECT_EQ(*line->ValueAt("msg"), R"("a \"quoted\"\nmessage {}")");
  EXPECT_EQ(*line->ValueAt("tenant"), "\"default\"");
}

}  // namespace
}  // namespace phenix::server
