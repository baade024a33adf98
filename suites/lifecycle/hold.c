// SPDX-License-Identifier: GPL-2.0-only
/* What else keeps a namespace than its processes, and what does not. namespaces(7) "Namespace lifetime" */
#include <pthread.h>
#include <semaphore.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.hold"

CASE(leaving_by_setns_frees)
{
	static const int flags[] = {NS_CGROUP, NS_IPC, NS_NET, NS_UTS};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		NOTE("%s namespace", ns_type(flags[i])->label);
		COUNTED(box, flags[i], 2) {
			OK(unshare(flags[i])); /* one to come back to that the box owns */
			int home = MUST(ns_open(0, ns_type(flags[i])->name));
			OK(unshare(flags[i]));
			OTHER_NS(0, BEHIND(home), flags[i]);
			FAILS(ENOSPC, ns_one_more(flags[i]));
			OK(setns(home, flags[i]));
			FREED(flags[i]);
		}
		EXITS(box, 0);
	}
}

CASE(ancestors_are_charged_and_released)
{
	COUNTED(parent, NS_UTS, 1) {
		CHILD(child, NS_USER, .map = "0 0 65536") {
			HOLDS(file_number("/proc/sys/user/max_uts_namespaces") > 1);
			CHILD(member, NS_UTS) {
				HEAR(member);
			}
			FAILS(ENOSPC, ns_one_more(NS_UTS));
			TELL(child);
			HEAR(child);
			KILL(member);
			FREED(NS_UTS);
			TELL(child);
			HEAR(child);
		}
		HEAR(child);
		FAILS(ENOSPC, ns_one_more(NS_UTS));
		TELL(child);
		HEAR(child);
		FREED(NS_UTS);
		DISMISS(child);
	}
	EXITS(parent, 0);
}

/* A thread that is alone in a UTS namespace until it is let go. */
struct mover {
	pthread_t thread;
	pid_t tid;
	sem_t moved, let_go;
};

static void *move_away(void *mover)
{
	struct mover *m = mover;

	OK(unshare(NS_UTS));
	m->tid = gettid();
	sem_post(&m->moved);
	sem_wait(&m->let_go);
	return NULL;
}

static void mover_start(struct mover *m)
{
	MUST(sem_init(&m->moved, 0, 0));
	MUST(sem_init(&m->let_go, 0, 0));
	IS(pthread_create(&m->thread, NULL, move_away, m), 0);
	MUST(sem_wait(&m->moved));
}

static void mover_end(struct mover *m)
{
	MUST(sem_post(&m->let_go));
	IS(pthread_join(m->thread, NULL), 0);
	while (file_exists(path("/proc/self/task/%d", m->tid))) /* only then has it left its namespaces */
		sched_yield();
}

CASE(thread_counts_as_member)
{
	COUNTED(alone, NS_UTS, 1) {
		struct mover m;
		mover_start(&m);
		FAILS(ENOSPC, ns_one_more(NS_UTS));
		mover_end(&m);
		FREED(NS_UTS);
	}
	EXITS(alone, 0);
	ORDERED(watched, NS_UTS, 1) {
		struct mover m;
		mover_start(&m);
		int ns = OK(open(path("/proc/self/task/%d/ns/uts", m.tid), O_RDONLY | O_CLOEXEC));
		OTHER_NS(BEHIND(ns), 0, NS_UTS);
		HOLDER(OK(close(ns)));
		mover_end(&m);
		KEPT(NS_UTS);
		freed_by_close(ns, NS_UTS);
	}
	EXITS(watched, 0);
}

CASE(repeated_creation_does_not_leak)
{
	FOR_EACH_NS_TYPE(t) {
		NOTE("%s namespace", t->label);
		if (!ns_supported(t->flag))
			continue;
		COUNTED(box, t->flag, 1) {
			for (int round = 0; round < 4; round++)
				FREED(t->flag);
		}
		EXITS(box, 0);
	}
}

/* For each of these types: a box that may make one such namespace, and a member in that, whom `act` joins. */
static void with_a_member(int types, void (*act)(const struct ns_type *type, struct child *member))
{
	FOR_EACH_NS_TYPE(t) {
		NOTE("%s namespace", t->label);
		if (!(types & t->flag) || !ns_supported(t->flag))
			continue;
		ORDERED(box, t->flag, 1) {
			CHILD(member, t->flag) {
				HEAR(member);
			}
			FAILS(ENOSPC, ns_one_more(t->flag));
			act(t, member);
		}
		EXITS(box, 0);
	}
}

static void claim_o_path_keeps(const struct ns_type *t, struct child *member)
{
	const char *file = proc_path(member->pid, path("ns/%s", t->name));
	int by_path = MUST(open(file, O_PATH | O_CLOEXEC));

	HOLDER(OK(close(by_path)));
	KILL(member);
	KEPT(t->flag);
	int ns = OK(open(path("/proc/self/fd/%d", by_path), O_RDONLY | O_CLOEXEC));
	OTHER_NS(BEHIND(ns), 0, t->flag);
	OK(ns_try_setns(ns, t->flag));
	OK(close(ns));
	freed_by_close(by_path, t->flag);
}

CASE(o_path_descriptor)
{
	with_a_member(NS_ALL, claim_o_path_keeps);
}

/* Queues a descriptor in a socket; nobody receives it. -1 with errno of sendmsg(2). */
static ssize_t fd_queue(int sock, int fd)
{
	struct scm with = scm_fd(fd);

	return scm_send(sock, "", 1, &with);
}

