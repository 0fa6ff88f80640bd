#include "server/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace phenix::server {
namespace {

TEST(WorkerPool, RunsEverythingThatItTook) {
  std::atomic<int> ran{0};
  WorkerPool pool(3);
  int taken = 0;
  for (int count = 0; count < 500; ++count) {
    if (pool.TrySubmit([&] { ++ran; })) ++taken;
  }
  pool.Stop();
  EXPECT_EQ(ran, taken);
  EXPECT_FALSE(pool.TrySubmit([&] { ++ran; }));
  EXPECT_EQ(ran, taken);
}

TEST(WorkerPool, RefusesMoreThanItsQueueHolds) {
  std::promise<void> gate;
  std::promise<void> started;
  std::shared_future<void> open = gate.get_future().share();
  std::atomic<std::size_t> ran{0};
  WorkerPool pool(1);
  ASSERT_TRUE(pool.TrySubmit([&] {
    started.set_value();
    open.wait();
  }));
  started.get_future().wait();
  for (std::size_t count = 0; count < kWorkerQueueMax; ++count) {
    ASSERT_TRUE(pool.TrySubmit([&] { ++ran; }));
  }
  EXPECT_EQ(pool.queued(), kWorkerQueueMax);
  EXPECT_FALSE(pool.TrySubmit([&] { ++ran; }));
  gate.set_value();
  pool.Stop();
  EXPECT_EQ(ran, kWorkerQueueMax);
}

}  // namespace
}  // namespace phenix::server
