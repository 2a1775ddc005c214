# peekaboo_room(NAME LIBS...): the folder's *.cc become the static library peekaboo_NAME.
# Dependencies are PUBLIC: a room's headers name what they use.
function(peekaboo_room name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc ${CMAKE_CURRENT_SOURCE_DIR}/*/*.cc)
  if(NOT sources)
    add_library(peekaboo_${name} INTERFACE)
    return()
  endif()
  add_library(peekaboo_${name} STATIC ${sources})
  target_include_directories(peekaboo_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(peekaboo_${name} PUBLIC ${ARGN} PRIVATE peekaboo_options)
endfunction()
