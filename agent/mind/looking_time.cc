#include "agent/mind/looking_time.h"

#include <algorithm>
#include <limits>
#include <span>

namespace peekaboo::agent {
namespace {

using Moments = std::span<const std::shared_ptr<const TimelineEntry>>;

/// Looking from the first of these moments, all of one episode, to the last.
void Look(Moments moments, LookingTime* time) {
  double away = 0, whole = 0;
  time->seconds = 0;
  time->looking = true;
  for (const auto& moment : moments) {
    whole += moment->observation.period;
    if (moment->surprise > LookingTime::kInterest) {
      time->seconds = whole;
      away = 0;
    } else if ((away += moment->observation.period) >= LookingTime::kLookAway) {
      time->looking = false;
      return;
    }
  }
}

bool IsViolation(const Mark& mark) { return mark.kind == Mark::Kind::kViolation; }

}  // namespace

LookingTime MeasureLooking(const MindSnapshot& mind, int64_t moment) {
  LookingTime time;
  time.usual = std::numeric_limits<double>::quiet_NaN();
  const TimelineEntry* now = mind.Find(moment);
  if (!now) return time;
  const auto end = static_cast<size_t>(moment - mind.moments.front()->observation.moment) + 1;
  const Moments all(mind.moments.data(), end);
  size_t start = 0;
  for (size_t i = end; i-- > 0 && all[i]->observation.episode == now->observation.episode;) {
    start = i;
    const auto& marks = all[i]->observation.marks;
    const auto mark = std::find_if(marks.begin(), marks.end(), [](const Mark& m) {
      return m.kind != Mark::Kind::kChange && m.kind != Mark::Kind::kEvent;
    });
    if (mark == marks.end()) continue;
    time.since = mark->text;
    time.violation = IsViolation(*mark);
    break;
  }
  Look(all.subspan(start), &time);

  double sum = 0;
  int count = 0;
  for (size_t from = 0; from < end;) {
    size_t to = from;
    bool broken = false;
    for (; to < end && all[to]->observation.episode == all[from]->observation.episode; ++to) {
      const auto& marks = all[to]->observation.marks;
      broken = broken || std::any_of(marks.begin(), marks.end(), IsViolation);
    }
    const double whole = static_cast<double>(to - from) * all[from]->observation.period;
    if (to < end && !broken && whole >= LookingTime::kLookAway) {
      LookingTime other;
      Look(all.subspan(from, to - from), &other);
      sum += other.seconds;
      ++count;
    }
    from = to;
  }
  if (count > 0) time.usual = sum / count;
  return time;
}

}  // namespace peekaboo::agent
