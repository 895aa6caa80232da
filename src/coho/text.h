// Text from elsewhere on its way to a terminal (SEC-39): made inert, measured, cut. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redd::coho {

// Shows what a terminal would obey: control bytes, DEL, C1 controls, invalid UTF-8 as \xNN; direction marks and line separators
// as \u{…}. Newlines stay; inertLine() shows them too, as \n, and tabs become a space.
std::string inert(std::string_view text);
std::string inertLine(std::string_view text);
std::string inertJson(std::string_view json);  // of JSON text: the same in JSON's own escapes, so that it means what it meant

// As inert(), at most `lines` lines and 16 KiB: a server's error of 10,000 lines stays readable. What was left out is counted.
std::string inertExcerpt(std::string_view text, std::size_t lines);

std::size_t columns(std::string_view inertText);                      // terminal cells, by wcwidth of a UTF-8 locale
std::string cut(std::string_view inertText, std::size_t columnsMax);  // ends in … when it was cut
std::string grouped(std::uint64_t number);                            // "1,000,000"
std::string sizeText(std::size_t bytes);                              // "934 KB"

}  // namespace redd::coho
