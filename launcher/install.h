/* `launcher install`: copies the launcher into the pod's volume. */
#ifndef BATON_INSTALL_H
#define BATON_INSTALL_H

/* Exit code. */
int install_run(const char *destination);

#endif
