// SPDX-License-Identifier: GPL-2.0-only
/* The cgroup of a container. cgroup_namespaces(7), cgroups(7) */
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.cgroup"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(rooted)
{
	const struct mountinfo *m = OK(mnt_at("/sys/fs/cgroup"));

	IS(cgroup_of(0), "/");
	IS(m->type, "cgroup2");
	IS(m->root, "/");
	HOLDS(!file_exists("/sys/fs/cgroup/../cgroup.procs"));
	HOLDS(file_exists("/sys/fs/cgroup/cgroup.procs"));
	HEAR(outer);
}

CASE(root_is_own_cgroup)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, rooted, .map = f->map);
		IS(cgroup_of(box->pid), container_of(box)->cgroup);
		IS_NOT(cgroup_of(0), container_of(box)->cgroup);
		DISMISS(box);
	}
}

/* Makes children until the kernel refuses; how many there are. */
static int fork_until_refused(void)
{
	int made = 0;
	pid_t pid;

	while ((pid = fork()) > 0 && made < 64)
		made++;
	if (pid == 0) {
		pause();
		_exit(0);
	}
	GAVE(EAGAIN);
	return made;
}

static void end_children(int count)
{
	kill(-1, SIGKILL); /* all but process 1, which this is */
	while (count-- > 0)
		MUST(waitpid(-1, NULL, 0));
}

/* Every cgroup that can be seen is the own one or below it: no place to flee to. */
static bool can_write(const char *file)
{
	int fd = open(path("/sys/fs/cgroup/%s", file), O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, "max", 3) == 3;

	close(fd);
	return done;
}

PAYLOAD(limited)
{
	IS(getpid(), 1);
	int first = fork_until_refused();
	TELL(outer, first);
	HOLDS(!can_write("pids.max"));
	HOLDS(!can_write("../pids.max"));
	HEAR(outer);
	end_children(first);
	int second = fork_until_refused();
	TELL(outer, second);
	end_children(second);
	file_write("/sys/fs/cgroup/../cgroup.procs", "1");
	file_write("/sys/fs/cgroup/cgroup.procs", "1");
	TELL(outer);
	HEAR(outer);
}

CASE(limits_hold_and_cannot_be_lifted)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, limited, .map = f->map, .pids_max = 5);
		const char *limit = cgroup_file(path("%s/pids.max", container_of(box)->place));
		IS(HEAR(box), 4);
		IS(file_read(limit), "5");
		OK(file_write(limit, "9"));
		TELL(box);
		IS(HEAR(box), 8);
		HEAR(box);
		IS(cgroup_of(box->pid), container_of(box)->cgroup);
		DISMISS(box);
	}
}
