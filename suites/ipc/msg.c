// SPDX-License-Identifier: GPL-2.0-only
/* System V message queues belong to their IPC namespace. ipc_namespaces(7), msgget(2), msgop(2) */
#include <sys/msg.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.msg"
#define GROUP_OWN NS_IPC
#define KEY       0x6e7303

struct letter {
	long type;
	char text[16];
};

static int post(int id, long type, const char *text)
{
	struct letter letter = {.type = type};

	snprintf(letter.text, sizeof(letter.text), "%s", text);
	return msgsnd(id, &letter, sizeof(letter.text), IPC_NOWAIT);
}

/* The text of the first letter of this type; NULL with errno. */
static const char *receive(int id, long type)
{
	static struct letter letter;

	return msgrcv(id, &letter, sizeof(letter.text), type, IPC_NOWAIT) < 0 ? NULL : letter.text;
}

CASE(queues_are_separate)
{
	struct letter letter;
	int id = MUST(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));

	CHILD(box, NS_IPC) {
		FAILS(ENOENT, msgget(KEY, 0));
		FAILS(EINVAL, msgrcv(id, &letter, sizeof(letter.text), 0, IPC_NOWAIT));
		int own = OK(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
		OK(post(own, 2, "theirs"));
		TELL(box);
		HEAR(box);
		FAILS(ENOMSG, msgrcv(own, &letter, sizeof(letter.text), 1, IPC_NOWAIT));
		IS(receive(own, 2), "theirs"); /* control: the letter was under way in its own namespace */
	}
	HEAR(box);
	OK(post(id, 1, "ours"));
	FAILS(ENOMSG, msgrcv(id, &letter, sizeof(letter.text), 2, IPC_NOWAIT));
	IS(receive(id, 1), "ours");
	OK(post(id, 1, "ours"));
	DISMISS(box);

	CHILD(member, 0) { /* control: without a new namespace it is the same queue */
		IS(msgget(KEY, 0), id);
		IS(receive(id, 1), "ours");
	}
	EXITS(member, 0);
}

static void await_asleep(pid_t pid)
{
	while (MUST(proc_state(pid)) != 'S')
		sched_yield(); /* the test's time limit ends this */
}

CASE(removing_a_queue_with_the_same_id_elsewhere_does_not_wake_waiters)
{
	struct msqid_ds status;
	int id = MUST(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));

	CHILD(receiver, 0) {
		struct letter letter;
		TELL(receiver);
		FAILS(EIDRM, msgrcv(id, &letter, sizeof(letter.text), 0, 0));
	}
	HEAR(receiver);
	await_asleep(receiver->pid);
	CHILD(elsewhere, NS_IPC) {
		IS(OK(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600)), id);
		OK(post(id, 1, "theirs"));
		OK(msgctl(id, IPC_RMID, NULL));
	}
	EXITS(elsewhere, 0);
	IS(proc_state(receiver->pid), 'S');
	OK(msgctl(id, IPC_STAT, &status));
	IS(status.msg_qnum, 0);

	OK(msgctl(id, IPC_RMID, NULL)); /* control: this ends the wait */
	EXITS(receiver, 0);
}
