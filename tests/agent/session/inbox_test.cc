#include "agent/session/inbox.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "agent/session/mailbox.h"

namespace peekaboo::agent {
namespace {

TEST(Inbox, HandsOverInOrder) {
  Inbox<int> inbox(3);
  EXPECT_FALSE(inbox.Take());
  EXPECT_TRUE(inbox.Offer(1));
  EXPECT_TRUE(inbox.Offer(2));
  EXPECT_EQ(inbox.Take(), 1);
  EXPECT_EQ(inbox.Take(), 2);
  EXPECT_FALSE(inbox.Take());
}

TEST(Inbox, CountsWhatItDrops) {
  Inbox<int> inbox(1);
  EXPECT_TRUE(inbox.Offer(1));
  EXPECT_FALSE(inbox.Offer(2));
  EXPECT_EQ(inbox.dropped(), 1);
  EXPECT_EQ(inbox.Take(), 1);
  EXPECT_TRUE(inbox.Offer(3));
}

TEST(Inbox, PushWaitsForRoom) {
  Inbox<int> inbox(1);
  std::thread producer([&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(inbox.Push(i));
  });
  for (int i = 0; i < 100;) {
    if (const auto item = inbox.Take()) {
      EXPECT_EQ(*item, i++);
    } else {
      inbox.Wait(1);
    }
  }
  producer.join();
  EXPECT_EQ(inbox.dropped(), 0);
}

TEST(Inbox, ClosingFreesWhoeverWaits) {
  Inbox<int> inbox(1);
  ASSERT_TRUE(inbox.Push(1));
  std::thread producer([&] { EXPECT_FALSE(inbox.Push(2)); });
  inbox.Close();
  producer.join();
  inbox.Take();
  inbox.Wait(3600);
  EXPECT_FALSE(inbox.Offer(3));
}

TEST(Inbox, ANudgeEndsTheNextWait) {
  Inbox<int> inbox(1);
  inbox.Nudge();
  inbox.Wait(3600);
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

TEST(Inbox, NextWaitsForAnItemAndEndsWhenClosed) {
  Inbox<int> inbox(4);
  std::vector<int> taken;
  std::thread taker([&] {
    while (const auto item = inbox.Next()) taken.push_back(*item);
  });
  EXPECT_TRUE(inbox.Offer(1));
  EXPECT_TRUE(inbox.Push(2));
  inbox.Close();
  taker.join();
  EXPECT_EQ(taken, (std::vector<int>{1, 2})) << "what was in it is still taken";
}

}  // namespace
}  // namespace peekaboo::agent
