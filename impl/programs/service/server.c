/* server: replies with squares until a client sends its last request. */
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    int queue = queue_open();
    for (;;) {
        struct request r;
        await_request(queue, &r);
        if (r.last)
            break;
        printf("asked for %lu\n", r.number);
        answer(queue, &(struct reply){.type = r.client, .number = r.number, .square = r.number * r.number});
    }
    queue_remove(queue); /* there are no more requests */
    return EXIT_SUCCESS;
}
