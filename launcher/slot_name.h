/* Names of slots: DNS labels, as Kubernetes wants for names of containers. They become part of file
 * names and of JSON. */
#ifndef BATON_SLOT_NAME_H
#define BATON_SLOT_NAME_H
#include <stdbool.h>

enum { SLOT_NAME_MAX = 63 };

bool slot_name_is_valid(const char *name);

#endif
