#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "phenix/status.h"

namespace phenix::base {
namespace {

TEST(Checksum, MatchesThePublishedVectors) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62A8AB43U);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283U);
}

TEST(Checksum, ContinuesFromAnEarlierCall) {
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), Crc32c("123456789"));
}

TEST(ByteReader, ReadsBackWhatWasPut) {
  std::string bytes;
  PutBig64(bytes, 0x0102030405060708ULL);
  PutVarint(bytes, 0);
  PutVarint(bytes, 300);
  PutVarint(bytes, UINT64_MAX);
  PutLengthPrefixed(bytes, "edge");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadBig64(), 0x0102030405060708ULL);
  EXPECT_EQ(reader.ReadVarint(), 0U);
  EXPECT_EQ(reader.ReadVarint(), 300U);
  EXPECT_EQ(reader.ReadVarint(), UINT64_MAX);
  EXPECT_EQ(reader.ReadLengthPrefixed(), "edge");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(ByteReader, TurnsBadAtEveryCutAndStaysBad) {
  std::string bytes;
  PutLengthPrefixed(bytes, "abcdef");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    ByteReader reader(ByteView(bytes).substr(0, cut));
    EXPECT_EQ(reader.ReadLengthPrefixed(), "");
    EXPECT_FALSE(reader.ok());
    reader.ReadVarint();
    EXPECT_FALSE(reader.ok());
  }
}

TEST(ByteReader, RefusesAVarintOfMoreThan64Bits) {
  ByteReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  reader.ReadVarint();
  EXPECT_FALSE(reader.ok());
}

Result<int> Half(int value) {
  if (value % 2 != 0) return Status(StatusCode::kInvalidArgument, "odd");
  return value / 2;
}
Result<int> Quarter(int value) {
  PHENIX_ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

TEST(Result, CarriesTheFirstErrorUpwards) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().ToString(), "invalid_argument: odd");
}

TEST(ResultDeathTest, AbortsWhenTheValueOfAFailureIsRead) {
  EXPECT_DEATH({ static_cast<void>(*Half(3)); }, "value of a failed Result was read");
}

}  // namespace
}  // namespace phenix::base
