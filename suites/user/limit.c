// SPDX-License-Identifier: GPL-2.0-only
/* Resource limits and user namespaces. getrlimit(2), /proc/sys/user of namespaces(7) */
#include <mqueue.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#include "helpers/nscheck.h"

#define GROUP "user.limit"

static void set_limit(int which, rlim_t soft, rlim_t hard)
{
	const struct rlimit limit = {soft, hard};

	MUST(setrlimit(which, &limit));
}

/* How many children the caller can have at once, at most 8; one that cannot be made must give EAGAIN. */
static int children_possible(void)
{
	int gate[2], count = 0;
	pid_t pid = 0;

	MUST(pipe(gate));
	while (count < 8 && (pid = fork()) > 0)
		count++;
	if (pid == 0) {
		char byte;
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 ? 0 : 1); /* until the other end is closed */
	}
	int err = errno;
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < count; i++)
		MUST(wait(NULL));
	if (pid < 0)
		IS(err, EAGAIN);
	return count;
}

CASE(nproc_applies_to_namespace_root)
{
	CHILD(host_root, 0) {
		set_limit(RLIMIT_NPROC, 1, 1);
		IS(children_possible(), 8); /* control */
	}
	EXITS(host_root, 0);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		set_limit(RLIMIT_NPROC, 3, 3);
		IS(getuid(), 0);
		IS(children_possible(), 2);
	}
	EXITS(root, 0);
}

PAYLOAD(serve)
{
	TELL(outer);
	HEAR(outer);
}

/* Becomes the only process of uid 60000 in a user namespace of its own, and serves if it may execute anything. */
static void start_service(struct child *self)
{
	char *argv[] = {"missing", NULL}, *envp[] = {NULL};
	long long home = ns_id(0, "user");

	set_limit(RLIMIT_NPROC, 1, 1);
	MUST(setresuid(60000, 60000, 60000));
	OK(unshare(CLONE_NEWUSER));
	OTHER_NS(0, home, NS_USER);
	execve("/missing", argv, envp);
	int err = errno;
	TELL(self, err);
	if (err == ENOENT)
		EXEC(self, serve);
	HEAR(self);
}

#define BUSY 60001 /* a uid with three processes */

/* How many children one more process of that uid can have with a limit of three. */
static int children_beside(bool own)
{
	CHILD(member, 0, .uid = BUSY) {
		if (own) {
			OK(unshare(
				CLONE_NEWUSER)); /* before the limit, which would be that of the namespace as well */
			MUST(idmap_write(0, "0 60001 1"));
		}
		set_limit(RLIMIT_NPROC, 3, 3);
		TELL(member, children_possible());
	}
	int count = (int)HEAR(member);
	EXITS(member, 0);
	return count;
}

static void claim_counted_apart(int others)
{
	if (others == 0) {
		IS(children_beside(false), 0); /* control: in one namespace they are too many already */
		IS(children_beside(true), 2);
		return;
	}
	CHILD(other, 0, .uid = BUSY) {
		TELL(other);
		HEAR(other);
	}
	HEAR(other);
	claim_counted_apart(others - 1);
	DISMISS(other);
}

CASE(nproc_is_counted_per_user_namespace)
{
	claim_counted_apart(3);
	CHILD(first, 0) {
		start_service(first);
	}
	IS(HEAR(first), ENOENT);
	HEAR(first);
	CHILD(second, 0) {
		start_service(second);
	}
	IS(HEAR(second), ENOENT); /* and not EAGAIN, the answer to one process too many */
	HEAR(second);
	DISMISS(second);
	DISMISS(first);
}

/* Unshares with this soft limit, and raises it to the hard one afterwards. */
static void unshare_with_limit(int which, rlim_t soft, rlim_t hard, int flags, const char *map)
{
	set_limit(which, soft, hard);
	OK(unshare(CLONE_NEWUSER | flags));
	MUST(idmap_write(0, map));
	set_limit(which, hard, hard);
}

/* A limit of a user, low as it makes a user namespace and high afterwards, and what `probe` gives inside. */
struct ceiling {
	int which, flags;
	rlim_t low, high;
	uid_t uid; /* one with no process yet */
	int (*probe)(void);
	int free,
		capped; /* what it gives if the limit was high all the time, and if the low one counts inside */
};

