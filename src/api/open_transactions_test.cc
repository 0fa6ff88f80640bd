#include "api/open_transactions.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "api/limits.h"

namespace phenix::api {
namespace {

class OpenTransactionsTest : public testing::Test {
 protected:
  OpenTransactionsTest() : clock_(1'000'000), random_(1), open_(clock_, random_) {
    directory_ = testing::TempDir() + "/open_transactions_" + std::to_string(getpid());
    std::filesystem::remove_all(directory_);
    DatabaseOptions options;
    options.state_engine = StateEngine::kMemory;
    options.signing = SigningMode::kHmac;
    options.background_maintenance = false;
    database_ = *Database::Open(directory_, options);
  }
  ~OpenTransactionsTest() override {
    open_.CloseAll();
    database_.reset();
    std::filesystem::remove_all(directory_);
  }
  std::string Begin(std::chrono::milliseconds timeout = std::chrono::minutes(5)) {
    Attempt<OpenTransactions::Opened> opened = open_.Begin(*database_, {}, timeout);
    return opened.ok() ? opened->id : std::string();
  }
  std::optional<Code> CodeOfAcquire(const std::string& id) {
    Attempt<OpenTransactions::Lease> lease = open_.Acquire(id);
    if (lease.ok()) return std::nullopt;
    return lease.TakeProblem().code;
  }

  io::ManualClock clock_;
  io::SeededRandom random_;
  OpenTransactions open_;
  std::string directory_;
  std::unique_ptr<Database> database_;
};

TEST_F(OpenTransactionsTest, LendsATransactionToOneAtATime) {
  const std::string id = Begin();
  {
    Attempt<OpenTransactions::Lease> lease = open_.Acquire(id);
    ASSERT_TRUE(lease.ok());
    EXPECT_EQ(CodeOfAcquire(id), Code::kTransactionBusy);
  }
  EXPECT_EQ(CodeOfAcquire(id), std::nullopt);
}

TEST_F(OpenTransactionsTest, ForgetsWhatHasEnded) {
  const std::string id = Begin();
  {
    Attempt<OpenTransactions::Lease> lease = open_.Acquire(id);
    ASSERT_TRUE(lease.ok());
    lease->End();
  }
  EXPECT_EQ(CodeOfAcquire(id), Code::kTransactionNotFound);
  EXPECT_EQ(CodeOfAcquire("tx_0"), Code::kTransactionNotFound);
}

TEST_F(OpenTransactionsTest, EndsWhatIsIdle) {
  const std::string id = Begin();
  clock_.Advance(kTransactionIdleMax - std::chrono::milliseconds(1));
  EXPECT_EQ(CodeOfAcquire(id), std::nullopt);
  clock_.Advance(kTransactionIdleMax - std::chrono::milliseconds(1));
  EXPECT_EQ(CodeOfAcquire(id), std::nullopt) << "use starts the idle time again";
  clock_.Advance(kTransactionIdleMax);
  EXPECT_EQ(CodeOfAcquire(id), Code::kTransactionNotFound);
}

TEST_F(OpenTransactionsTest, EndsWhatIsTooOldHoweverBusy) {
  const std::string id = Begin(std::chrono::milliseconds(1'000));
  clock_.Advance(std::chrono::milliseconds(999));
  EXPECT_EQ(CodeOfAcquire(id), std::nullopt);
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(CodeOfAcquire(id), Code::kTransactionNotFound);
}

TEST_F(OpenTransactionsTest, NeverEndsWhatIsInUse) {
  const std::string id = Begin(std::chrono::milliseconds(10));
  Attempt<OpenTransactions::Lease> lease = open_.Acquire(id);
  ASSERT_TRUE(lease.ok());
  clock_.Advance(std::chrono::hours(1));
  open_.CloseExpired();
  open_.CloseAll();
  EXPECT_EQ(open_.size(), 1U);
  EXPECT_TRUE(lease->transaction().Commit().ok());
}

TEST_F(OpenTransactionsTest, ReleasesItsSnapshots) {
  Begin();
  Begin(std::chrono::milliseconds(10));
  EXPECT_EQ(database_->Stats().snapshots_open, 2U);
  clock_.Advance(std::chrono::milliseconds(10));
  open_.CloseExpired();
  EXPECT_EQ(database_->Stats().snapshots_open, 1U);
  open_.CloseAll();
  EXPECT_EQ(database_->Stats().snapshots_open, 0U);
}

TEST_F(OpenTransactionsTest, OpensNoMoreThanItsLimit) {
  std::string last;
  for (std::size_t count = 0; count < kTransactionsOpenMax; ++count) last = Begin();
  EXPECT_NE(last, "");
  Attempt<OpenTransactions::Opened> above = open_.Begin(*database_, {}, std::chrono::minutes(1));
  ASSERT_FALSE(above.ok());
  EXPECT_EQ(above.TakeProblem().code, Code::kRateLimited);
  open_.Acquire(last)->End();
  EXPECT_NE(Begin(), "");
}

}  // namespace
}  // namespace phenix::api
