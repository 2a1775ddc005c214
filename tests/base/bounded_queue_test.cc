#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/mailbox.h"

namespace peekaboo {
namespace {

TEST(BoundedQueue, HandsOverInOrder) {
  BoundedQueue<int> queue(3);
  EXPECT_FALSE(queue.Take());
  EXPECT_TRUE(queue.Offer(1));
  EXPECT_TRUE(queue.Offer(2));
  EXPECT_EQ(queue.Take(), 1);
  EXPECT_EQ(queue.Take(), 2);
  EXPECT_FALSE(queue.Take());
}

TEST(BoundedQueue, CountsWhatItDrops) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.Offer(1));
  EXPECT_FALSE(queue.Offer(2));
  EXPECT_EQ(queue.dropped(), 1);
  EXPECT_EQ(queue.Take(), 1);
  EXPECT_TRUE(queue.Offer(3));
}

TEST(BoundedQueue, PushWaitsForRoom) {
  BoundedQueue<int> queue(1);
  std::thread producer([&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.Push(i));
  });
  for (int i = 0; i < 100;) {
    if (const auto item = queue.Take()) {
      EXPECT_EQ(*item, i++);
    } else {
      queue.Wait(1);
    }
  }
  producer.join();
  EXPECT_EQ(queue.dropped(), 0);
}

TEST(BoundedQueue, ClosingFreesWhoeverWaits) {
  BoundedQueue<int> queue(1);
  ASSERT_TRUE(queue.Push(1));
  std::thread producer([&] { EXPECT_FALSE(queue.Push(2)); });
  queue.Close();
  producer.join();
  queue.Take();
  queue.Wait(3600);
  EXPECT_FALSE(queue.Offer(3));
}

TEST(BoundedQueue, ANudgeEndsTheNextWait) {
  BoundedQueue<int> queue(1);
  queue.Nudge();
  queue.Wait(3600);
}

TEST(Mailbox, HoldsTheLatest) {
  Mailbox<int> mailbox;
  EXPECT_EQ(mailbox.Get(), nullptr);
  mailbox.Put(std::make_shared<const int>(1));
  const auto first = mailbox.Get();
  mailbox.Put(std::make_shared<const int>(2));
  EXPECT_EQ(*first, 1);
  EXPECT_EQ(*mailbox.Get(), 2);
}

TEST(BoundedQueue, NextWaitsForAnItemAndEndsWhenClosed) {
  BoundedQueue<int> queue(4);
  std::vector<int> taken;
  std::thread taker([&] {
    while (const auto item = queue.Next()) taken.push_back(*item);
  });
  EXPECT_TRUE(queue.Offer(1));
  EXPECT_TRUE(queue.Push(2));
  queue.Close();
  taker.join();
  EXPECT_EQ(taken, (std::vector<int>{1, 2})) << "what was in it is still taken";
}

}  // namespace
}  // namespace peekaboo
