#pragma once

#include <string>
#include <string_view>

namespace ctemplate {
class TemplateDictionary;
}

namespace peekaboo::lab {

/// The files page.html and page.css of this folder, put into the program by the build.
extern const std::string_view kPageHtml;
extern const std::string_view kPageCss;

/// page.html filled from `page`, in the style of page.css, which it adds to `page`. Looks for no
/// file. Any thread.
std::string ExpandPage(ctemplate::TemplateDictionary* page);

}  // namespace peekaboo::lab
