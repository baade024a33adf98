// SPDX-License-Identifier: GPL-2.0-only
/* Which namespaces a container has. namespaces(7), OCI config-linux.md "Namespaces" */
#include <sys/shm.h>

#include "helpers/utsname.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.ns"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(idle)
{
	HEAR(outer);
}

/* Tells the numbers of all its namespaces, 0 for a type that the kernel lacks. */
PAYLOAD(member)
{
	struct ns_ids own;

	MUST(ns_ids(0, &own));
	for (int i = 0; i < NS_TYPES; i++)
		TELL(outer, own.now[i]);
	HEAR(outer);
}

static void claim_inside_agrees(struct child *process)
{
	struct ns_ids its;

	MUST(ns_ids(process->pid, &its));
	for (int i = 0; i < NS_TYPES; i++)
		IS(HEAR(process), its.now[i]);
}

static void claim_new(const char *map, long long offset)
{
	CONTAINER(box, member, .map = map, .monotonic = offset);
	IS(not_shared(0, box->pid), container_of(box)->namespaces);
	claim_inside_agrees(box);
	DISMISS(box);
}

CASE(requested_namespaces_are_new)
{
	EACH_FLAVOUR(f)
	{
		claim_new(f->map, 0);
	}
	if (ns_supported(NS_TIME) && runtime_claims(RUNTIME_TIME))
		claim_new(NULL, 1000);
}

CASE(unrequested_namespaces_are_inherited)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, member, .map = f->map, .inherit = NS_ALL & ~(NS_MNT | NS_PID));
		IS(not_shared(0, box->pid), NS_MNT | NS_PID | (f->map ? NS_USER : 0));
		claim_inside_agrees(box);
		DISMISS(box);
	}
}

PAYLOAD(named)
{
	IS(hostname(), "helper");
	HEAR(outer);
}

CASE(path_is_joined)
{
	int joined = NS_NET | NS_UTS | NS_IPC;

	CHILD(helper, joined) {
		MUST(hostname_set("helper"));
		TELL(helper);
		HEAR(helper);
	}
	HEAR(helper);
	MUST(file_make("/tmp/bound"));
	MUST(bind_make(proc_path(helper->pid, "ns/uts"), "/tmp/bound"));
	CONTAINER(box, named,
		  .join = {{NS_NET, proc_path(helper->pid, "ns/net")},
			   {NS_IPC, proc_path(helper->pid, "ns/ipc")},
			   {NS_UTS, "/tmp/bound"}});
	IS(not_shared(helper->pid, box->pid), CONTAINER_NAMESPACES & ~joined);
	IS(not_shared(0, box->pid), CONTAINER_NAMESPACES);
	DISMISS(box);
	DISMISS(helper);
	MUST(umount2("/tmp/bound", MNT_DETACH));
}

/* What a runtime leaves dead is a subreaper's to reap, and this process is one; what lives would be waited for. */
static void claim_only_child(pid_t pid)
{
	const char *children;

	while (strcmp(children = MUST(file_read("/proc/thread-self/children")), path("%d ", pid)) != 0) {
		char *rest = (char *)children;
		pid_t child;

		while ((child = (pid_t)strtol(rest, &rest, 10)))
			if (child != pid)
				MUST(waitpid(child, NULL, 0));
	}
}

CASE(path_of_wrong_type_is_refused)
{
	static const int types[] = {NS_NET, NS_IPC, NS_UTS, NS_MNT};

	CHILD(helper, NS_NET | NS_UTS | NS_IPC | NS_MNT) {
		HEAR(helper);
	}
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct ns_type *is = ns_type(types[i]),
				     *given = ns_type(types[(i + 1) % ARRAY_SIZE(types)]);
		NOTE("%s for %s", is->name, given->name);
		CONTAINER_REFUSED(idle,
				  .join = {{given->flag, proc_path(helper->pid, path("ns/%s", is->name))}});
		claim_only_child(helper->pid);
	}
	NOTE_END();
	CONTAINER(box, idle,
		  .join = {{NS_UTS, proc_path(helper->pid, "ns/uts")}}); /* control: the right one */
	DISMISS(box);
	DISMISS(helper);
}

