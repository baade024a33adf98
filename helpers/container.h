/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_CONTAINER_H
#define HELPERS_CONTAINER_H

#include <stdbool.h>
#include <sys/capability.h>
#include <sys/types.h>

#include "helpers/child.h"
#include "helpers/idmap.h"
#include "helpers/ns.h"

/*
 * Containers of the runtime in use (runtime.h), with code of the test as their payload:
 *
 *	PAYLOAD(server)
 *	{
 *		IS(getpid(), 1);                inside; `outer` is the channel to the test
 *		TELL(outer, getuid());
 *		HEAR(outer);
 *	}
 *
 *	CASE(...)
 *	{
 *		CONTAINER(box, server, .hostname = "box");
 *		IS(HEAR(box), 0);
 *		CONTAINER_EXEC(command, box, lister);   a second process in it
 *		EXITS(command, 0);
 *		DISMISS(box);
 *	}
 *
 * A container is a child: box->pid and box->pidfd are the payload's as the host sees it (unix(7) SO_PEERCRED
 * of its channel, whatever the runtime says), and all verbs of child.h work on it. EXITS, DIES_BY, KILL and
 * DISMISS judge the status that the runtime reports, and remove the container. Claims inside fail the test
 * like any other. What the configuration asks and the runtime does not claim is a skip; a runtime that fails
 * to do what it claims is a fail.
 *
 * This very program is the payload's: it lies read-only on /nscheck in the container, with a socket by which
 * it finds the test; no descriptor has to survive the runtime.
 */

struct container_bind {
	const char *from, *to; /* a directory or file of the host; an absolute path inside */
	bool readonly;
	bool slave; /* what is mounted below `from` on the host later shows up inside, and not the other way */
};

/* What is asked of the runtime. All zero: OCI's usual container of a root user. */
struct container_config {
	/* Namespaces: new ones of CONTAINER_NAMESPACES, and of what else the fields below need, but for these. */
	int inherit; /* NS_*: the runtime's own */
	struct container_join {
		int type; /* NS_* */
		const char *path;
	} join[4]; /* those behind the paths; type 0 ends the list */
	/* Both id maps of a new user namespace, as in child.h; its root owns the root file system then. */
	const char *map;
	/*
	 * The runtime is run by an ordinary user (UNPRIVILEGED), who maps himself to root: no map then. The map
	 * CONTAINER_OWN_MAP asks for the same.
	 */
	bool unprivileged;
	uid_t uid;                         /* of the payload, inside (gid as well) */
	const char *hostname, *domainname; /* hostname NULL: the container's name */
	bool overlay; /* the root is an overlay on the image, with the container's own layer */
	bool readonly_root;
	struct container_bind binds[4]; /* from NULL ends the list */
	bool shell;                     /* the programs of the virtual machine are there, read-only */
	bool unmasked;                  /* no masked, no read-only paths, /sys writable */
	unsigned long long
		capabilities; /* 1ULL << CAP_*: bounding, permitted and effective; 0: CONTAINER_CAPS */
	bool no_new_privs;
	/* Network: lo only, or eth0 with this address ("10.88.0.2/24") on the bridge, route by 10.88.0.1. */
	const char *address;
	const char *device, *device_name; /* a device of the host to be moved in, and its name there */
	long long pids_max, memory_max;   /* limits of its cgroup; 0: none */
	const char *sysctls[8];           /* "net.ipv4.ip_forward=1"; NULL ends the list */
	long long monotonic, boottime;    /* offsets in seconds; a new time namespace if one is not 0 */
};

#define CONTAINER_OWN_MAP "own"

#define CONTAINER_NAMESPACES (NS_CGROUP | NS_IPC | NS_MNT | NS_NET | NS_PID | NS_UTS)

/* What docker and podman leave to a container's root. */
#define CONTAINER_CAPS                                                                                       \
	(1ULL << CAP_AUDIT_WRITE | 1ULL << CAP_CHOWN | 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_FOWNER |       \
	 1ULL << CAP_FSETID | 1ULL << CAP_KILL | 1ULL << CAP_MKNOD | 1ULL << CAP_NET_BIND_SERVICE |          \
	 1ULL << CAP_NET_RAW | 1ULL << CAP_SETFCAP | 1ULL << CAP_SETGID | 1ULL << CAP_SETPCAP |              \
	 1ULL << CAP_SETUID | 1ULL << CAP_SYS_CHROOT)
#define CONTAINER_ALL_CAPS (~0ULL)

/* OCI's default lists, but for what a kernel does not have; NULL last. */
extern const char *const container_masked[];
extern const char *const container_readonly[];

/* The bridge of the test's network namespace that .address puts a container on. */
#define CONTAINER_BRIDGE         "br0"
#define CONTAINER_BRIDGE_ADDRESS "10.88.0.1"

