#ifndef BATON_NUMBER_H
#define BATON_NUMBER_H
#include <stdbool.h>

/* The whole text is a decimal number from lowest to highest: no sign, no blanks, nothing after. */
bool number_parse(const char *text, long lowest, long highest, long *number);

#endif
