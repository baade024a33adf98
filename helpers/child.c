// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/claim.h"
#include "helpers/compat.h"
#include "helpers/creds.h"
#include "helpers/idmap.h"
#include "helpers/kconfig.h"
#include "helpers/record.h"
#include "helpers/sabotage.h"
#include "helpers/self.h"
#include "helpers/scm.h"

/* The children of this process, newest first; in a child it starts empty. */
static struct child *children;
/* The channel to the creator, which children of this process must not inherit. */
static struct child *outward;

#define BROKEN(...) record_end(RECORD_ERROR, file, line, __VA_ARGS__)

/* Where the kernel stores the thread id that glibc caches; a raw clone3 must have it refreshed, as fork() does. */
static uint64_t cached_tid_address(void)
{
	int *address = NULL;

	return prctl(PR_GET_TID_ADDRESS, &address, 0, 0, 0) == 0 ? (uint64_t)(uintptr_t)address : 0;
}

pid_t fork_into(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP | CLONE_CHILD_SETTID,
		.child_tid = cached_tid_address(),
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup,
	};

	if (!args.child_tid)
		args.flags &= ~(uint64_t)CLONE_CHILD_SETTID;
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void channel_make(const char *file, int line, int ends[2])
{
	int on = 1, made = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);

	/* Asked of the configuration, or a kernel that refuses what it has would be skipped. */
	if (made < 0 && kconfig("CONFIG_UNIX") != 'y')
		record_end(RECORD_SKIP, file, line, "no UNIX sockets, by which a child and its maker speak");
	if (made < 0 || setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		BROKEN("cannot make a channel to a child: %s", errno_name(errno));
}

/* In the new child: only its own end of its own channel stays open, or no peer would ever see an end of file. */
static void become_child(struct child *child, int own_end, int other_end)
{
	close(other_end);
	for (struct child *sibling = children; sibling; sibling = sibling->next) {
		close(sibling->channel);
		close(sibling->pidfd);
	}
	children = NULL;
	if (outward)
		close(outward->channel);
	outward = child;
	child->channel = own_end;
	child->inside = true;
	child->pid = 0;
	child->pidfd = -1;
	record_enter_role(child->role);
}

/* The child's part of its options, before its block starts. */
static void prepare(const char *file, int line, struct child *child, const struct child_options *options)
{
	if (options->map) {
		child_hear(file, line, child); /* the maps are written */
		if (setgroups_none() < 0 && errno != EPERM)
			BROKEN("cannot drop the groups: %s", errno_name(errno));
		if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
			BROKEN("cannot become uid 0 of the new user namespace: %s", errno_name(errno));
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	}
	if (options->uid && become_unprivileged(options->uid) < 0)
		BROKEN("cannot become uid %u: %s", options->uid, errno_name(errno));
}

struct child *child_start(const char *file, int line, const char *role, const struct child_options *options)
{
	struct child *child = calloc(1, sizeof(*child));
	int ends[2];

	if (!child)
		BROKEN("out of memory");
	child->role = role;
	child->file = file;
	child->line = line;
	channel_make(file, line, ends);
	struct clone_args args = {
		.flags = sabotage_flags(options->flags) | CLONE_PIDFD | CLONE_CHILD_SETTID,
		.pidfd = (uint64_t)(uintptr_t)&child->pidfd,
		.child_tid = cached_tid_address(),
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)options->set_tid,
		.set_tid_size = options->set_tid_size,
		.cgroup = (uint64_t)options->cgroup,
	};
	if (options->cgroup)
		args.flags |= CLONE_INTO_CGROUP;
	if (!args.child_tid)
		args.flags &= ~(uint64_t)CLONE_CHILD_SETTID;
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		BROKEN("cannot make child '%s': %s", role, errno_name(errno));
	if (pid == 0) {
		become_child(child, ends[1], ends[0]);
		prepare(file, line, child, options);
		return child;
	}
	close(ends[1]);
	child->channel = ends[0];
	child->pid = pid;
	child->next = children;
	children = child;
	if (options->map) {
		if (!sabotage_on() && idmap_write(pid, options->map) < 0)
			BROKEN("cannot write the id maps of '%s': %s", role, errno_name(errno));
		child_tell(file, line, child, 0);
	}
	return child;
}

void child_end(struct child *child)
{
	child_all_joined(child->file, child->line);
	close(child->channel);
	_exit(EXIT_SUCCESS);
}

bool child_visit(const char *file, int line, const struct child *host, int flags)
{
	int pidfd = (int)syscall(SYS_pidfd_open, host->pid, 0);

	if (pidfd < 0 || setns(pidfd, flags) < 0)
		BROKEN("cannot visit the namespaces of '%s': %s", host->role, errno_name(errno));
	close(pidfd);
	return true;
}

