#pragma once

#include <string>

#include "agent/snapshot.h"

namespace peekaboo::agent {

/// Tables for other programs (CSV with a header line, RFC 4180), replaced as a whole. Throw
/// UserError naming the file when it cannot be written. Any thread.

/// A line a moment: moment, episode, frame, time [s], the error of each horizon, the surprise
/// (empty where there is none), the model's version and what happened.
void WriteSurprise(const MindSnapshot& mind, const std::string& path);

/// A line a point of the learning curves.
void WriteLearning(const LearningSnapshot& learning, const std::string& path);

}  // namespace peekaboo::agent
