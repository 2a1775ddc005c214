#pragma once

#include <span>
#include <string>
#include <string_view>

namespace peekaboo {

/// The end of an error message about a word that is not one of `known`: names the nearest of them
/// ("; did you mean \"frames\"?") or, when none is near, all of them ("; known: a, b, c").
std::string Suggest(std::string_view word, std::span<const std::string> known);

}  // namespace peekaboo
