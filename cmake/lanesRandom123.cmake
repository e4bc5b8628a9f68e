# SPDX-License-Identifier: BSD-3-Clause
#
# Random123 (counter-based random numbers, header-only, ships no package config): defines the
# imported target Random123::Random123 where nobody has, or leaves it undefined. The installed
# package includes this file too.
if(NOT TARGET Random123::Random123)
  find_path(LANES_RANDOM123_INCLUDE_DIR Random123/philox.h
            DOC "The folder that holds Random123/philox.h (Debian: librandom123-dev)")
  mark_as_advanced(LANES_RANDOM123_INCLUDE_DIR)
  if(LANES_RANDOM123_INCLUDE_DIR)
    add_library(Random123::Random123 INTERFACE IMPORTED GLOBAL)
    set_target_properties(Random123::Random123 PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${LANES_RANDOM123_INCLUDE_DIR}")
  endif()
endif()