/* What a driver has to execute inside. */
struct container_process {
	const char *argv[6]; /* an absolute path first, NULL last */
	uid_t uid;           /* and gid */
	char texts[2][128];  /* what argv points to */
};

/* What a driver is told; all paths are the host's unless said otherwise. */
struct container {
	const char *name; /* unique in the virtual machine's life as far as anything of it may stay */
	const struct container_config *config;
	int namespaces;     /* NS_* that are to be new */
	const char *bundle; /* a directory of the container's own, for the driver to write into */
	const char *root;   /* the root file system: a directory, or a mounted overlay */
	const char *image;  /* what is below it if it is an overlay, else the same as root */
	const char *upper;  /* its layer if it is an overlay, else the same as root */
	const char *
		cgroup; /* its cgroup as paths of /proc/PID/cgroup have it ("/test/c1"); NULL if it has none */
	const char *place; /* the same as a name of cgroup.h */
	/* All binds: the probe's, those of the configuration, those of .shell; from NULL ends the list. */
	struct container_bind binds[12];
	struct container_process process; /* the payload */
	pid_t pid;                        /* of the payload, once it runs */
	pid_t runtime;                    /* the process of `run`, its exit status is the container's */
};

typedef void container_exec_fn(const struct container *container, const struct container_process *process);

/* The payload's program inside a container. */
#define CONTAINER_PROBE "/nscheck/probe"

#define CONTAINER(name, payload_, ...)                                                                       \
	struct child *name = container_start(__FILE__, __LINE__, #name, &payload_##_payload,                 \
					     &(struct container_config){__VA_ARGS__})
/* The same with a configuration that was put together before. */
#define CONTAINER_OF(name, payload_, config)                                                                 \
	struct child *name = container_start(__FILE__, __LINE__, #name, &payload_##_payload, config)
/* One more process in a running container, with the given uid inside: the `docker exec` case. */
#define CONTAINER_EXEC(name, box, payload_) CONTAINER_EXEC_AS(name, box, payload_, 0)
#define CONTAINER_EXEC_AS(name, box, payload_, uid)                                                          \
	struct child *name = container_exec(__FILE__, __LINE__, #name, box, &payload_##_payload, uid, NULL)
/* The same by other means than the runtime's: `exec` is what a driver's is (runtime.h). */
#define CONTAINER_EXEC_BY(name, box, payload_, exec)                                                         \
	struct child *name = container_exec(__FILE__, __LINE__, #name, box, &payload_##_payload, 0, exec)
/* Claims that the runtime refuses to start such a container: it ends with a failure, no payload runs. */
#define CONTAINER_REFUSED(payload_, ...)                                                                     \
	container_refused(__FILE__, __LINE__, &payload_##_payload, &(struct container_config){__VA_ARGS__})
/* Claims that the runtime refuses to execute anything in this container. */
#define CONTAINER_EXEC_REFUSED(box, payload_)                                                                \
	container_exec_refused(__FILE__, __LINE__, box, &payload_##_payload)

/* Sends a signal to the payload by means of the runtime. -1 with errno. */
int container_signal(const struct child *box, int sig);

/*
 * A loop over the flavours of the runtime in use: rootful, a container of real root (f->map NULL); and, where the
 * runtime claims such, rootless, one whose root is an ordinary uid outside: of many ids (f->map CONTAINER_MAP), or else
 * of the one who runs the runtime (CONTAINER_OWN_MAP). Messages say which one it is about.
 */
struct container_flavour {
	const char *name, *map;
};
#define EACH_FLAVOUR(f)                                                                                      \
	for (const struct container_flavour *f = container_flavour(NULL); f; f = container_flavour(f))
const struct container_flavour *container_flavour(const struct container_flavour *after);

/*
 * In a payload: the descriptors that were open when its program started, 0, 1 and 2 left out; at most `max`
 * stored, how many there were.
 */
int container_inherited(int *fds, int max);
void container_look(void); /* what finds them out: before anything is opened */

/* Runs the payload that a container was started with, if this process is one; then it does not return. */
void container_main(int argc, char **argv);

/* The container that the payload of CONTAINER or CONTAINER_EXEC is in. */
struct container *container_of(const struct child *child);

struct child *container_start(const char *file, int line, const char *role, const struct payload *payload,
			      const struct container_config *config);
struct child *container_exec(const char *file, int line, const char *role, struct child *box,
			     const struct payload *payload, uid_t uid, container_exec_fn *by);
void container_refused(const char *file, int line, const struct payload *payload,
		       const struct container_config *config);
void container_exec_refused(const char *file, int line, struct child *box, const struct payload *payload);

#endif
