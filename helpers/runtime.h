/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_RUNTIME_H
#define HELPERS_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct container;
struct container_process;

/*
 * A container runtime is one driver: RUNTIME(crun, .program = "crun", ...) in a file of its own,
 * helpers/runtime_NAME.c; the linker gathers them. The container layer makes the root file system, the
 * cgroup's name, the network and the link to the payload; the driver starts what `struct container` says.
 *
 * All runtimes have a foreground mode: one command that lasts as long as the payload and ends with its
 * status. `run` and `exec` are called in a process made for that, a child of the test with the test's
 * namespaces, /tmp and descriptors 0 and 1 on /dev/null, 2 on a file whose text becomes part of a failure's
 * message; all others are close-on-exec. Both never return: the process ends as the payload does, with its
 * exit status, or 128 + N if signal N killed it, or it executes the runtime's program, which does. A runtime
 * that refuses what is asked ends with any other status than 0 before the payload has run. What is not claimed of
 * the status (RUNTIME_STATUS, RUNTIME_SIGNALS) is not judged.
 */
struct runtime_driver {
	const char *name;
	const char *
		program; /* looked for in PATH (or $NSCHECK_RUNTIME_PATH, an absolute path); NULL: built in */
	unsigned int claims; /* RUNTIME_*: rows that need something else are skipped */
	bool cgroup_parent;  /* makes a cgroup below container->cgroup, with a name of its own */
	/* NULL: what it runs is no process of the host, so there is nothing for the suite to compare. */
	void (*run)(const struct container *container);
	/* Another process in the container: container->pid is the payload's, `process` what to execute. */
	void (*exec)(const struct container *container, const struct container_process *process);
	/* A stop signal; 0, or -1 with errno. NULL: kill(2) of the payload. */
	int (*signal)(const struct container *container, int sig);
	/* After the end of the payload; 0, or -1 with errno. NULL: nothing is left to remove. */
	int (*remove)(const struct container *container);
};

/* What a runtime may claim; the catalogue's column `needs` has them as "runtime:NAME". */
#define RUNTIME_CLAIMS(X)                                                                                    \
	X(PID1, "pid1")                 /* the payload is process 1 of its PID namespace */                  \
	X(STATUS, "status")             /* its exit status is the payload's */                               \
	X(SIGNALS, "signals")           /* and 128 + N if signal N killed it */                              \
	X(EXEC, "exec")                 /* `exec` */                                                         \
	X(SEALED, "sealed")             /* those inside cannot get at its program while it joins */          \
	X(ROOTLESS, "rootless")         /* config->map: uid 0 inside is an ordinary uid outside */           \
	X(UNPRIVILEGED, "unprivileged") /* config->unprivileged: the runtime itself is run by such a user */ \
	X(JOIN, "join")                 /* config->join */                                                   \
	X(JOIN_TYPE, "join_type")       /* and refuses a namespace of the wrong type */                      \
	X(INHERIT, "inherit")           /* config->inherit */                                                \
	X(UTS, "uts")                   /* config->hostname */                                               \
	X(DOMAINNAME, "domainname")     /* config->domainname */                                             \
	X(CAPABILITIES, "capabilities") /* config->capabilities, or the default set, is what it has */       \
	X(BOUNDING, "bounding")         /* and all that it can get */                                        \
	X(INHERITABLE, "inheritable")   /* and it has no inheritable and ambient ones */                     \
	X(NO_NEW_PRIVS, "no_new_privs") /* config->no_new_privs, both ways */                                \
	X(USER, "user")                 /* config->uid and that of an exec */                                \
	X(MASKS, "masks")               /* masked and read-only paths, and config->unmasked */               \
	X(READONLY, "readonly")         /* config->readonly_root */                                          \
	X(BINDS, "binds")               /* config->binds beyond the probe's own, with rslave */              \
	X(PRIVATE, "private")           /* other mounts of the host do not show up inside */                 \
	X(DEV, "dev")                   /* OCI's default devices and file systems */                         \
	X(CGROUP, "cgroup")             /* container->cgroup and the limits */                               \
	X(SYSCTL, "sysctl")             /* config->sysctls */                                                \
	X(TIME, "time")                 /* config->monotonic, config->boottime */                            \
	X(NET, "net")                   /* a network namespace of its own with lo up */

#define RUNTIME_CLAIM_BIT_(id, name) RUNTIME_BIT_##id,
enum { RUNTIME_CLAIMS(RUNTIME_CLAIM_BIT_) RUNTIME_CLAIM_COUNT };
#undef RUNTIME_CLAIM_BIT_
#define RUNTIME_CLAIM_FLAG_(id, name) RUNTIME_##id = 1U << RUNTIME_BIT_##id,
enum { RUNTIME_CLAIMS(RUNTIME_CLAIM_FLAG_) RUNTIME_ALL = (1U << RUNTIME_CLAIM_COUNT) - 1 };
#undef RUNTIME_CLAIM_FLAG_

#define RUNTIME(name_, ...)                                                                                  \
	static const struct runtime_driver name_##_driver = {.name = #name_, ##__VA_ARGS__};                 \
	static const struct runtime_driver *const name_##_driver_entry                                       \
		__attribute__((used, section("ns_runtimes"))) = &name_##_driver

/*
 * The runtime that containers are started with: environment variable NSCHECK_RUNTIME, which the agent sets
 * from the flags of an order ("run FACTOR runtime=crun ID", "sabotage,runtime=crun"), or `nscheck-guest
 * --runtime NAME`; "reference" without. "bad:FAULT" is the reference with a fault (runtime_fault).
 */
#define RUNTIME_VARIABLE      "NSCHECK_RUNTIME"
#define RUNTIME_PATH_VARIABLE "NSCHECK_RUNTIME_PATH"

/* The driver in use; NULL if $NSCHECK_RUNTIME names none. */
const struct runtime_driver *runtime_now(void);

/* True if the runtime in use claims it: by flag, or by name as in `needs` ("exec"). */
bool runtime_claims(unsigned int claim);
bool runtime_claims_name(const char *name);
/* False for a name that is in no RUNTIME_CLAIMS. */
bool runtime_claim_known(const char *name);

/* True if the runtime in use is the reference with this fault. */
bool runtime_fault(const char *fault);

/* The program of a driver, by absolute path in a text as in file.h; NULL with errno ENOENT if there is none. */
const char *runtime_program(const struct runtime_driver *driver);

/*
 * For `run` and `exec` of drivers: executes the driver's program with these arguments (argv[0] included,
 * NULL last) and a small environment, or ends the process with a message on descriptor 2.
 */
void runtime_execute(const struct runtime_driver *driver, const char *const *argv) __attribute__((noreturn));

/* For the same: ends the process with "WHAT: ERRNO" on descriptor 2, as a runtime that refuses. */
void runtime_refuse(const char *what) __attribute__((noreturn));

#endif
