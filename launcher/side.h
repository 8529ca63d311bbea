/* A slot has two sides, so that two processes of it can run at a time, one of them set aside: each
 * has its own private ports and its own BATON_INSTANCE. */
#ifndef BATON_SIDE_H
#define BATON_SIDE_H

enum { SIDES = 2 };

#endif
