# Everything comes from the distribution (scripts/setup lists the packages), or from a prefix named in
# CMAKE_PREFIX_PATH. Nothing is downloaded.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

find_package(mujoco REQUIRED)
# Debian 12's target names an include directory (libqhull_r) that does not exist.
get_target_property(_mujoco_includes mujoco::mujoco INTERFACE_INCLUDE_DIRECTORIES)
if(_mujoco_includes)
  list(FILTER _mujoco_includes EXCLUDE REGEX "qhull")
  set_target_properties(mujoco::mujoco PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${_mujoco_includes}")
endif()

find_package(OpenGL REQUIRED COMPONENTS OpenGL EGL)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(LIBAV REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil libswscale)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(CTEMPLATE REQUIRED IMPORTED_TARGET libctemplate)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
# Headers only. By Boost's own package file: CMake's module for Boost is on its way out (policy CMP0167).
find_package(Boost REQUIRED CONFIG)
find_package(CLI11 REQUIRED)
find_package(Torch REQUIRED)
# By hand: Debian's package file for CMake also wants OpenCL.
find_path(DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(peekaboo_dnnl INTERFACE)
target_include_directories(peekaboo_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
target_link_libraries(peekaboo_dnnl INTERFACE ${DNNL_LIBRARY})
if(PEEKABOO_UI)
  pkg_check_modules(IMGUI REQUIRED IMPORTED_TARGET imgui)
  pkg_check_modules(GLFW REQUIRED IMPORTED_TARGET glfw3)
endif()
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

# A training step asks for thousands of buffers: glibc's allocator takes a tenth of its time. Optional; sanitizers bring
# their own.
pkg_check_modules(TCMALLOC IMPORTED_TARGET libtcmalloc_minimal)
