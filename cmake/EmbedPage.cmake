# Writes OUT, a C++ file with the constants of lab/report/page.h, from the files HTML and CSS. An indented line of HTML goes
# on with the line above: after nothing if it begins with a tag or a marker, after a space if it begins with a word.
# Run by the build: cmake -DHTML=... -DCSS=... -DOUT=... -P EmbedPage.cmake
cmake_minimum_required(VERSION 3.25)
file(READ ${HTML} html)
file(READ ${CSS} css)
string(REGEX REPLACE "\n +([<{])" "\\1" html "${html}")
string(REGEX REPLACE "\n +" " " html "${html}")
file(WRITE ${OUT} "#include \"lab/report/page.h\"

namespace peekaboo::lab {

const std::string_view kPageHtml = R\"embedded(${html})embedded\";
const std::string_view kPageCss = R\"embedded(${css})embedded\";

}  // namespace peekaboo::lab
")
