option(PEEKABOO_WERROR "Warnings are errors" OFF)
option(PEEKABOO_UI "Build the parts that need a window" ON)
set(PEEKABOO_SANITIZE "" CACHE STRING "Value of -fsanitize= for every target, empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # These two let it keep what is compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(peekaboo_options INTERFACE)
target_compile_options(peekaboo_options INTERFACE -Wall -Wextra -Wno-unused-parameter)
# g++ 12 sees overlapping copies in plain string concatenation (GCC bug 105651).
target_compile_options(peekaboo_options INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(PEEKABOO_WERROR)
  target_compile_options(peekaboo_options INTERFACE -Werror)
endif()
if(PEEKABOO_SANITIZE)
  target_compile_options(peekaboo_options INTERFACE -fsanitize=${PEEKABOO_SANITIZE} -fno-omit-frame-pointer
                                                   -fno-sanitize-recover=all)
  target_link_options(peekaboo_options INTERFACE -fsanitize=${PEEKABOO_SANITIZE})
endif()
