# Writes OUT, a header with the commit of SOURCE ("" outside a repository, "-dirty" with changes on top), only when that
# changes. Run by every build, so that results name what made them: cmake -DSOURCE=... -DOUT=... -P Commit.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=12 --dirty --exclude=* OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define PEEKABOO_COMMIT \"${commit}\"\n")