static int probe_inside(const struct ceiling *c, rlim_t soft)
{
	CHILD(user, 0, .uid = c->uid) {
		unshare_with_limit(c->which, soft, c->high, c->flags, path("0 %u 1", c->uid));
		TELL(user, c->probe());
	}
	int result = (int)HEAR(user);
	EXITS(user, 0);
	return result;
}

static void creator_caps(const struct ceiling *c)
{
	IS(probe_inside(c, c->high), c->free); /* control */
	IS(probe_inside(c, c->low), c->capped);
}

CASE(nproc_of_the_creator_caps_the_namespace)
{
	creator_caps(&(struct ceiling){.which = RLIMIT_NPROC,
				       .low = 4,
				       .high = 16,
				       .uid = 3001,
				       .probe = children_possible,
				       .free = 8,
				       .capped = 3});
}

/* How many signals can be queued for the caller, at most 8; one that cannot must give EAGAIN. */
static int signals_possible(void)
{
	int count = 0, failed = 0;

	signal_block(SIGRTMIN);
	while (count < 8 && (failed = sigqueue(getpid(), SIGRTMIN, (union sigval){0})) == 0)
		count++;
	if (failed)
		GAVE(EAGAIN);
	return count;
}

CASE(sigpending_of_the_creator_caps_the_namespace)
{
	creator_caps(&(struct ceiling){.which = RLIMIT_SIGPENDING,
				       .low = 3,
				       .high = 16,
				       .uid = 3002,
				       .probe = signals_possible,
				       .free = 8,
				       .capped = 3});
}

static int error_of_a_queue(void)
{
	return mq_open("/queue", O_RDWR | O_CREAT | O_EXCL, 0600, NULL) < 0 ? errno : 0;
}

CASE(msgqueue_of_the_creator_caps_the_namespace)
{
	creator_caps(&(struct ceiling){.which = RLIMIT_MSGQUEUE,
				       .flags = CLONE_NEWIPC,
				       .low = 0,
				       .high = 819200,
				       .uid = 3003,
				       .probe = error_of_a_queue,
				       .free = 0,
				       .capped = EMFILE});
}

#define INSTANCES "/proc/sys/user/max_inotify_instances"
#define WATCHES   "/proc/sys/user/max_inotify_watches"

CASE(inotify_limits_are_per_namespace)
{
	long long instances = MUST(file_number(INSTANCES)), watches = MUST(file_number(WATCHES));

	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		OK(file_write(INSTANCES, "2"));
		OK(file_write(WATCHES, "1"));
		int fd = OK(inotify_init());
		OK(inotify_init());
		FAILS(EMFILE, inotify_init());
		CHILD(nested, NS_USER, .map = "0 0 1") {
			HOLDS(file_number(INSTANCES) > 2);
			FAILS(EMFILE, inotify_init()); /* for the limit of its ancestor */
		}
		EXITS(nested, 0);
		OK(inotify_add_watch(fd, "/tmp", IN_CREATE));
		FAILS(ENOSPC, inotify_add_watch(fd, "/", IN_CREATE));
		TELL(root);
		HEAR(root);
	}
	HEAR(root);
	IS(file_number(INSTANCES), instances);
	IS(file_number(WATCHES), watches);
	int fd = OK(inotify_init());
	OK(inotify_init());
	OK(inotify_init());
	OK(inotify_add_watch(fd, "/tmp", IN_CREATE));
	OK(inotify_add_watch(fd, "/", IN_CREATE));
	DISMISS(root);
}

#define GROUPS "/proc/sys/user/max_fanotify_groups"
#define MARKS  "/proc/sys/user/max_fanotify_marks"

CASE(fanotify_limits_are_per_namespace)
{
	long long groups = MUST(file_number(GROUPS)), marks = MUST(file_number(MARKS));
	OK(fanotify_init(0, 0)); /* control: real root may */
	MUST(mkdir("/tmp/a", 0755));
	MUST(mkdir("/tmp/b", 0755));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, fanotify_init(0, 0));
		OK(file_write(GROUPS, "1"));
		OK(file_write(MARKS, "1"));
		int fd = OK(fanotify_init(FAN_REPORT_FID, 0));
		FAILS(EMFILE, fanotify_init(FAN_REPORT_FID, 0));
		FAILS(EPERM, fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "/tmp/a"));
		FAILS(EPERM,
		      fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, "/tmp/a"));
		OK(fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/tmp/a"));
		FAILS(ENOSPC, fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/tmp/b"));
	}
	EXITS(root, 0);
	IS(file_number(GROUPS), groups);
	IS(file_number(MARKS), marks);
}
