#ifndef CDECIMAL_H
#define CDECIMAL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The most bytes that decimal_write writes.
enum { decimal_longest = 32 };

/// Writes a number in as few digits as tell it from every other, and with a point or an exponent, so that
/// readers take it for no whole number. See std::to_chars. Returns how many bytes it wrote.
size_t decimal_write(double number, char *text);

#ifdef __cplusplus
}
#endif

#endif
