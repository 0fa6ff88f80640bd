// Frame header and body: what is written is read back, and nothing else is.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "log/control_record.h"
#include "log/frame_body.h"
#include "log/frame_compression.h"
#include "log/frame_header.h"
#include "log/frame_seal.h"
#include "log/limits.h"
#include "log/log_test_support.h"

namespace phenix::log {
namespace {

FrameBodyOptions BodyOptions(const security::KeyRing& keys, io::RandomSource& random) {
  return {.keys = &keys,
          .random = &random,
          .lane = LaneId(7),
          .epoch = LogEpoch(3),
          .incarnation = 99,
          .signing = security::SigningMode::kBoth,
          .encrypt = false,
          .compress = false};
}

FrameBuffer StoredBody(const PreparedBody& body) {
  FrameBuffer stored(body.header.body_bytes);
  const ByteView view = body.bytes.view().substr(kFrameHeaderBytes);
  view.copy(stored.data(), view.size());
  return stored;
}

FrameHeader SampleHeader() {
  FrameHeader header;
  header.flags = kFrameFlagHmac | kFrameFlagSigned;
  header.lane = LaneId(7);
  header.epoch = LogEpoch(3);
  header.sequence = LogSequence(41);
  header.frame_uuid.fill('u');
  header.incarnation = 99;
  header.first_record_number = 1000;
  header.record_count = 2;
  header.timestamps = {CommitTimestamp(10), CommitTimestamp(11), CommitTimestamp(9)};
  header.previous_hash.fill('p');
  header.plain_bytes = 200;
  header.body_bytes = 200;
  header.body_hash.fill('b');
  header.hmac.fill('h');
  header.signature.fill('s');
  return header;
}

std::string Encoded(const FrameHeader& header) {
  std::string bytes(kFrameHeaderBytes, '\0');
  EncodeFrameHeader(header, bytes.data());
  return bytes;
}

TEST(FrameHeader, ReadsBackEveryField) {
  const FrameHeader header = SampleHeader();
  const Result<FrameHeader> read = DecodeFrameHeader(Encoded(header));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(Encoded(*read), Encoded(header));
  EXPECT_EQ(read->sequence, header.sequence);
  EXPECT_EQ(read->timestamps.closed, CommitTimestamp(9));
  EXPECT_EQ(read->signature, header.signature);
  EXPECT_EQ(read->FrameBytes(), 520U);
}

TEST(FrameHeader, RefusesEveryFlippedBit) {
  const std::string good = Encoded(SampleHeader());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(DecodeFrameHeader(bad).status().code(), StatusCode::kCorruption) << bit;
  }
  std::printf("[ covered  ] %zu flipped header bits refused\n", good.size() * 8);
}

TEST(FrameHeader, NamesTheRuleThatDoesNotHold) {
  const auto message = [](auto change) {
    FrameHeader header = SampleHeader();
    change(header);
    return std::string(DecodeFrameHeader(Encoded(header)).status().message());
  };
  EXPECT_EQ(message([](FrameHeader& h) { h.flags |= 1U << 9U; }), "frame header: unknown flags");
  EXPECT_EQ(message([](FrameHeader& h) { h.sequence = LogSequence(0); }),
            "frame header: sequence 0");
  EXPECT_EQ(message([](FrameHeader& h) { h.record_count = 0; }),
            "frame header: record count out of range");
  EXPECT_EQ(message([](FrameHeader& h) { h.body_bytes = 199; }),
            "frame header: impossible body size");
  EXPECT_EQ(message([](FrameHeader& h) { h.plain_bytes = kFramePlainBytesMax + 1; }),
            "frame header: impossible body size");
  EXPECT_EQ(message([](FrameHeader& h) { h.data_key_version = 1; }),
            "frame header: data key version does not fit the flags");
  EXPECT_EQ(message([](FrameHeader& h) { h.timestamps.min = CommitTimestamp(12); }),
            "frame header: timestamps in wrong order");
  EXPECT_EQ(message([](FrameHeader& h) { h.flags = kFrameFlagHmac; }),
            "frame header: signature without its flag");
  EXPECT_EQ(DecodeFrameHeader("PHXL").status().message(), "frame header: cut");
  std::string next_version = Encoded(SampleHeader());
  next_version[frame_offset::kVersion] = 2;
  const std::uint32_t checksum =
      base::Crc32c(ByteView(next_version).substr(0, frame_offset::kChecksum));
  std::memcpy(next_version.data() + frame_offset::kChecksum, &checksum, sizeof(checksum));
  EXPECT_EQ(DecodeFrameHeader(next_version).status().message(), "frame header: unknown version");
}

TEST(FrameBody, ReadsBackWhatWasBuiltInEveryMode) {
  const auto keys = MakeKeys(1);
  io::SeededRandom random(2);
  const std::vector<OwnedRecord> owned = {{RecordType::kTransaction, std::string(70000, 'a'), 0, 1},
                                          {RecordType::kCommit, "", 2, 0},
                                          {RecordType::kSchema, random.Bytes(130000), 1, 255}};
  const std::array<std::uint64_t, 3> shards = {500, 7, UINT64_MAX};
  for (const bool encrypt : {false, true}) {
    for (const bool compress : {false, true}) {
      FrameBodyOptions options = BodyOptions(*keys, random);
      options.encrypt = encrypt;
      options.compress = compress;
      const Result<PreparedBody> body = BuildFrameBody(options, Borrow(owned), shards);
      ASSERT_TRUE(body.ok()) << body.status().ToString();
      EXPECT_EQ(body->header.Has(kFrameFlagEncrypted), encrypt);
      EXPECT_EQ(body->header.Has(kFrameFlagCompressed), compress);
      EXPECT_EQ(body->bytes.size(), body->header.FrameBytes());
      EXPECT_TRUE(FrameBodyHashMatches(body->header, body->bytes.view().substr(kFrameHeaderBytes)));
      const Result<DecodedFrame> frame = OpenFrameBody(*keys, body->header, StoredBody(*body));
      ASSERT_TRUE(frame.ok()) << frame.status().ToString();
      EXPECT_EQ(OwnedOf(*frame).records, owned);
      EXPECT_EQ(frame->shards, std::vector<std::uint64_t>(shards.begin(), shards.end()));
    }
  }
}

TEST(FrameBody, HidesPayloadsWhenEncryptedAndShowsThemWhenNot) {
  const auto keys = MakeKeys(1);
  io::SeededRandom random(2);
  const std::vector<OwnedRecord> owned = {
      {RecordType::kTransaction, "a very secret payload", 0, 0}};
  FrameBodyOptions options = BodyOptions(*keys, random);
  const Result<PreparedBody> open = BuildFrameBody(options, Borrow(owned), {});
  EXPECT_NE(open->bytes.view().find("secret payload"), ByteView::npos);
  options.encrypt = true;
  const Result<PreparedBody> first = BuildFrameBody(options, Borrow(owned), {});
  const Result<PreparedBody> second = BuildFrameBody(options, Borrow(owned), {});
  EXPECT_EQ(first->bytes.view().find("secret payload"), ByteView::npos);
  EXPECT_NE(first->header.body_hash, second->header.body_hash) << "a salt was used twice";
}

TEST(FrameBody, BindsTheSealedBodyToItsFrame) {
  const auto keys = MakeKeys(1);
  io::SeededRandom random(2);
  FrameBodyOptions options = BodyOptions(*keys, random);
  options.encrypt = true;
  const std::vector<OwnedRecord> owned = {{RecordType::kTransaction, "payload", 0, 0}};
  const Result<PreparedBody> body = BuildFrameBody(options, Borrow(owned), {});
  const auto open = [&](auto change) {
    FrameHeader header = body->header;
    change(header);
    return OpenFrameBody(*keys, header, StoredBody(*body)).status();
  };
  EXPECT_TRUE(open([](FrameHeader& h) { h.sequence = LogSequence(5); }).ok());
  EXPECT_FALSE(open([](FrameHeader& h) { h.lane = LaneId(8); }).ok());
  EXPECT_FALSE(open([](FrameHeader& h) { h.epoch = LogEpoch(4); }).ok());
  EXPECT_FALSE(open([](FrameHeader& h) { h.frame_uuid.fill('x'); }).ok());
  EXPECT_FALSE(open([](FrameHeader& h) { h.salt[0] ^= 1; }).ok());
  EXPECT_FALSE(open([](FrameHeader& h) { h.record_count = 2; }).ok());
  EXPECT_EQ(open([](FrameHeader& h) { h.data_key_version = 2; }).code(),
            StatusCode::kPermissionDenied);
}

TEST(FrameBody, KeepsBodiesThatDoNotPack) {
  const auto keys = MakeKeys(1);
  io::SeededRandom random(2);
  FrameBodyOptions options = BodyOptions(*keys, random);
  options.compress = true;
  for (const std::size_t size_bytes : {std::size_t{100}, std::size_t{50000}, std::size_t{600000}}) {
    const std::vector<OwnedRecord> owned = {
        {RecordType::kTransaction, random.Bytes(size_bytes), 0, 0}};
    const Result<PreparedBody> body = BuildFrameBody(options, Borrow(owned), {});
    EXPECT_FALSE(body->header.Has(kFrameFlagCompressed)) << size_bytes;
    EXPECT_EQ(body->header.plain_bytes, body->header.body_bytes);
  }
}

TEST(FrameBody, RefusesContentBeyondItsRules) {
  const auto keys = MakeKeys(1);
  io::SeededRandom random(2);
  const FrameBodyOptions options = BodyOptions(*keys, random);
  const auto code = [&](const std::vector<OwnedRecord>& owned) {
    return BuildFrameBody(options, Borrow(owned), {}).status().code();
  };
  EXPECT_EQ(code({}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({{static_cast<RecordType>(0), "x", 0, 0}}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({{static_cast<RecordType>(16), "x", 0, 0}}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({{RecordType::kTransaction, "x", 1, 0}}), StatusCode::kInvalidArgument);
  const std::vector<LogRecord> too_many(kFrameRecordCountMax + 1);
  EXPECT_EQ(BuildFrameBody(options, too_many, {}).status().code(), StatusCode::kResourceExhausted);
  const std::string large(16 * kMebibyte, 'l');
  const std::vector<LogRecord> too_large(
      16, LogRecord{.type = RecordType::kTransaction, .transaction_id = {}, .payload = large});
  EXPECT_EQ(BuildFrameBody(options, too_large, {}).status().code(), StatusCode::kResourceExhausted);
}

TEST(FrameBody, DetectsEveryFlippedByteByTheRecordHashesAlone) {
  const auto keys = MakeKeys(1);
  io::SeededRandom random(2);
  const std::vector<OwnedRecord> owned = {{RecordType::kTransaction, "first", 0, 0},
                                          {RecordType::kCommit, "second", 0, 0}};
  const Result<PreparedBody> body = BuildFrameBody(BodyOptions(*keys, random), Borrow(owned), {});
  // The eight bytes of the shard's name are not covered by a record; the body hash covers them.
  constexpr std::size_t kShardsBegin = 8, kShardsEnd = 16;
  for (std::size_t position = 0; position < body->header.body_bytes; ++position) {
    FrameBuffer bad = StoredBody(*body);
    bad.data()[position] = static_cast<char>(bad.data()[position] ^ 4);
    EXPECT_FALSE(FrameBodyHashMatches(body->header, bad.view()));
    if (position >= kShardsBegin && position < kShardsEnd) continue;
    EXPECT_FALSE(OpenFrameBody(*keys, body->header, std::move(bad)).ok()) << position;
  }
}

TEST(FrameSeal, LetsNobodyTakeAMarkOffOrPutAnotherOn) {
  const auto keys = MakeKeys(1);
  const auto other_keys = MakeKeys(2);
  FrameHeader header = SampleHeader();
  std::string bytes(kFrameHeaderBytes, '\0');
  FrameSealer(*keys, header.lane, header.epoch).Seal(header, bytes.data());
  const auto check = [&](const std::string& encoded, const security::KeyRing& with) {
    FrameChecker checker(with);
    const Result<FrameHeader> decoded = DecodeFrameHeader(encoded);
    return decoded.ok() && checker.Check(encoded.data(), *decoded, ReadDepth::kBodies).ok();
  };
  EXPECT_TRUE(check(bytes, *keys));
  EXPECT_FALSE(check(bytes, *other_keys));
  const Result<FrameHeader> sealed = DecodeFrameHeader(bytes);
  FrameHeader bare = *sealed;
  bare.flags = 0;
  bare.hmac = {};
  bare.signature = {};
  EXPECT_FALSE(check(Encoded(bare), *keys)) << "both marks taken off";
  FrameHeader moved = *sealed;
  moved.sequence = LogSequence(42);
  EXPECT_FALSE(check(Encoded(moved), *keys)) << "another sequence under the same marks";
  std::string foreign(kFrameHeaderBytes, '\0');
  FrameSealer(*other_keys, header.lane, header.epoch).Seal(header, foreign.data());
  EXPECT_FALSE(check(foreign, *keys)) << "sealed by somebody else";
}

TEST(FrameSeal, ChecksWhatEachSigningModeLeaves) {
  const auto keys = MakeKeys(1);
  const security::Ed25519PublicKey public_key = PublicKeyOf(*keys);
  for (const std::uint16_t flags : {kFrameFlagHmac, kFrameFlagSigned}) {
    FrameHeader header = SampleHeader();
    header.flags = flags;
    std::string bytes(kFrameHeaderBytes, '\0');
    FrameSealer(*keys, header.lane, header.epoch).Seal(header, bytes.data());
    const Result<FrameHeader> decoded = DecodeFrameHeader(bytes);
    ASSERT_TRUE(decoded.ok());
    FrameChecker with_keys(*keys);
    FrameChecker with_public_key(public_key);
    EXPECT_TRUE(with_keys.Check(bytes.data(), *decoded, ReadDepth::kBodies).ok());
    EXPECT_EQ(with_public_key.Check(bytes.data(), *decoded, ReadDepth::kBodies).ok(),
              flags == kFrameFlagSigned);
  }
}

TEST(FrameCompression, UnpacksOnlyWhatItPacked) {
  const std::string plain(100000, 'z');
  const std::optional<FrameBuffer> packed = CompressIfSmaller(plain, 0);
  ASSERT_TRUE(packed.has_value());
  EXPECT_EQ(Decompress(packed->view(), plain.size())->view(), plain);
  EXPECT_FALSE(Decompress(packed->view(), plain.size() - 1).ok());
  EXPECT_FALSE(Decompress(packed->view(), plain.size() + 1).ok());
  EXPECT_FALSE(Decompress(packed->view().substr(0, packed->size() - 1), plain.size()).ok());
  EXPECT_FALSE(Decompress("no packed bytes", 15).ok());
  EXPECT_FALSE(CompressIfSmaller("", 0).has_value());
}

TEST(ControlRecord, ReadsBackAndRefusesOtherSizes) {
  FenceRecord fence{.epoch = LogEpoch(4),
                    .window = 1,
                    .wall_milliseconds = 5,
                    .database_id = {},
                    .public_key = {}};
  fence.public_key.fill('k');
  const Result<FenceRecord> read = FenceRecord::Decode(fence.Encode());
  EXPECT_EQ(read->epoch, fence.epoch);
  EXPECT_EQ(read->public_key, fence.public_key);
  EXPECT_FALSE(FenceRecord::Decode(fence.Encode() + "x").ok());
  const TrimRecord trim{
      .watermark = LogSequence(9), .first_kept = LogSequence(8), .chain_head = {}};
  EXPECT_EQ(TrimRecord::Decode(trim.Encode())->first_kept, trim.first_kept);
  EXPECT_FALSE(TrimRecord::Decode("short").ok());
}

TEST(RecordType, HasAStableNamePerNumber) {
  for (std::uint8_t type = 1; type <= kRecordTypeMax; ++type) {
    EXPECT_NE(RecordTypeName(static_cast<RecordType>(type)), "unknown");
  }
  EXPECT_EQ(RecordTypeName(RecordType::kTrim), "trim");
  EXPECT_EQ(RecordTypeName(static_cast<RecordType>(77)), "unknown");
}

}  // namespace
}  // namespace phenix::log
