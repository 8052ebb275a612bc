/* The families of the example, each in a file of its own. */
#ifndef FAMILIES_H
#define FAMILIES_H

#include "ipckit.h"

extern const struct ipckit_region region;   /* region.c */
extern const struct ipckit_buffer ring;     /* buffer.c */
extern const struct ipckit_mailbox mailbox; /* mailbox.c */

#endif
