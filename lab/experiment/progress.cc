#include "lab/experiment/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/check.h"

namespace peekaboo::lab {
namespace {

constexpr double kTerminalPeriod = 0.1;
constexpr double kLogPeriod = 60;

}  // namespace

std::string FormatDuration(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(std::clamp(seconds, 0.0, 1e12)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

Progress::Host Progress::StandardError(bool quiet) {
  Host host;
  host.now = [] {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(since).count();
  };
  if (quiet) {
    host.write = [](std::string_view) {};
    return host;
  }
  host.write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  host.terminal = isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (host.terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    host.width = size.ws_col;
  }
  return host;
}

Progress::Progress(std::string label, int64_t total, Host host, int64_t done, ProgressUnit unit)
    : label_(std::move(label)),
      total_(total),
      host_(std::move(host)),
      unit_(std::move(unit)),
      first_(done),
      done_(done),
      start_(host_.now()),
      next_(start_ + (host_.terminal ? 0 : kLogPeriod)) {
  PEEKABOO_CHECK(total > 0 && unit_.size > 0);
}

Progress::~Progress() {
  if (line_is_open_) host_.write("\n");
}

void Progress::Update(int64_t done, std::string_view note) {
  done_ = done;
  const double now = host_.now();
  if (now < next_) return;
  next_ = now + (host_.terminal ? kTerminalPeriod : kLogPeriod);
  const int64_t new_steps = done - first_;
  const double elapsed = now - start_;
  std::string left;
  if (new_steps > 0 && elapsed > 0) {
    const double seconds_a_step = elapsed / static_cast<double>(new_steps);
    left = FormatDuration(seconds_a_step * static_cast<double>(total_ - done)) + " left";
  }
  Show(Line(done, left, note));
}

void Progress::Finish(std::string_view note) {
  Show(Line(done_, "took " + FormatDuration(host_.now() - start_), note));
  if (line_is_open_) host_.write("\n");
  line_is_open_ = false;
}

std::string Progress::Line(int64_t done, const std::string& time, std::string_view note) const {
  const int percent = static_cast<int>(100 * (static_cast<double>(done) / total_));
  const std::string unit = unit_.name.empty() ? "" : unit_.name + " ";
  std::string line =
      fmt::format("{} {}/{} {}{}%", label_, Count(done), Count(total_), unit, percent);
  if (!time.empty()) line += " " + time;
  if (!note.empty()) line += fmt::format(", {}", note);
  return line;
}

std::string Progress::Count(int64_t count) const {
  if (unit_.size == 1) return std::to_string(count);
  return fmt::format("{:.1f}", static_cast<double>(count) / static_cast<double>(unit_.size));
}

void Progress::Show(const std::string& line) {
  if (!host_.terminal) {
    host_.write(line + "\n");
    return;
  }
  // One column short of the width: a full line would wrap, and a return would not undo it.
  const size_t columns = static_cast<size_t>(std::max(host_.width - 1, 1));
  host_.write("\r" + line.substr(0, columns) + "\x1b[K");
  line_is_open_ = true;
}

}  // namespace peekaboo::lab
