#include "families.h"

const struct ipckit_subject ipckit_subject = {
    .name = "example",
    .version = "1.0",
    .region = &region,
    .one_to_one = &ring,
    .mailbox = &mailbox,
};