bool ready(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

/* Waits for `fd`; if the test is over first, so is this process. */
void child_await(const char *file, int line, int fd)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = record_alarm(), .events = POLLIN}};

	for (;;) {
		int n = poll(p, 2, -1);
		if (n < 0 && errno != EINTR)
			BROKEN("cannot wait for an event: %s", errno_name(errno));
		if (n > 0 && p[0].revents & POLLNVAL)
			BROKEN("cannot wait for an event: %s", errno_name(EBADF));
		if (n > 0 && p[0].revents)
			return;
		if (n > 0)
			record_follow();
	}
}

static siginfo_t wait_end(const char *file, int line, struct child *child, int options)
{
	siginfo_t info = {0};

	if (child->joined)
		BROKEN("'%s' was joined already", child->role);
	if (child->inside)
		BROKEN("the block of '%s' was left by break or return", child->role);
	child_await(file, line, child->pidfd);
	if (child->end) {
		if (options & WNOWAIT)
			return info; /* the zombie is somebody else's */
		info = child->end(file, line, child);
	}
	while (!child->end && waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | options) < 0)
		if (errno != EINTR)
			BROKEN("cannot wait for '%s': %s", child->role, errno_name(errno));
	if (!(options & WNOWAIT)) {
		child->joined = true;
		close(child->channel);
		close(child->pidfd);
		child->channel = child->pidfd = -1;
	}
	if (record_get()->kind != RECORD_NONE)
		record_follow();
	return info;
}

static void how_it_ended(const siginfo_t *info, char *text, size_t size)
{
	if (info->si_code == CLD_EXITED)
		snprintf(text, size, "exited with status %d", info->si_status);
	else
		snprintf(text, size, "was killed by SIG%s", sigabbrev_np(info->si_status));
}

static void ends(const char *file, int line, struct child *child, int code, int status)
{
	siginfo_t info = wait_end(file, line, child, 0);
	bool killed = info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED;
	char how[64];

	if (code == CLD_KILLED && child->mute)
		return;
	if (info.si_status == status && (code == CLD_EXITED ? info.si_code == CLD_EXITED : killed))
		return;
	how_it_ended(&info, how, sizeof(how));
	if (code == CLD_EXITED)
		record_end(RECORD_FAIL, file, line, "'%s' %s, expected exit status %d", child->role, how,
			   status);
	record_end(RECORD_FAIL, file, line, "'%s' %s, expected death by SIG%s", child->role, how,
		   sigabbrev_np(status));
}

void child_exits(const char *file, int line, struct child *child, int status)
{
	ends(file, line, child, CLD_EXITED, status);
}

void child_dies_by(const char *file, int line, struct child *child, int sig)
{
	ends(file, line, child, CLD_KILLED, sig);
}

void child_kill(const char *file, int line, struct child *child)
{
	if (syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0) < 0)
		BROKEN("cannot kill '%s': %s", child->role, errno_name(errno));
	ends(file, line, child, CLD_KILLED, SIGKILL);
}

siginfo_t child_wait(const char *file, int line, struct child *child)
{
	return wait_end(file, line, child, 0);
}

void child_await_zombie(const char *file, int line, struct child *child)
{
	wait_end(file, line, child, WNOWAIT);
}

static void say(const char *file, int line, struct child *child, const void *data, size_t size, int fd)
{
	struct scm with = scm_fd(fd);

	if (scm_send(child->channel, data, size, &with) >= 0)
		return;
	int err = errno;
	if (record_get()->claimed)
		record_end(RECORD_ERROR, file, line, "the test is over");
	record_end(RECORD_FAIL, file, line, "%s'%s' ended before it could be told: %s",
		   child->inside ? "the creator of " : "", child->role, errno_name(err));
}

/* Waits for one message of the channel; an end of file is the end of the peer, which fails the test. */
static ssize_t listen_to(const char *file, int line, struct child *child, void *data, size_t size,
			 struct scm *with)
{
	ssize_t got;

	child_await(file, line, child->channel);
	while ((got = scm_receive(child->channel, data, size, 0, with)) < 0 && errno == EINTR)
		;
	if (got <= 0) {
		if (record_get()->claimed)
			record_end(RECORD_ERROR, file, line, "the test is over");
		if (child->inside)
			record_end(RECORD_ERROR, file, line, "the creator of '%s' ended before it told",
				   child->role);
		siginfo_t info = wait_end(file, line, child, 0);
		char how[64];
		how_it_ended(&info, how, sizeof(how));
		record_end(RECORD_FAIL, file, line, "'%s' %s before it told", child->role, how);
	}
	return got;
}

void child_tell(const char *file, int line, struct child *child, long long value)
{
	say(file, line, child, &value, sizeof(value), -1);
}

long long child_hear(const char *file, int line, struct child *child)
{
	long long value = 0;
	struct scm with;

	if (listen_to(file, line, child, &value, sizeof(value), &with) != sizeof(value))
		BROKEN("'%s' told something else than a value", child->role);
	return value;
}

