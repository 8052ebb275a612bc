/* consumer: takes numbers out of the channel until the end, and prints them. */
#include "channel.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    struct channel *c = channel_open();
    for (;;) {
        struct item item = channel_get(c);
        if (item.kind == END)
            break;
        printf("consumed %lu\n", item.number);
    }
    channel_close(c);
    channel_remove(); /* after END no process needs them */
    return EXIT_SUCCESS;
}
