#include "CDecimal.h"

#include <algorithm>
#include <charconv>

size_t decimal_write(double number, char *text) {
    char *end = std::to_chars(text, text + decimal_longest - 2, number).ptr;
    if (std::none_of(text, end, [](char c) { return c == '.' || c == 'e'; })) {
        *end++ = '.';
        *end++ = '0';
    }
    return static_cast<size_t>(end - text);
}
