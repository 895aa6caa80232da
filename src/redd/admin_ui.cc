#include "admin_ui.h"

#ifdef REDD_ADMIN_PACK
// The assembler copies the file as it is: the quickest to build, and nothing is unpacked when the server starts.
asm(R"(
  .section .rodata
  .global redd_admin_ui_begin
  .global redd_admin_ui_end
  .balign 16
redd_admin_ui_begin:
  .incbin ")" REDD_ADMIN_PACK R"("
redd_admin_ui_end:
  .byte 0
  .previous
)");
extern "C" const char redd_admin_ui_begin[];  // NOLINT
extern "C" const char redd_admin_ui_end[];    // NOLINT
#endif

namespace redd {

std::string_view adminUi() {
#ifdef REDD_ADMIN_PACK
  return {redd_admin_ui_begin, redd_admin_ui_end};
#else
  return {};
#endif
}

}  // namespace redd