PAYLOAD(owner)
{
	FOR_EACH_NS_TYPE(t) {
		if (!(t->flag & CONTAINER_NAMESPACES))
			continue;
		NOTE("%s", t->name);
		int fd = MUST(ns_open(0, t->name));
		SAME_NS(ns_relative(fd, NS_GET_USERNS), 0, NS_USER);
		close(fd);
	}
	NOTE_END();
	OK(hostname_set("renamed"));
	TELL(outer, ns_id(0, "user"));
	HEAR(outer);
}

CASE(owned_by_the_container_user_namespace)
{
	CONTAINER(box, owner, .map = CONTAINER_MAP, .capabilities = CONTAINER_ALL_CAPS);
	long long user = HEAR(box);
	OTHER_NS(user, 0, NS_USER);
	SAME_NS(user, box, NS_USER);
	DISMISS(box);
}

#define KEY 0x6e73

/* Has one of each, and tells when it has. */
PAYLOAD(rich)
{
	int segment = MUST(shm_make(KEY, "rich"));

	MUST(link_add_dummy("rich0"));
	MUST(unix_listen("@rich"));
	MUST(tmpfs_make("/home"));
	MUST(file_make("/home/rich"));
	CHILD(second, 0) {
		HEAR(second);
	}
	TELL(outer, second->pid);
	HEAR(outer);
	DISMISS(second);
	MUST(shmctl(segment, IPC_RMID, NULL));
}

PAYLOAD(poor)
{
	FAILS(ESRCH, kill((pid_t)HEAR(outer), 0));
	IS(hostname(), "poor");
	FAILS(ENOENT, shmget(KEY, 0, 0));
	FAILS(ENODEV, link_index("rich0"));
	FAILS(ECONNREFUSED, unix_connect("@rich"));
	HOLDS(!file_exists("/home/rich"));
	IS(mnt_count("/home"), 0);
	TELL(outer);
	HEAR(outer);
}

CASE(two_containers_share_nothing)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(one, rich, .map = f->map, .hostname = "rich", .capabilities = CONTAINER_ALL_CAPS);
		CONTAINER(other, poor, .map = f->map, .hostname = "poor", .capabilities = CONTAINER_ALL_CAPS);
		IS(not_shared(one->pid, other->pid), container_of(one)->namespaces);
		TELL(other, HEAR(one));
		HEAR(other);
		DISMISS(other);
		DISMISS(one);
	}
}

PAYLOAD(server)
{
	int segment = MUST(shm_make(KEY, "pod"));

	MUST(file_put("/tmp/server", ""));
	MUST(tcp_listen("127.0.0.1:8080"));
	TELL(outer);
	HEAR(outer);
	MUST(shmctl(segment, IPC_RMID, NULL));
}

PAYLOAD(neighbour)
{
	IS(hostname(), "pod");
	OK(tcp_connect("127.0.0.1:8080"));
	IS(shm_text(OK(shmget(KEY, 0, 0))), "pod");
	HOLDS(!file_exists("/tmp/server"));
	TELL(outer);
	HEAR(outer);
}

CASE(pod_members_share_selected_namespaces)
{
	EACH_FLAVOUR(f)
	{
		int shared = NS_NET | NS_IPC | NS_UTS;
		CONTAINER(one, server, .map = f->map, .hostname = "pod");
		HEAR(one);
		CONTAINER(other, neighbour, .map = f->map,
			  .join = {{NS_NET, proc_path(one->pid, "ns/net")},
				   {NS_IPC, proc_path(one->pid, "ns/ipc")},
				   {NS_UTS, proc_path(one->pid, "ns/uts")}});
		IS(not_shared(one->pid, other->pid), container_of(one)->namespaces & ~shared);
		HEAR(other);
		DISMISS(other);
		DISMISS(one);
	}
}
