package c

import "github.com/ipckit/ipckit/impl/seeded"

// messages are mistakes in message passing.
func messages() []seeded.Fault {
	return []seeded.Fault{
		{
			ID: "c-priority-dropped", Fault: "takes a priority, and keeps every message with the lowest",
			Requirement: "BOX-PRIORITY", Verdict: "fail", At: "priority",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "    u->waits = *r;\n",
				New: "    u->waits = *r;\n    u->waits.priority = 0;\n",
			}},
		},
		{
			ID: "c-gone-is-empty", Fault: "takes the end of the connection for an empty packet, and reads on",
			Requirement: "BOX-GONEBLOCKED", Verdict: "timeout", At: "did not come back",
			File: "mailbox.c",
			Changes: []seeded.Change{{
				Old: "    } while (n < 0 && (errno == EINTR || errno == ECONNRESET));\n    if (n < (ssize_t)sizeof *a)\n",
				New: "    } while (n == 0 || (n < 0 && (errno == EINTR || errno == ECONNRESET)));\n    if (n < (ssize_t)sizeof *a)\n",
			}},
		},
		{
			ID: "c-close-tells-nobody", Fault: "close sets its flag, which is looked at when the next request comes",
			Requirement: "BOX-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "        answer(u, IPCKIT_OK, NULL);\n        settle();\n",
				New: "        answer(u, IPCKIT_OK, NULL);\n",
			}},
		},
		{
			ID: "c-anyone-receives", Fault: "who has the mailbox open receives from it, whoever owns it",
			Requirement: "BOX-OWNER", Verdict: "fail", At: "does not own the mailbox",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "    } else if (box.owner != NULL && u->process != box.owner->process) {\n",
				New: "    } else if (box.owner != NULL && u->process == 0) {\n",
			}},
		},
		{
			ID: "c-keeps-the-keys", Fault: "hands the mailbox over, and goes on receiving",
			Requirement: "BOX-HANDOVER", Verdict: "fail", At: "former owner received",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "    } else if (box.owner != NULL && u->process != box.owner->process) {\n",
				New: "    } else if (box.owner != NULL && u->process != box.owner->process && u != box.users[0]) {\n",
			}},
		},
		{
			ID: "c-signed-by-hand", Fault: "the sender writes into the request who he is",
			Requirement: "BOX-IDENTITY", Verdict: "fail", At: "was named as the sender",
			File: "keeper.c",
			Changes: []seeded.Change{
				{Old: ".sender = u->process,", New: ".sender = u->waits.process,"},
				{File: "mailbox.c", Old: ".priority = priority};", New: ".priority = priority, .process = getpid()};"},
				{File: "mailbox.c", Old: "    .owns = true,\n", New: "    .send_as = box_send_as,\n    .owns = true,\n"},
				{
					File: "mailbox.c",
					Old:  "static enum ipckit_error box_receive_from(",
					New: `static enum ipckit_error box_send_as(void *handle, const void *message, size_t size, int64_t sender, int64_t wait)
{
    struct box *b = handle;
    struct answer a;
    struct request r = {.demand = SEND, .number = ++b->number, .at_once = wait == IPCKIT_NEVER, .process = (pid_t)sender};
    say(b, &r, message, size);
    return await_answer(b, wait, &a, NULL, 0, NULL);
}

static enum ipckit_error box_receive_from(`,
				},
			},
		},
		{
			ID: "c-hidden-slot", Fault: "a rendezvous is a mailbox for one message",
			Requirement: "SYNC-RENDEZVOUS", Verdict: "fail", At: "where it must wait",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "? INT64_MAX : shape->capacity;",
				New: "? INT64_MAX : shape->capacity == IPCKIT_RENDEZVOUS ? 1 : shape->capacity;",
			}},
		},
		{
			ID: "c-keeper-keeps", Fault: "the mailbox's own process keeps a page for each message",
			Requirement: "BOX-GROWTH", Verdict: "fail", At: "which the subject started",
			File:    "keeper.c",
			Changes: []seeded.Change{{Old: "    free(m);\n", New: "    *(volatile char *)malloc(4096) = 1;\n"}},
		},
		{
			ID: "c-cancel-costs-a-place", Fault: "a send that is cancelled keeps the place that it waited for",
			Requirement: "BOX-ABANDONED", Verdict: "timeout", At: "did not come back",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "            answer(u, r->why, NULL);\n    } else if (r->demand == SEND ||",
				New: `        {
            box.capacity -= u->waits.demand == SEND && r->why == IPCKIT_INTERRUPTED;
            answer(u, r->why, NULL);
        }
    } else if (r->demand == SEND ||`,
			}},
		},
		{
			ID: "c-cancelled-and-sent", Fault: "cancels a send that waits, and leaves its message in line",
			Requirement: "SYNC-CANCEL", Verdict: "fail", At: "came out",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "            answer(u, r->why, NULL);\n    } else if (r->demand == SEND ||",
				New: `        {
            if (u->waits.demand == SEND)
                accept_message(u);
            else
                answer(u, r->why, NULL);
        }
    } else if (r->demand == SEND ||`,
			}, {
				Old: "    box.held++;\n    answer(u, IPCKIT_OK, NULL);\n",
				New: "    answer(u, box.held++ < box.capacity ? IPCKIT_OK : IPCKIT_INTERRUPTED, NULL);\n",
			}},
		},
		{
			ID: "c-cancels-for-good", Fault: "a cancellation ends the next call, too",
			Requirement: "SYNC-CANCEL", Verdict: "fail", At: "at once: interrupted",
			File: "link.c",
			Changes: []seeded.Change{{
				Old: "    eventfd_t came;\n    eventfd_read(l->cancelled, &came);\n",
				New: "",
			}},
		},
		{
			ID: "c-unbounded-is-large", Fault: "unbounded is 65,536",
			Requirement: "CAP-UNBOUNDED", Verdict: "fail", At: "full",
			File: "keeper.c",
			Changes: []seeded.Change{{
				Old: "        else if ((m = malloc(",
				New: "        else if (box.held >= 65536)\n            answer(u, IPCKIT_FULL, NULL);\n        else if ((m = malloc(",
			}},
		},
		{
			ID: "c-link-takes-anyones", Fault: "receive(P) takes what is there, whoever sent it",
			Requirement: "LINK-NAMED", Verdict: "fail", At: "was due",
			File: "link.c",
			Changes: []seeded.Change{{
				Old: "        if ((error = take(l, into, room, size)) != IPCKIT_EMPTY)\n            return error;\n        error = await_one(",
				New: "        for (size_t i = l->party->count; i-- > 0;) { /* the newest first */\n            struct link *any = l->party->links[i];\n" +
					"            if (!any->listening && (error = take(any, into, room, size)) != IPCKIT_EMPTY)\n                return error;\n        }\n        error = await_one(",
			}},
		},
		{
			ID: "c-link-is-a-stream", Fault: "a stream: what is there is taken for one message",
			Requirement: "LINK-BOUNDARY", Verdict: "fail", At: "and came out",
			File: "link.c",
			Changes: []seeded.Change{{
				Old: "SOCK_SEQPACKET | SOCK_CLOEXEC",
				New: "SOCK_STREAM | SOCK_CLOEXEC",
			}, {
				Old: "recv(l->fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);",
				New: "recv(l->fd, &before, 1, MSG_PEEK | MSG_DONTWAIT);",
			}},
		},
	}
}
