#pragma once

/// ctemplate::TemplateDictionary, for .cc files. ctemplate's header calls strlen and does not
/// include its declaration.
// clang-format off
#include <cstring>

#include <ctemplate/template_dictionary.h>
// clang-format on
