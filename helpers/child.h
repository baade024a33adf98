/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CHILD_H
#define HELPERS_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/*
 * Children are blocks in place, named by role:
 *
 *	CHILD(box, NS_PID | NS_NET) {
 *		...                         runs in a new process, in new namespaces
 *		HEAR(box);
 *	}
 *	...                                 goes on in the creator at once
 *	TELL(box);
 *	EXITS(box, 0);
 *
 * `box` is also the channel between the two: whoever holds its end says TELL(box) and HEAR(box). The end of a
 * process is the end of its channel, so a wait can never outlast the peer. The block's end is exit status 0;
 * `return` or `break` out of a block is found out and fails the test. A child that nobody joins does too.
 */
struct child {
	const char *role, *file; /* and where its block stands */
	int line;
	pid_t pid; /* as its creator sees it; 0 inside the block */
	int pidfd;
	int channel; /* this side's end */
	bool inside; /* true in the child */
	bool joined;
	struct child *next;
	/*
	 * For one whose parent is another process: how this one learns how it ended, once its pidfd says that it
	 * did; and what that needs. NULL: waitid(2).
	 */
	siginfo_t (*end)(const char *file, int line, struct child *child);
	void *owner;
	bool mute; /* of which signal it died is not told */
};

struct child_options {
	unsigned long long flags; /* CLONE_NEW*, or any clone3 flag that lets creator and child part */
	/*
	 * Both id maps of a new user namespace, one extent a line ("0 100000 65536"), written by the creator;
	 * the block then starts as uid 0 and gid 0 inside. NULL: no map is written, ids stay unmapped.
	 */
	const char *map;
	/*
	 * An unprivileged uid (and gid): the block starts with all ids set to it, no supplementary groups, no
	 * capabilities, dumpable. Applied in the creator's user namespace, so not together with NS_USER; an
	 * unprivileged creator of a user namespace is a CHILD(.uid) with a CHILD(NS_USER) in its block.
	 */
	uid_t uid;
	int cgroup;           /* clone3's CLONE_INTO_CGROUP: the descriptor of a cgroup directory */
	const pid_t *set_tid; /* clone3's set_tid and set_tid_size */
	size_t set_tid_size;
};

/* fork(2) whose child is born in a cgroup: clone3(2)'s CLONE_INTO_CGROUP on a directory's descriptor (5.7). */
pid_t fork_into(int cgroup);