void child_tell_text(const char *file, int line, struct child *child, const char *text)
{
	say(file, line, child, text, strlen(text) + 1, -1);
}

const char *child_hear_text(const char *file, int line, struct child *child)
{
	static char texts[4][4096];
	static unsigned int turn;
	char *text = texts[turn++ % 4];
	struct scm with;

	ssize_t got = listen_to(file, line, child, text, sizeof(texts[0]), &with);
	if (text[got - 1])
		BROKEN("'%s' told something else than a text", child->role);
	return text;
}

void child_give_fd(const char *file, int line, struct child *child, int fd)
{
	say(file, line, child, "", 1, fd);
}

int child_take_fd(const char *file, int line, struct child *child)
{
	struct scm with;
	char byte;

	listen_to(file, line, child, &byte, 1, &with);
	if (with.fds[0] < 0)
		BROKEN("'%s' gave no descriptor", child->role);
	return with.fds[0];
}

struct ucred child_hear_sender(const char *file, int line, struct child *child)
{
	struct scm with;
	long long value;

	listen_to(file, line, child, &value, sizeof(value), &with);
	if (with.who.pid == -1)
		BROKEN("'%s' told without credentials", child->role);
	return with.who;
}

void child_all_joined(const char *file, int line)
{
	if (record_get()->kind != RECORD_NONE)
		record_follow();
	for (struct child *child = children; child; child = child->next)
		if (!child->joined)
			BROKEN("child '%s' was never joined", child->role);
	for (;;) {
		siginfo_t info = {0};
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
			break;
		if (info.si_code == CLD_EXITED && info.si_status == 0)
			continue;
		char how[64];
		how_it_ended(&info, how, sizeof(how));
		record_end(RECORD_FAIL, file, line, "a stray process %s", how);
	}
}

/* Payloads */

#define PAYLOAD_VARIABLE "NSCHECK_PAYLOAD"

extern const struct payload *const __start_ns_payloads[] __attribute__((weak));
extern const struct payload *const __stop_ns_payloads[] __attribute__((weak));

int program_make(const char *file, uid_t uid, gid_t gid, mode_t mode)
{
	struct stat st;
	off_t from = 0;
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);

	if (fd < 0)
		return -1;
	if (fstat(self_exe(), &st) == 0)
		while (from < st.st_size && sendfile(fd, self_exe(), &from, (size_t)(st.st_size - from)) > 0)
			;
	int done = from && from == st.st_size && fchown(fd, uid, gid) == 0 && fchmod(fd, mode) == 0 ? 0 : -1;
	int err = errno;
	close(fd);
	errno = err;
	return done;
}

void child_exec(const char *file, int line, struct child *child, const struct payload *payload,
		const char *program)
{
	char name[128], kept[300], role_and_channel[400];
	char *argv[] = {name, NULL}, *envp[] = {role_and_channel, NULL};

	record_export(kept, sizeof(kept));
	fcntl(child->channel, F_SETFD, 0);
	snprintf(name, sizeof(name), "%s.%s", payload->group, payload->name);
	snprintf(role_and_channel, sizeof(role_and_channel), PAYLOAD_VARIABLE "=%d %d %s", child->channel,
		 sabotage_on(), kept);
	if (program)
		execve(program, argv, envp);
	else
		execveat(self_exe(), "", argv, envp, AT_EMPTY_PATH);
	BROKEN("cannot execute payload %s: %s", name, errno_name(errno));
}

const struct payload *payload_find(const char *name)
{
	char full[128];

	for (const struct payload *const *p = __start_ns_payloads; p < __stop_ns_payloads; p++) {
		snprintf(full, sizeof(full), "%s.%s", (*p)->group, (*p)->name);
		if (strcmp(full, name) == 0)
			return *p;
	}
	return NULL;
}

void child_run(struct child *child, const struct payload *payload)
{
	outward = child;
	payload->run(child);
	child_end(child);
}

void payload_main(int argc, char **argv)
{
	const char *handed = getenv(PAYLOAD_VARIABLE);
	static struct child outer = {
		.role = "outer", .file = __FILE__, .line = __LINE__, .pidfd = -1, .inside = true};
	int used = 0, sabotaged = 0;

	if (!handed || argc < 1)
		return;
	if (sscanf(handed, "%d %d %n", &outer.channel, &sabotaged, &used) < 2 ||
	    !record_import(handed + used))
		_exit(RECORD_EXIT);
	fcntl(outer.channel, F_SETFD, FD_CLOEXEC);
	self_prepare();
	if (sabotaged)
		sabotage_set(true);
	const struct payload *payload = payload_find(argv[0]);
	if (!payload)
		record_end(RECORD_ERROR, "helpers/child.c", __LINE__, "no payload is called %s", argv[0]);
	child_run(&outer, payload);
}