CASE(descriptor_in_flight)
{
	ORDERED(box, NS_UTS, 1) {
		int ends[2];
		CHILD(member, NS_UTS) {
			HEAR(member);
		}
		MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
		int ns = MUST(ns_open(member->pid, "uts"));
		OTHER_NS(BEHIND(ns), 0, NS_UTS);
		MUST(fd_queue(ends[0], ns));
		OK(close(ns));
		HOLDER(OK(close(ends[0])); OK(close(ends[1])));
		KILL(member);
		KEPT(NS_UTS);
		OK(close(ends[0]));
		KEPT(NS_UTS);
		OK(close(ends[1]));
		FREED(NS_UTS);
	}
	EXITS(box, 0);
}

static void collect_sockets(void)
{
	int ends[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	OK(close(ends[0])); /* the end of a socket starts the collector */
	OK(close(ends[1]));
}

CASE(unix_socket_cycle_is_collected)
{
	ORDERED(box, NS_NET, 2) {
		int ends[2];
		OK(unshare(NS_NET)); /* one to come back to that the box owns */
		int home = MUST(ns_open(0, "net"));
		OK(unshare(NS_NET));
		MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
		MUST(fd_queue(ends[0], ends[0]));
		MUST(fd_queue(ends[1], ends[1]));
		OK(close(ends[0]));
		OK(close(ends[1]));
		HOLDER(collect_sockets());
		OK(setns(home, NS_NET));
		KEPT(NS_NET);

		collect_sockets();
		FREED(NS_NET);
	}
	EXITS(box, 0);
}

CASE(nsfd_inside_its_own_socket)
{
	COUNTED(box, NS_NET, 1) {
		CHILD(member, NS_NET) {
			int ends[2], ns = MUST(ns_open(0, "net"));
			MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
			MUST(fd_queue(ends[0], ns));
			OK(close(ns));
			OK(close(ends[0]));
			OK(close(ends[1]));
			TELL(member);
			HEAR(member);
		}
		HEAR(member);
		FAILS(ENOSPC, ns_one_more(NS_NET)); /* control: the member keeps it */
		DISMISS(member);
		FREED(NS_NET);
	}
	EXITS(box, 0);
}

static void claim_directory_keeps_not(const struct ns_type *t, struct child *member)
{
	int dir = MUST(open(proc_path(member->pid, "ns"), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
	    pidfd = MUST(dup(member->pidfd));

	KILL(member);
	FREED(t->flag);
	OK(close(dir));
	OK(close(pidfd));
}

CASE(proc_ns_directory_does_not_pin)
{
	with_a_member(NS_ALL & ~(NS_PID | NS_TIME), claim_directory_keeps_not);
}

CASE(pidfd_pins_pid_namespace)
{
	static const char *const holders[] = {"pidfd", "", "ns"};

	for (size_t i = 0; i < ARRAY_SIZE(holders); i++) {
		NOTE("descriptor of %s", i ? proc_path(1, holders[i]) : "a pidfd");
		ORDERED(box, NS_PID, 1) {
			CHILD(init, NS_PID) {
				HEAR(init);
			}
			int fd = MUST(i ? open(proc_path(init->pid, holders[i]), O_RDONLY | O_CLOEXEC)
					: dup(init->pidfd));
			HOLDER(OK(close(fd)));
			KILL(init);
			KEPT(NS_PID);
			freed_by_close(fd, NS_PID);
		}
		EXITS(box, 0);
	}
}

static void claim_zombie_releases(const struct ns_type *t, struct child *member)
{
	TELL(member);
	AWAIT_ZOMBIE(member);
	if (t->flag & (NS_PID | NS_USER)) {
		HOLDER(EXITS(member, 0));
		KEPT(t->flag);
	} else {
		FREED(t->flag);
	}
	EXITS(member, 0);
	FREED(t->flag);
}

CASE(zombie_releases_all_but_pid_and_user)
{
	with_a_member(NS_ALL, claim_zombie_releases);
}

CASE(bind_mount_dies_with_its_mount_namespace)
{
	ORDERED(box, NS_UTS, 1) {
		MUST(file_make("/tmp/ns"));
		CHILD(member, NS_UTS) {
			HEAR(member);
		}
		CHILD(binder, NS_MNT) {
			MUST(bind_make(proc_path(member->pid, "ns/uts"), "/tmp/ns"));
			TELL(binder);
			HEAR(binder);
		}
		HEAR(binder);
		HOLDER(KILL(binder));
		KILL(member);
		KEPT(NS_UTS);
		KILL(binder);
		FREED(NS_UTS);
	}
	EXITS(box, 0);
}

CASE(detached_bind_mount_with_open_fd)
{
	ORDERED(box, NS_UTS, 1) {
		CHILD(member, NS_UTS) {
			HEAR(member);
		}
		MUST(file_make("/tmp/ns"));
		MUST(bind_make(proc_path(member->pid, "ns/uts"), "/tmp/ns"));
		int ns = MUST(open("/tmp/ns", O_RDONLY | O_CLOEXEC));
		FAILS(EBUSY, umount("/tmp/ns"));
		OK(umount2("/tmp/ns", MNT_DETACH));
		HOLDER(OK(close(ns)));
		KILL(member);
		KEPT(NS_UTS);
		freed_by_close(ns, NS_UTS);
	}
	EXITS(box, 0);
}
