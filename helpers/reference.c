// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reference runtime: a container as the manual pages would have it, in one process that lasts as long as
 * the container. It is the yardstick for the others, so it claims everything.
 */
#include "helpers/reference.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/cgroup.h"
#include "helpers/claim.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/link.h"
#include "helpers/mnt.h"
#include "helpers/proc.h"
#include "helpers/sabotage.h"
#include "helpers/timens.h"
#include "helpers/utsname.h"

#define REFUSED 125 /* exit status of a runtime that did not get as far as the payload */

static const char *const environment[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", NULL};

int reference_need(int result, const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	if (result >= 0)
		return result;
	va_start(ap, fmt);
	vdprintf(STDERR_FILENO, fmt, ap);
	va_end(ap);
	dprintf(STDERR_FILENO, ": %s\n", errno_name(err));
	_exit(REFUSED);
}

bool reference_forgets(const char *part)
{
	return runtime_fault(part);
}

/* Namespaces by path: each must be of the type that it is given for (setns(2), nstype). */
static void join(const struct container_config *config)
{
	for (size_t i = 0; i < 4 && config->join[i].type; i++) {
		const struct container_join *j = &config->join[i];
		int fd = NEED(open(j->path, O_RDONLY | O_CLOEXEC), "%s", j->path);
		NEED(setns(fd, reference_forgets("join_type") ? 0 : j->type), "joining %s", j->path);
		close(fd);
	}
}

static void make_cgroup(const struct container *c)
{
	const struct container_config *config = c->config;

	if (!c->cgroup)
		return;
	NEED(cgroup_make(c->name), "making cgroup %s", c->cgroup);
	if (config->pids_max && !reference_forgets("limits"))
		NEED(file_write(path("%s/pids.max", cgroup_file(c->name)), path("%lld", config->pids_max)),
		     "pids.max");
	if (config->memory_max && !reference_forgets("limits"))
		NEED(file_write(path("%s/memory.max", cgroup_file(c->name)),
				path("%lld", config->memory_max)),
		     "memory.max");
}

/* The container's cgroup; -1 if a process in it is none, or is to be forgotten there. */
static int open_cgroup(const struct container *c, const char *fault)
{
	if (!c->cgroup || reference_forgets(fault))
		return -1;
	return NEED(open(cgroup_file(c->name), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "cgroup %s", c->cgroup);
}

/*
 * A process that is born into a cgroup (clone(2), CLONE_INTO_CGROUP; -1: the caller's). To move one would have the
 * kernel stop all forks and exits for it, which takes a grace period of RCU.
 */
static pid_t clone_into(int cgroup, unsigned long long flags)
{
	struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (__u64)cgroup;
	}
	return ns_clone3_raw(&args, sizeof(args));
}

/* The end of a pipe: the first process of a new user namespace waits on it until it is mapped. */
static void wait_for(int end)
{
	char byte;

	if (read(end, &byte, 1) != 1)
		_exit(REFUSED);
	close(end);
}

static void become_root_inside(const struct container *c, int go)
{
	if (!(c->namespaces & NS_USER))
		return;
	wait_for(go);
	if (!c->config->unprivileged)
		NEED(setgroups_none(), "setgroups");
	NEED(setresgid(0, 0, 0), "setresgid");
	NEED(setresuid(0, 0, 0), "setresuid");
	NEED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable"); /* or /proc/self would not be its own */
}

static void set_names(const struct container *c)
{
	const struct container_config *config = c->config;

	if (!(c->namespaces & NS_UTS))
		return;
	NEED(hostname_set(config->hostname ? config->hostname : c->name), "sethostname");
	if (config->domainname)
		NEED(domainname_set(config->domainname), "setdomainname");
}

/* A time namespace's offsets can be written until a process is in it (time_namespaces(7)). */
static void set_clocks(const struct container *c)
{
	const struct container_config *config = c->config;

	if (!(c->namespaces & NS_TIME) || reference_forgets("ns_time"))
		return;
	NEED(timens_unshare(config->monotonic, config->boottime), "time namespace");
	int ns = NEED(ns_open(0, "time_for_children"), "time namespace");
	NEED(setns(ns, NS_TIME), "time namespace");
	close(ns);
}

static void drop_capabilities(const struct container_config *config)
{
	unsigned long long keep = config->capabilities ? config->capabilities : CONTAINER_CAPS;
	cap_t now = cap_get_proc();

	if (reference_forgets("capabilities"))
		return;
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		if (keep & 1ULL << cap)
			continue;
		NEED(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "bounding set");
	}
	NEED(now ? cap_clear_flag(now, CAP_INHERITABLE) : -1, "capabilities");
	NEED(cap_set_proc(now), "inheritable set");
	cap_free(now);
	NEED(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
}

static void make_inheritable(void)
{
	cap_t now = cap_get_proc();
	cap_value_t cap = CAP_NET_RAW;

	if (now && cap_set_flag(now, CAP_INHERITABLE, 1, &cap, CAP_SET) == 0)
		cap_set_proc(now);
	cap_free(now);
}

/* The last steps of every process that goes into a container: what it may do, and the program. */
static void become_process(const struct container *c, const struct container_process *p)
{
	const struct container_config *config = c->config;

	if (p == &c->process || !reference_forgets("exec_capabilities"))
		drop_capabilities(config);
	if (reference_forgets("inheritable"))
		make_inheritable();
	if (p->uid) {
		NEED(setgroups_none(), "setgroups");
		NEED(setresgid(p->uid, p->uid, p->uid), "setresgid");
		NEED(setresuid(p->uid, p->uid, p->uid), "setresuid");
	}
	if (config->no_new_privs && !reference_forgets("no_new_privs"))
		NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	execve(p->argv[0], (char *const *)p->argv, (char *const *)environment);
	_exit(REFUSED + 2);
}

/* A payload that a signal killed is told as the shell does. */
static void end_like(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			_exit(REFUSED);
	if (reference_forgets("status"))
		_exit(0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* A first process that waits for its one child, which goes on, and for nobody else. */
static void stay_in_front(void)
{
	pid_t pid = NEED(fork(), "fork");

	if (pid)
		end_like(pid);
}

/* The first process of the container, from its birth to the payload. */
static void init(const struct container *c, int go)
{
	become_root_inside(c, go);
	if (c->namespaces & NS_CGROUP && !reference_forgets("ns_cgroup"))
		NEED(unshare(NS_CGROUP), "cgroup namespace");
	set_names(c);
	set_clocks(c);
	if (c->namespaces & NS_NET && !reference_forgets("loopback"))
		NEED(link_up("lo"), "loopback");
	reference_root(c);
	if (reference_forgets("reaping"))
		stay_in_front();
	become_process(c, &c->process);
}

static unsigned long long clone_flags(const struct container *c)
{
	unsigned long long flags = (unsigned int)(c->namespaces & ~(NS_CGROUP | NS_TIME));

	FOR_EACH_NS_TYPE(t)
		if (reference_forgets(path("ns_%s", t->name)))
			flags &= ~(unsigned long long)(unsigned int)t->flag;
	return flags;
}

static const char *map_of(const struct container_config *config)
{
	static char self[32];

	snprintf(self, sizeof(self), "0 %u 1", geteuid());
	if (reference_forgets("root_to_root"))
		return "0 0 65536";
	return config->map ? config->map : self;
}

/* The faults that are no omissions, but deeds. */
static void leak(const char *fault)
{
	if (reference_forgets(fault))
		NEED(open("/", O_RDONLY | O_DIRECTORY), "the host's root"); /* without O_CLOEXEC */
}

/* A process that stays in the container's UTS namespace when that has ended. */
static void linger(pid_t pid)
{
	int ns = NEED(ns_open(pid, "uts"), "UTS namespace");

	if (fork() == 0) {
		setns(ns, NS_UTS);
		pause();
	}
	close(ns);
}

/* Before it executes the payload, the host's program can be looked into by its equals, for as long as 50 looks take. */
static void show_itself(const struct container *c)
{
	drop_capabilities(c->config);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	poll(NULL, 0, 50);
}

static void run(const struct container *c)
{
	int go[2];

	leak("leak_fd");
	make_cgroup(c);
	int cgroup = open_cgroup(c, "cgroup");
	join(c->config);
	if (c->config->unprivileged)
		NEED(become_unprivileged(UNPRIVILEGED), "becoming an ordinary user");
	NEED(pipe2(go, O_CLOEXEC), "pipe");
	pid_t pid = NEED(clone_into(cgroup, clone_flags(c)), "clone");
	if (pid == 0) {
		close(go[1]);
		init(c, go[0]);
	}
	close(go[0]);
	if (clone_flags(c) & NS_USER && !sabotage_on())
		NEED(idmap_write(pid, map_of(c->config)), "id maps");
	if (reference_forgets("leaving"))
		linger(pid);
	if (c->namespaces & NS_USER) /* nobody else reads it */
		NEED((int)write(go[1], "", 1), "starting");
	close(go[1]);
	end_like(pid);
}

/*
 * Joins what the payload is in. Not dumpable before and after: nobody inside may look into a process that
 * still has the host's program mapped (CVE-2016-9962).
 */
static void enter(const struct container *c)
{
	int flags = 0, pidfd = NEED(pidfd_open(c->pid, 0), "the container's first process");
	struct ns_ids own, its;

	NEED(ns_ids(0, &own), "namespaces");
	NEED(ns_ids(c->pid, &its), "namespaces of the container");
	flags = ns_differ(&own, &its);
	NEED(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
	FOR_EACH_NS_TYPE(t)
		if (reference_forgets(path("exec_%s", t->name)))
			flags &= ~t->flag;
	NEED(flags ? setns(pidfd, flags) : 0, "joining the container");
	close(pidfd);
}

/* In the process that has joined: its child is in the PID namespace as well, and the waiting parent's to reap. */
static pid_t sibling(void)
{
	return (pid_t)syscall(SYS_clone, (unsigned long)CLONE_PARENT, NULL, NULL, NULL, 0UL);
}

static void exec_inside(const struct container *c, const struct container_process *process)
{
	if (c->namespaces & NS_USER) {
		NEED(setresgid(0, 0, 0), "setresgid");
		NEED(setresuid(0, 0, 0), "setresuid");
	}
	NEED(chdir("/"), "working directory");
	if (reference_forgets("hiding"))
		show_itself(c);
	become_process(c, process);
}

/* The process that waits stays outside: a second one joins, and makes the third, which is inside. */
static void exec(const struct container *c, const struct container_process *process)
{
	int told[2];
	pid_t inside = -1;

	leak("exec_leak_fd");
	NEED(pipe2(told, O_CLOEXEC), "pipe");
	pid_t joiner = NEED(clone_into(open_cgroup(c, "exec_cgroup"), 0), "clone");
	if (joiner == 0) {
		enter(c);
		pid_t pid = NEED(sibling(), "clone");
		if (pid == 0)
			exec_inside(c, process);
		_exit(write(told[1], &pid, sizeof(pid)) == sizeof(pid) ? 0 : REFUSED);
	}
	close(told[1]);
	NEED(waitpid(joiner, NULL, 0), "joining");
	if (read(told[0], &inside, sizeof(inside)) != sizeof(inside))
		_exit(REFUSED);
	end_like(inside);
}

RUNTIME(reference, .claims = RUNTIME_ALL, .run = run, .exec = exec);
