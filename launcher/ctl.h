/* `launcher ctl`: one command to a slot's control socket, for people and hooks. */
#ifndef BATON_CTL_H
#define BATON_CTL_H

/* words: socket, command, arguments, NULL. Exit code: 0 when the answer says ok, else 1. */
int ctl_run(char **words);

#endif