#define CHILD(name, flags_, ...)                                                                             \
	struct child *name = child_start(__FILE__, __LINE__, #name,                                          \
					 &(struct child_options){.flags = (flags_), ##__VA_ARGS__});         \
	for (; name->inside; child_end(name))

/* CHILD that first joins the namespaces `flags` of `host`, a child that is alive (setns(2) on its pidfd). */
#define VISITOR(name, host, flags_)                                                                          \
	CHILD(name, 0)                                                                                       \
		for (bool once_##name = child_visit(__FILE__, __LINE__, host, flags_); once_##name;          \
		     once_##name = false)

/* Claims about how a child ends; each waits for its end and joins it. */
#define EXITS(name, status) child_exits(__FILE__, __LINE__, name, status)
#define DIES_BY(name, sig)  child_dies_by(__FILE__, __LINE__, name, sig)
/* Ends a child with SIGKILL and joins it. */
#define KILL(name) child_kill(__FILE__, __LINE__, name)
/* Waits for a child's end without joining it: a zombie stays. */
#define AWAIT_ZOMBIE(name) child_await_zombie(__FILE__, __LINE__, name)

/* Events and values over the channel. Without an argument TELL says 0. A peer that has ended fails the test. */
#define TELL(name, ...)                child_tell(__FILE__, __LINE__, name, NS_SECOND_(0, ##__VA_ARGS__, 0, 0))
#define NS_SECOND_(first, second, ...) (second)
#define HEAR(name)                     child_hear(__FILE__, __LINE__, name)
#define TELL_TEXT(name, text)          child_tell_text(__FILE__, __LINE__, name, text)
/* The text stays valid until the fourth HEAR_TEXT after it in this process. */
#define HEAR_TEXT(name)   child_hear_text(__FILE__, __LINE__, name)
#define GIVE_FD(name, fd) child_give_fd(__FILE__, __LINE__, name, fd)
#define TAKE_FD(name)     child_take_fd(__FILE__, __LINE__, name)
/* Hears one TELL and gives who said it, as the kernel translates it for this process (unix(7) SCM_CREDENTIALS). */
#define HEAR_SENDER(name) child_hear_sender(__FILE__, __LINE__, name)
/* TELL, then EXITS with 0: the end of a child whose block ends in HEAR. */
#define DISMISS(name)                                                                                        \
	do {                                                                                                 \
		TELL(name);                                                                                  \
		EXITS(name, 0);                                                                              \
	} while (0)

/* Waits until `fd` is readable (POLLIN, also the end of a pidfd's process), or the test is over. */
#define AWAIT(fd) child_await(__FILE__, __LINE__, fd)
/* True if `fd` is readable now: only after an event that orders it, never after a delay. */
bool ready(int fd);

/*
 * Payloads: blocks that run after an execve(2) of this very program, for what needs a fresh image (vfork,
 * time namespaces, dumpability). `outer` is the channel of the CHILD that called EXEC.
 *
 *	PAYLOAD(reporter)
 *	{
 *		TELL(outer, getpid());
 *	}
 *	...
 *	CHILD(box, NS_PID) { EXEC(box, reporter); }
 */
struct payload {
	const char *group, *name;
	void (*run)(struct child *outer);
};

#define PAYLOAD(name_)                                                                                       \
	static void payload_##name_(struct child *outer);                                                    \
	static const struct payload name_##_payload = {GROUP, #name_, payload_##name_};                      \
	static const struct payload *const name_##_payload_entry                                             \
		__attribute__((used, section("ns_payloads"))) = &name_##_payload;                            \
	static void payload_##name_(struct child *outer __attribute__((unused)))
#define EXEC(name, payload_) child_exec(__FILE__, __LINE__, name, &payload_##_payload, NULL)
/* The same out of a file that program_make made, for what execve(2) reads off a file: owner, mode, capabilities. */
#define EXEC_FILE(name, payload_, file) child_exec(__FILE__, __LINE__, name, &payload_##_payload, file)

/* Makes a copy of this program with an owner and a mode. -1 with errno. */
int program_make(const char *file, uid_t uid, gid_t gid, mode_t mode);

/* The payload called "suite.group.name"; NULL if there is none. */
const struct payload *payload_find(const char *name);

/* Runs the payload that argv and the environment ask for, if they do; then it does not return. */
void payload_main(int argc, char **argv);

/* The functions behind the verbs. */
struct child *child_start(const char *file, int line, const char *role, const struct child_options *options);
void child_end(struct child *child) __attribute__((noreturn));
bool child_visit(const char *file, int line, const struct child *host, int flags);
void child_exits(const char *file, int line, struct child *child, int status);
void child_dies_by(const char *file, int line, struct child *child, int sig);
void child_kill(const char *file, int line, struct child *child);
siginfo_t child_wait(const char *file, int line, struct child *child);
void child_await_zombie(const char *file, int line, struct child *child);
void child_tell(const char *file, int line, struct child *child, long long value);
long long child_hear(const char *file, int line, struct child *child);
void child_tell_text(const char *file, int line, struct child *child, const char *text);
const char *child_hear_text(const char *file, int line, struct child *child);
void child_give_fd(const char *file, int line, struct child *child, int fd);
int child_take_fd(const char *file, int line, struct child *child);
struct ucred child_hear_sender(const char *file, int line, struct child *child);
void child_await(const char *file, int line, int fd);
void child_exec(const char *file, int line, struct child *child, const struct payload *payload,
		const char *program) __attribute__((noreturn));

/* In a process that is no CHILD: goes on as if its block began here, over `child`, and ends after it. */
void child_run(struct child *child, const struct payload *payload) __attribute__((noreturn));

/* Fails the test if a child of this process was never joined or a stray ended badly; for the test's end. */
void child_all_joined(const char *file, int line);

#endif
