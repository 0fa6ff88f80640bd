// Published vectors: the ciphers here are what their names say.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "security/aes_gcm.h"
#include "security/digest.h"
#include "security/hex.h"
#include "security/signature.h"

namespace phenix::security {
namespace {

std::string Unhex(const std::string& digits) {
  std::string bytes;
  for (std::size_t position = 0; position + 1 < digits.size(); position += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(position, 2), nullptr, 16)));
  }
  return bytes;
}

std::string Hex(const Sha256Digest& digest) { return HexOf(AsView(digest)); }

TEST(Sha256, MatchesFips180) {
  EXPECT_EQ(Hex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256Of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256Of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256Of(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, GivesTheSameForAnyPiecesAndStartsAgainAfterFinish) {
  const std::string message = "the same bytes in pieces";
  Sha256 pieces;
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    pieces.Update(ByteView(message).substr(0, cut));
    pieces.Update(ByteView(message).substr(cut));
    EXPECT_EQ(pieces.Finish(), Sha256Of(message)) << cut;
  }
}

TEST(HmacSha256, MatchesRfc4231) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, DoesNotKeepTheKeyOfTheLastCall) {
  const Sha256Digest with_key = HmacSha256("key", "message");
  EXPECT_NE(HmacSha256("", "message"), with_key);
  EXPECT_EQ(Hex(HmacSha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(HkdfSha256, MatchesRfc5869) {
  const std::string key(22, '\x0b');
  EXPECT_EQ(
      HexOf(HkdfSha256(key, Unhex("000102030405060708090a0b0c"), Unhex("f0f1f2f3f4f5f6f7f8f9"), 42)
                .view()),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(HexOf(HkdfSha256(key, "", "", 42).view()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

struct GcmVector {
  const char *key, *nonce, *authenticated, *plain, *sealed;
};
// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 to 16.
constexpr GcmVector kGcmVectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "5"
     "25b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838"
     "c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b"
     "5"
     "25b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838"
     "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(AesGcm, MatchesThePublishedVectorsBothWays) {
  for (const GcmVector& vector : kGcmVectors) {
    const std::string authenticated = Unhex(vector.authenticated);
    AesGcmBinding binding{.nonce = {}, .authenticated = authenticated};
    Unhex(vector.nonce).copy(binding.nonce.data(), binding.nonce.size());
    const std::string plain = Unhex(vector.plain);
    std::string sealed(plain.size() + kAesGcmTagBytes, '\0');
    AesGcmSeal(Unhex(vector.key), binding, plain, sealed.data());
    EXPECT_EQ(HexOf(sealed), vector.sealed);
    std::string opened(plain.size(), '\0');
    EXPECT_TRUE(AesGcmOpen(Unhex(vector.key), binding, sealed, opened.data()).ok());
    EXPECT_EQ(opened, plain);
  }
}

TEST(AesGcm, RefusesEveryFlippedBitAndLeavesZerosBehind) {
  const std::string key(32, 'k');
  const std::string plain = "sixteen bytes...and some";
  const AesGcmBinding binding{.nonce = NonceOfNumber(7), .authenticated = "bound"};
  std::string sealed(plain.size() + kAesGcmTagBytes, '\0');
  AesGcmSeal(key, binding, plain, sealed.data());
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    std::string opened(plain.size(), 'x');
    EXPECT_EQ(AesGcmOpen(key, binding, changed, opened.data()).code(), StatusCode::kCorruption);
    EXPECT_EQ(opened, std::string(plain.size(), '\0'));
  }
  std::string opened(plain.size(), 'x');
  EXPECT_FALSE(
      AesGcmOpen(key, {.nonce = NonceOfNumber(8), .authenticated = "bound"}, sealed, opened.data())
          .ok());
  EXPECT_FALSE(
      AesGcmOpen(key, {.nonce = NonceOfNumber(7), .authenticated = "bounD"}, sealed, opened.data())
          .ok());
  EXPECT_FALSE(AesGcmOpen(key, binding, "short", opened.data()).ok());
  std::printf("[ covered  ] %zu flipped bits refused\n", sealed.size() * 8);
}

struct Ed25519Vector {
  const char *seed, *public_key, *message, *signature;
};
// RFC 8032, section 7.1, tests 1 to 3.
constexpr Ed25519Vector kEd25519Vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, MatchesRfc8032) {
  for (const Ed25519Vector& vector : kEd25519Vectors) {
    const Result<Ed25519PrivateKey> key = Ed25519PrivateKey::FromSeed(Unhex(vector.seed));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(HexOf(key->public_raw()), vector.public_key);
    const Ed25519Signature signature = key->Sign(Unhex(vector.message));
    const ByteView view(signature.data(), signature.size());
    EXPECT_EQ(HexOf(view), vector.signature);
    const Result<Ed25519PublicKey> public_key = Ed25519PublicKey::FromRaw(Unhex(vector.public_key));
    ASSERT_TRUE(public_key.ok());
    EXPECT_TRUE(public_key->Verify(Unhex(vector.message), view));
    EXPECT_FALSE(public_key->Verify(Unhex(vector.message) + "x", view));
    EXPECT_FALSE(public_key->Verify(Unhex(vector.message), view.substr(1)));
  }
}

TEST(Ed25519, ReadsBackThePemItWrites) {
  const Result<Ed25519PublicKey> key =
      Ed25519PublicKey::FromRaw(Unhex(kEd25519Vectors[0].public_key));
  ASSERT_TRUE(key.ok());
  const std::string pem = key->Pem();
  EXPECT_EQ(pem.rfind("-----BEGIN PUBLIC KEY-----\n", 0), 0U);
  const Result<Ed25519PublicKey> read = Ed25519PublicKey::FromPem(pem);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->raw(), key->raw());
}

TEST(Ed25519, RefusesWhatIsNoKey) {
  EXPECT_EQ(Ed25519PublicKey::FromRaw("short").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Ed25519PrivateKey::FromSeed("short").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Ed25519PublicKey::FromPem("").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Ed25519PublicKey::FromPem("-----BEGIN PUBLIC KEY-----\nAAAA\n").status().code(),
            StatusCode::kInvalidArgument);
  // An X25519 key: the same size and shape, another algorithm.
  EXPECT_EQ(
      Ed25519PublicKey::FromPem("-----BEGIN PUBLIC KEY-----\n"
                                "MCowBQYDK2VuAyEA5d6xS7gQrK6XIGOhzSbmCsAWpRhEqkpzPbK9zOIHsCo=\n"
                                "-----END PUBLIC KEY-----\n")
          .status()
          .code(),
      StatusCode::kInvalidArgument);
}

TEST(Ciphers, GiveTheSameFromManyThreads) {
  const Result<Ed25519PrivateKey> key = Ed25519PrivateKey::FromSeed(Unhex(kEd25519Vectors[1].seed));
  ASSERT_TRUE(key.ok());
  std::vector<std::thread> threads;
  std::vector<int> good(4, 0);
  for (std::size_t number = 0; number < good.size(); ++number) {
    threads.emplace_back([&, number] {
      for (int round = 0; round < 50; ++round) {
        const Ed25519Signature signature = key->Sign(Unhex("72"));
        const bool same =
            HexOf({signature.data(), signature.size()}) == kEd25519Vectors[1].signature &&
            Hex(Sha256Of("abc")).substr(0, 8) == "ba7816bf" &&
            Hex(HmacSha256("Jefe", "what do ya want for nothing?")).substr(0, 8) == "5bdcc146";
        good[number] += same ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 50));
}

TEST(EqualInConstantTime, ComparesSizesAndBytes) {
  EXPECT_TRUE(EqualInConstantTime("same", "same"));
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_FALSE(EqualInConstantTime("same", "samE"));
  EXPECT_FALSE(EqualInConstantTime("same", "sam"));
}

TEST(SecretBytes, MovesAndLeavesNothingBehind) {
  SecretBytes secret(ByteView("secret"));
  SecretBytes moved = std::move(secret);
  EXPECT_EQ(moved.view(), "secret");
  EXPECT_EQ(secret.size(), 0U);  // NOLINT(bugprone-use-after-move)
  const SecretBytes copy = moved.Clone();
  moved = SecretBytes();
  EXPECT_EQ(copy.view(), "secret");
  EXPECT_TRUE(moved.empty());
}

}  // namespace
}  // namespace phenix::security
