#include "families.h"

const struct ipckit_subject ipckit_subject = {
    .name = "example",
    .version = "1.0",
    .region = &region,
    .word = &word,
    .lock = &lock,
    .semaphore = &semaphore,
    .rwlock = &rwlock,
    .snapshot = &snapshot,
    .one_to_one = &ring,
    .many = &many,
    .mailbox = &mailbox,
    .link = &links,
};
