// SPDX-License-Identifier: GPL-2.0-only
/* util-linux as second opinion: unshare(1), nsenter(1), lsns(8) */
#include "helpers/utsname.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.tool"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(idle)
{
	HEAR(outer);
}

CASE(unshare_pid_fork_mount_proc, .unsabotaged = "unshare(1) makes the calls itself")
{
	MUST(file_put("/tmp/first", "echo $$\ncd /proc\necho [0-9]*\nreadlink /proc/self/ns/pid\n"));
	const char *said = OK(tool_output("unshare --pid --fork --mount-proc sh /tmp/first"));
	HOLDS(strncmp(said, "1\n1\npid:[", strlen("1\n1\npid:[")) == 0);
	IS_NOT(strstr(said, "pid:["), link_read("/proc/self/ns/pid"));

	MUST(file_put("/tmp/second", "exec >/tmp/said 2>&1\necho $$\n(exit 0)\n(exit 0)\necho both\n"));
	HOLDS(OK(tool("unshare --pid sh /tmp/second")) != 0);
	said = MUST(file_read("/tmp/said"));
	IS_NOT(atoi(said), 1);
	HOLDS(strstr(said, strerror(ENOMEM)));
	HOLDS(!strstr(said, "both"));
}

PAYLOAD(joined)
{
	claim_joined();
	TELL_TEXT(outer, OK(identity("/")));
	HEAR(outer);
}

static void by_nsenter(const struct container *c, const struct container_process *p)
{
	execl("/bin/nsenter", "nsenter", "-t", path("%d", c->pid), "-a", p->argv[0], p->argv[1], p->argv[2],
	      p->argv[3], (char *)NULL);
	_exit(127);
}

CASE(nsenter_all_equals_setns)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, idle, .map = f->map, .hostname = "box");
		give_address(box);
		CONTAINER_EXEC_BY(command, box, joined, by_nsenter);
		IS(not_shared(box->pid, command->pid), 0);
		IS(not_shared(0, command->pid), container_of(box)->namespaces);
		IS(HEAR_TEXT(command), identity(container_of(box)->root));
		DISMISS(command);
		DISMISS(box);
	}
}

/* The process that lsns names for a namespace; 0 if no line is about it, -1 if several are. */
static long long named_by(const char *listing, long long ns, const char *type)
{
	char line[128], its_type[16];
	long long pid = -1, found = 0, id;
	int lines = 0;

	for (; *listing; listing += strcspn(listing, "\n"), listing += *listing == '\n') {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(listing, "\n"), listing);
		if (sscanf(line, "%lld %15s %lld", &id, its_type, &pid) == 3 && id == ns &&
		    strcmp(its_type, type) == 0) {
			found = pid;
			lines++;
		}
	}
	return lines > 1 ? -1 : found;
}

/* The lowest number of a process in a namespace: runtimes may have a process of their own in some. */
static pid_t first_of(long long ns, const char *type)
{
	pid_t all[STARTED_MAX], first = -1;
	int count = started_here(all, STARTED_MAX);

	for (int i = 0; i < count; i++)
		if ((first < 0 || all[i] < first) && ns_id(all[i], type) == ns)
			first = all[i];
	return first;
}

#define LSNS "lsns -n -o NS,TYPE,PID"

PAYLOAD(lister)
{
	const char *listing = OK(tool_output(LSNS));
	long long host = HEAR(outer);

	IS(named_by(listing, ns_id(0, "pid"), "pid"), 1);
	IS(named_by(listing, host, "pid"), 0);
	TELL(outer);
	HEAR(outer);
}

static void claim_listed(const char *listing, const struct child *box)
{
	struct ns_ids ids;

	MUST(ns_ids(box->pid, &ids));
	for (int i = 0; i < NS_TYPES; i++)
		if (ns_types[i].flag & container_of(box)->namespaces) {
			NOTE("%s, %s", container_of(box)->config->map ? "rootless" : "rootful",
			     ns_types[i].name);
			IS(named_by(listing, ids.now[i], ns_types[i].name),
			   first_of(ids.now[i], ns_types[i].name));
		}
}

CASE(lsns_agrees_on_inodes_and_owners)
{
	struct child *boxes[2];
	int count = 0;

	EACH_FLAVOUR(f)
	{
		CONTAINER(box, lister, .map = f->map, .shell = true);
		TELL(box, ns_id(0, "pid"));
		HEAR(box);
		boxes[count++] = box;
	}
	char *listing = strdup(OK(tool_output(LSNS)));
	HOLDS(named_by(listing, ns_id(0, "pid"), "pid") > 0);
	while (count-- > 0) {
		claim_listed(listing, boxes[count]);
		DISMISS(boxes[count]);
	}
	free(listing);
}
