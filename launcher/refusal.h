/* The answer to a request that is not obeyed. */
#ifndef BATON_REFUSAL_H
#define BATON_REFUSAL_H
#include "text.h"

/* value, quoted behind the reason, may be NULL. */
void refuse(struct text *answer, const char *why, const char *value);

#endif
