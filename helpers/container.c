// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/container.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "helpers/cgroup.h"
#include "helpers/claim.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/lack.h"
#include "helpers/link.h"
#include "helpers/mnt.h"
#include "helpers/module.h"
#include "helpers/record.h"
#include "helpers/runtime.h"
#include "helpers/sabotage.h"
#include "helpers/self.h"
#include "helpers/scm.h"

/*
 * Where the payload's program and the sockets of channels lie, on the host and inside. The directory lasts as long as
 * the virtual machine: an emulator translates a program anew for each copy of it.
 */
#define CHANNELS        "/run/nscheck"
#define CHANNELS_INSIDE "/nscheck"
#define ARGUMENT        "--payload"

#define BROKEN(...) record_end(RECORD_ERROR, file, line, __VA_ARGS__)

const char *const container_masked[] = {"/proc/acpi",
					"/proc/asound",
					"/proc/kcore",
					"/proc/keys",
					"/proc/latency_stats",
					"/proc/timer_list",
					"/proc/timer_stats",
					"/proc/sched_debug",
					"/proc/scsi",
					"/sys/firmware",
					NULL};
const char *const container_readonly[] = {"/proc/bus",           "/proc/fs", "/proc/irq", "/proc/sys",
					  "/proc/sysrq-trigger", NULL};

/* Containers and processes in them are told apart by the process that asks for them, and by a number of its own. */
static unsigned int serial;

/*
 * The image: what nearly every program expects of a root file system, and nothing that could be taken for the
 * virtual machine's own.
 */
static int image_make(const char *dir, uid_t owner)
{
	static const char *const dirs[] = {"bin",  "dev", "etc",  "home", "lib", "lib64", "nscheck", "proc",
					   "root", "run", "sbin", "sys",  "tmp", "usr",   "var"};
	static const char *const files[][2] = {{"etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"},
					       {"etc/group", "root:x:0:\n"},
					       {"etc/shadow", "image:*:1::::::\n"},
					       {"etc/os-release", "ID=nscheck\n"},
					       {"etc/image", "image"},
					       {"etc/gone", "image"}};

	if (dir_make(dir) < 0 || lchown(dir, owner, owner) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdir(path("%s/%s", dir, dirs[i]), 0755) < 0 ||
		    lchown(path("%s/%s", dir, dirs[i]), owner, owner) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (file_put(path("%s/%s", dir, files[i][0]), files[i][1]) < 0 ||
		    lchown(path("%s/%s", dir, files[i][0]), owner, owner) < 0)
			return -1;
	return chmod(path("%s/tmp", dir), 01777);
}

/* The uid outside that is root inside. */
static uid_t root_of(const struct container_config *config)
{
	unsigned int inside = 0, outside = 0;

	if (config->unprivileged)
		return UNPRIVILEGED;
	if (config->map && sscanf(config->map, "%u %u", &inside, &outside) == 2 && inside == 0)
		return outside;
	return 0;
}

static int overlay_make(const struct container *c, uid_t owner)
{
	char work[256];

	snprintf(work, sizeof(work), "%s/work", c->bundle);
	if (!module_load("overlay")) {
		errno = ENODEV;
		return -1;
	}
	if (!file_exists(c->image) && image_make(c->image, owner) < 0)
		return -1;
	if (dir_make(c->upper) < 0 || lchown(c->upper, owner, owner) < 0 || dir_make(work) < 0 ||
	    dir_make(c->root) < 0)
		return -1;
	return mount("overlay", c->root, "overlay", 0,
		     path("lowerdir=%s,upperdir=%s,workdir=%s", c->image, c->upper, work));
}

/* A program is there as a whole or not at all, even when the test that makes it is killed. */
static int channels_make(void)
{
	const char *part = path(CHANNELS "/probe.%d", getpid());

	if (file_exists(CHANNELS "/probe"))
		return 0;
	if (dir_make(CHANNELS) < 0 || program_make(part, 0, 0, 0755) < 0)
		return -1;
	return rename(part, CHANNELS "/probe");
}

static const char *channel_file(unsigned int number)
{
	return path(CHANNELS "/channel.%d-%u", getpid(), number);
}

/* A socket that a process inside can find by its number, whatever its uid. */
static int channel_listen(unsigned int number)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), on = 1;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", channel_file(number));
	unlink(a.sun_path); /* of a test that was killed */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || chmod(a.sun_path, 0777) < 0 ||
	    listen(fd, 1) < 0)
		return -1;
	return fd;
}

static void add_bind(struct container *c, struct container_bind bind)
{
	size_t i = 0;

	while (c->binds[i].from)
		i++;
	c->binds[i] = bind;
}

static void add_binds(struct container *c)
{
	static const char *const system[] = {"/bin", "/sbin", "/lib", "/lib64", "/usr"};

	add_bind(c, (struct container_bind){.from = CHANNELS, .to = CHANNELS_INSIDE, .readonly = true});
	for (size_t i = 0; i < 4 && c->config->binds[i].from; i++)
		add_bind(c, c->config->binds[i]);
	for (size_t i = 0; c->config->shell && i < sizeof(system) / sizeof(system[0]); i++)
		if (file_exists(system[i]))
			add_bind(c, (struct container_bind){
					    .from = system[i], .to = system[i], .readonly = true});
}

static int namespaces_of(const struct container_config *config)
{
	int flags = CONTAINER_NAMESPACES & ~config->inherit;

	if (config->map || config->unprivileged)
		flags |= NS_USER;
	if (config->monotonic || config->boottime)
		flags |= NS_TIME;
	for (size_t i = 0; i < 4 && config->join[i].type; i++)
		flags &= ~config->join[i].type;
	return flags;
}

/* The first thing that is asked and the runtime does not claim; NULL if there is none. */
static const char *not_claimed(const struct container_config *config)
{
	const struct {
		bool asked;
		const char *claim;
	} questions[] = {
		{config->map, "rootless"},
		{config->unprivileged, "unprivileged"},
		{config->join[0].type, "join"},
		{config->inherit, "inherit"},
		{config->hostname, "uts"},
		{config->domainname, "domainname"},
		{config->capabilities, "capabilities"},
		{config->no_new_privs, "no_new_privs"},
		{config->uid, "user"},
		{config->unmasked, "masks"},
		{config->readonly_root, "readonly"},
		{config->binds[0].from, "binds"},
		{config->address || config->device, "net"},
		{config->pids_max || config->memory_max, "cgroup"},
		{config->sysctls[0], "sysctl"},
		{config->monotonic || config->boottime, "time"},
	};

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (questions[i].asked && !runtime_claims_name(questions[i].claim))
			return questions[i].claim;
	return NULL;
}

/* Everything but the process. -1 with errno. */
static int container_make(struct container *c, const struct container_config *config)
{
	uid_t owner = root_of(config);

	c->config = config;
	c->name = strdup(path("nscheck-%d-%u", getpid(), ++serial));
	c->bundle = strdup(path("/tmp/%s", c->name));
	c->root = strdup(path("%s/root", c->bundle));
	c->image = config->overlay ? strdup(path("/tmp/image-%u", owner)) : c->root;
	c->upper = config->overlay ? strdup(path("%s/upper", c->bundle)) : c->root;
	c->namespaces = namespaces_of(config);
	if (runtime_claims(RUNTIME_CGROUP) && cgroup_here() && !config->unprivileged)
		c->cgroup = strdup(cgroup_name(c->name));
	c->place = c->name;
	if (channels_make() < 0 || dir_make(c->bundle) < 0 || lchown(c->bundle, owner, owner) < 0)
		return -1;
	if ((config->overlay ? overlay_make(c, owner) : image_make(c->root, owner)) < 0)
		return -1;
	add_binds(c);
	return 0;
}

static void process_set(struct container_process *p, const struct payload *payload, unsigned int number,
			uid_t uid)
{
	snprintf(p->texts[0], sizeof(p->texts[0]), "%s.%s", payload->group, payload->name);
	snprintf(p->texts[1], sizeof(p->texts[1]), "%d-%u", getpid(), number);
	p->argv[0] = CONTAINER_PROBE;
	p->argv[1] = ARGUMENT;
	p->argv[2] = p->texts[0];
	p->argv[3] = p->texts[1];
	p->uid = uid;
}

/*
 * The next open descriptor; -1 after the last below 1024. One call asks for many, and needs no /proc; for more than
 * RLIMIT_NOFILE it would fail (poll(2)).
 */
static int fd_after(int fd)
{
	struct pollfd asked[64];
	long limit = sysconf(_SC_OPEN_MAX);
	int many = limit > 0 && limit < 64 ? (int)limit : 64;

	for (fd++; fd < 1024; fd += many) {
		for (int i = 0; i < many; i++)
			asked[i] = (struct pollfd){.fd = fd + i};
		poll(asked, (nfds_t)many, 0);
		for (int i = 0; i < many; i++)
			if (!(asked[i].revents & POLLNVAL))
				return fd + i < 1024 ? fd + i : -1;
	}
	return -1;
}

/* In the process that `run` and `exec` of a driver are called in. */
static void become_runtime(int log)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	/* Some runtimes hand on what they get; nothing of this program's is theirs. */
	for (int fd = STDERR_FILENO; (fd = fd_after(fd)) >= 0;)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	signal(SIGPIPE, SIG_DFL);
}

static const struct runtime_driver *driver_now(const char *file, int line)
{
	const struct runtime_driver *driver = runtime_now();

	if (!driver)
		BROKEN("no runtime is called '%s'", getenv(RUNTIME_VARIABLE));
	return driver;
}

/* The runtime's process and the socket that the payload will come to. */
struct start {
	struct child *runtime;
	int listener, log;
	unsigned int number;
};

/*
 * Waits for the payload, or for the end of the runtime: true if the payload is there.
 */
static bool payload_came(const char *file, int line, const struct start *s)
{
	struct pollfd p[] = {{.fd = s->listener, .events = POLLIN},
			     {.fd = s->runtime->pidfd, .events = POLLIN},
			     {.fd = record_alarm(), .events = POLLIN}};

	while (poll(p, 3, -1) < 0)
		if (errno != EINTR)
			BROKEN("cannot wait for a container: %s", errno_name(errno));
	if (p[2].revents)
		record_follow();
	return p[0].revents;
}

/* What the runtime wrote to its standard error, on one line. */
static const char *words_of(const struct start *s)
{
	char *text = (char *)file_read(path("/proc/self/fd/%d", s->log));

	for (char *c = text; c && *c; c++)
		if (*c == '\n')
			*c = ' ';
	return text ? text : "";
}

/* Its end after a refusal: the exit status. */
static int status_of(const struct start *s)
{
	siginfo_t info = {0};

	while (waitid(P_PIDFD, (id_t)s->runtime->pidfd, &info, WEXITED) < 0 && errno == EINTR)
		;
	s->runtime->joined = true;
	close(s->runtime->pidfd);
	close(s->runtime->channel);
	s->runtime->channel = s->runtime->pidfd = -1;
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

static void start_done(const struct start *s)
{
	unlink(channel_file(s->number));
	close(s->listener);
	close(s->log);
}

/* The word with which the payload's process begins; what it takes to claim on behalf of this test. */
struct hello {
	int sabotaged;
	char role[160], note[256];
};

/* The owner of a payload's child: the process of its runtime is a child of this one, and ends with its status. */
struct member {
	struct container *container;
	struct child *runtime;
	bool first; /* the container ends with it, not only a process that was executed in it */
};

struct container *container_of(const struct child *child)
{
	return ((const struct member *)child->owner)->container;
}

static int hand_over(int channel, const char *role)
{
	struct record_hand hand;
	struct hello hello = {.sabotaged = sabotage_on()};
	struct scm with = scm_none();

	record_give(&hand);
	snprintf(hello.role, sizeof(hello.role), "%.80s%s%.70s", hand.role, *hand.role ? "/" : "", role);
	snprintf(hello.note, sizeof(hello.note), "%s", hand.note);
	memcpy(with.fds, hand.fds, sizeof(hand.fds));
	return scm_send(channel, &hello, sizeof(hello), &with) < 0 ? -1 : 0;
}

static void container_remove(const char *file, int line, const char *role, struct container *c)
{
	const struct runtime_driver *driver = runtime_now();

	if (driver->remove && driver->remove(c) < 0)
		record_end(RECORD_FAIL, file, line, "the runtime cannot remove '%s': %s", role,
			   errno_name(errno));
	if (c->config->overlay)
		umount2(c->root, MNT_DETACH);
	if (c->cgroup)
		rmdir(cgroup_file(c->name));
}

/* The end of a payload: runtimes tell a signal N as exit status 128 + N. */
static siginfo_t member_end(const char *file, int line, struct child *child)
{
	const struct member *member = child->owner;
	siginfo_t info = child_wait(file, line, member->runtime);

	if (info.si_code == CLD_EXITED && info.si_status > 128 && info.si_status < 128 + NSIG &&
	    info.si_status != RECORD_EXIT) {
		info.si_code = CLD_KILLED;
		info.si_status -= 128;
	}
	if (member->first)
		container_remove(child->file, child->line, child->role, member->container);
	return info;
}

static struct child *payload_child(const char *file, int line, const char *role, const struct start *s,
				   struct container *container, bool first)
{
	struct child *child = calloc(1, sizeof(*child));
	struct member *member = calloc(1, sizeof(*member));
	struct ucred who;
	socklen_t size = sizeof(who);
	int on = 1;

	if (!child || !member)
		BROKEN("out of memory");
	child->channel = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	if (child->channel < 0 || getsockopt(child->channel, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0 ||
	    setsockopt(child->channel, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		BROKEN("cannot reach a container: %s", errno_name(errno));
	child->role = role;
	child->file = file;
	child->line = line;
	child->pid = who.pid;
	child->pidfd = pidfd_open(who.pid, 0);
	*member = (struct member){.container = container, .runtime = s->runtime, .first = first};
	child->owner = member;
	child->end = member_end;
	child->mute = !runtime_claims(RUNTIME_SIGNALS);
	start_done(s);
	return child;
}

/* What an engine does from outside before the payload goes on. -1 with errno. */
static int bridge_make(void)
{
	if (link_index(CONTAINER_BRIDGE) >= 0)
		return 0;
	if (!module_load("bridge") || !module_load("veth") || link_add_bridge(CONTAINER_BRIDGE) < 0 ||
	    addr_add(CONTAINER_BRIDGE, CONTAINER_BRIDGE_ADDRESS "/24") < 0)
		return -1;
	return link_up(CONTAINER_BRIDGE);
}

static int address_set(const char *address)
{
	if (addr_add("eth0", address) < 0 || link_up("eth0") < 0)
		return -1;
	return route_add("default", CONTAINER_BRIDGE_ADDRESS, NULL);
}

static int network_make(const char *file, int line, const struct child *box,
			const struct container_config *config)
{
	const char *port = path("v%u", serial);
	int net = ns_open(box->pid, "net");

	if (net < 0 || bridge_make() < 0 || link_add_veth(port, "eth0", net) < 0 ||
	    link_master(port, CONTAINER_BRIDGE) < 0 || link_up(port) < 0)
		return -1;
	WITHIN(net)
		if (address_set(config->address) < 0)
			return -1;
	close(net);
	link_await_running(file, line, port);
	return 0;
}

static int device_move(const struct child *box, const struct container_config *config)
{
	if (config->device_name && link_rename(config->device, config->device_name) < 0)
		return -1;
	return link_move_to_pid(config->device_name ? config->device_name : config->device, box->pid);
}

/* Starts the runtime's process, which calls the driver and does not come back from that. */
static struct start runtime_start(const char *file, int line, const char *role)
{
	struct start s = {.number = ++serial};

	s.listener = channel_listen(s.number);
	s.log = memfd_create("runtime", MFD_CLOEXEC);
	if (s.listener < 0 || s.log < 0)
		BROKEN("cannot make a channel to a container: %s", errno_name(errno));
	s.runtime = child_start(file, line, role, &(struct child_options){0});
	if (s.runtime->inside)
		become_runtime(s.log);
	return s;
}

static struct start container_begin(const char *file, int line, const char *role, struct container *c,
				    const struct payload *payload, const struct container_config *config)
{
	const struct runtime_driver *driver = driver_now(file, line);
	const char *lacking = not_claimed(config);

	if (!driver->run)
		record_end(RECORD_SKIP, file, line,
			   "the processes of %s are none of the host: see nscheck-guest inside",
			   driver->name);
	if (lacking)
		record_end(RECORD_SKIP, file, line, "the runtime %s does not claim '%s'", driver->name,
			   lacking);
	lack_check((unsigned int)namespaces_of(config));
	if (container_make(c, config) < 0)
		BROKEN("cannot make the root file system of '%s': %s", role, errno_name(errno));
	process_set(&c->process, payload, serial + 1, config->uid);
	struct start s = runtime_start(file, line, role);
	if (s.runtime->inside)
		driver->run(c);
	c->runtime = s.runtime->pid;
	return s;
}

static const char *kept(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* The texts of a configuration are often those of file.h, which do not last. */
static struct container_config *keep(const struct container_config *config)
{
	struct container_config *own = malloc(sizeof(*own));

	if (!own)
		return NULL;
	*own = *config;
	own->unprivileged |= own->map && strcmp(own->map, CONTAINER_OWN_MAP) == 0;
	own->map = own->unprivileged ? NULL : kept(own->map);
	own->hostname = kept(own->hostname);
	own->domainname = kept(own->domainname);
	own->address = kept(own->address);
	own->device = kept(own->device);
	own->device_name = kept(own->device_name);
	for (size_t i = 0; i < sizeof(own->join) / sizeof(own->join[0]); i++)
		own->join[i].path = kept(own->join[i].path);
	for (size_t i = 0; i < sizeof(own->binds) / sizeof(own->binds[0]); i++) {
		own->binds[i].from = kept(own->binds[i].from);
		own->binds[i].to = kept(own->binds[i].to);
	}
	for (size_t i = 0; i < sizeof(own->sysctls) / sizeof(own->sysctls[0]); i++)
		own->sysctls[i] = kept(own->sysctls[i]);
	return own;
}

/* The one that an engine has made below the one that it was given. */
static void find_cgroup(struct container *c)
{
	const char *cgroup = c->cgroup && runtime_now()->cgroup_parent ? cgroup_of(c->pid) : NULL;
	size_t given = cgroup ? strlen(c->cgroup) : 0;

	if (!cgroup || strncmp(cgroup, c->cgroup, given) != 0 || cgroup[given] != '/')
		return;
	c->place = strdup(path("%s%s", c->name, cgroup + given));
	c->cgroup = strdup(cgroup_name(c->place));
}

struct child *container_start(const char *file, int line, const char *role, const struct payload *payload,
			      const struct container_config *config)
{
	struct container *c = calloc(1, sizeof(*c));
	struct container_config *own = keep(config);

	if (!c || !own)
		BROKEN("out of memory");
	struct start s = container_begin(file, line, role, c, payload, own);
	if (!payload_came(file, line, &s)) {
		int status = status_of(&s);
		record_end(RECORD_FAIL, file, line, "the runtime %s does not start '%s' (status %d): %s",
			   runtime_now()->name, role, status, words_of(&s));
	}
	struct child *box = payload_child(file, line, role, &s, c, true);
	c->pid = box->pid;
	find_cgroup(c);
	if (config->address && network_make(file, line, box, config) < 0)
		BROKEN("cannot connect '%s' to the bridge: %s", role, errno_name(errno));
	if (config->device && device_move(box, config) < 0)
		BROKEN("cannot move %s into '%s': %s", config->device, role, errno_name(errno));
	if (hand_over(box->channel, role) < 0)
		BROKEN("cannot reach '%s': %s", role, errno_name(errno));
	return box;
}

static struct start exec_begin(const char *file, int line, const char *role, struct child *box,
			       const struct payload *payload, uid_t uid, container_exec_fn *by)
{
	const struct runtime_driver *driver = driver_now(file, line);

	if (!by && !driver->exec)
		record_end(RECORD_SKIP, file, line, "the runtime %s does not claim 'exec'", driver->name);
	struct container_process process = {0};
	process_set(&process, payload, serial + 1, uid);
	struct start s = runtime_start(file, line, role);
	if (s.runtime->inside)
		(by ? by : driver->exec)(container_of(box), &process);
	return s;
}

struct child *container_exec(const char *file, int line, const char *role, struct child *box,
			     const struct payload *payload, uid_t uid, container_exec_fn *by)
{
	struct start s = exec_begin(file, line, role, box, payload, uid, by);

	if (!payload_came(file, line, &s)) {
		int status = status_of(&s);
		record_end(RECORD_FAIL, file, line, "the runtime %s does not execute '%s' (status %d): %s",
			   runtime_now()->name, role, status, words_of(&s));
	}
	struct child *child = payload_child(file, line, role, &s, container_of(box), false);
	if (hand_over(child->channel, role) < 0)
		BROKEN("cannot reach '%s': %s", role, errno_name(errno));
	return child;
}

static void claim_refused(const char *file, int line, const struct start *s, const char *what)
{
	if (payload_came(file, line, s))
		record_end(RECORD_FAIL, file, line, "the runtime %s %s, expected a refusal",
			   runtime_now()->name, what);
	if (status_of(s) == 0)
		record_end(RECORD_FAIL, file, line, "the runtime %s ends with status 0, expected a failure",
			   runtime_now()->name);
	start_done(s);
}

void container_refused(const char *file, int line, const struct payload *payload,
		       const struct container_config *config)
{
	struct container *c = calloc(1, sizeof(*c));
	struct container_config *own = keep(config);

	if (!c || !own)
		BROKEN("out of memory");
	struct start s = container_begin(file, line, "refused", c, payload, own);
	claim_refused(file, line, &s, "starts the container");
	container_remove(file, line, "refused", c);
	free(own);
	free(c);
}

void container_exec_refused(const char *file, int line, struct child *box, const struct payload *payload)
{
	struct start s = exec_begin(file, line, "refused", box, payload, 0, NULL);

	claim_refused(file, line, &s, "executes a process");
}

int container_signal(const struct child *box, int sig)
{
	const struct runtime_driver *driver = runtime_now();

	return driver->signal ? driver->signal(container_of(box), sig) : kill(box->pid, sig);
}

const struct container_flavour *container_flavour(const struct container_flavour *after)
{
	static const struct container_flavour rootful = {"rootful", NULL},
					      mapped = {"rootless", CONTAINER_MAP},
					      own = {"rootless", CONTAINER_OWN_MAP};
	const struct container_flavour *rootless = runtime_claims(RUNTIME_ROOTLESS)       ? &mapped
						   : runtime_claims(RUNTIME_UNPRIVILEGED) ? &own
											  : NULL;
	const struct container_flavour *next = !after ? &rootful : after == &rootful ? rootless : NULL;

	if (!next) {
		NOTE_END();
		return NULL;
	}
	NOTE("%s", next->name);
	return next;
}

/* Inside */

static int inherited[64], inherited_count;

void container_look(void)
{
	for (int fd = STDERR_FILENO; (fd = fd_after(fd)) >= 0; inherited_count++)
		if (inherited_count < (int)(sizeof(inherited) / sizeof(inherited[0])))
			inherited[inherited_count] = fd;
}

int container_inherited(int *fds, int max)
{
	for (int i = 0; i < inherited_count && i < max; i++)
		fds[i] = inherited[i];
	return inherited_count;
}

static bool take_hand(int channel, struct hello *hello)
{
	struct record_hand hand;
	struct scm with;

	if (scm_receive(channel, hello, sizeof(*hello), 0, &with) != sizeof(*hello) || with.fds[0] < 0)
		return false;
	memcpy(hand.fds, with.fds, sizeof(hand.fds));
	memcpy(hand.role, hello->role, sizeof(hand.role));
	memcpy(hand.note, hello->note, sizeof(hand.note));
	record_take(&hand);
	return true;
}

static int channel_connect(const char *number)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int on = 1, low = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0),
	    fd = fcntl(low, F_DUPFD_CLOEXEC, 200);

	close(low);
	snprintf(a.sun_path, sizeof(a.sun_path), CHANNELS_INSIDE "/channel.%s", number);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		return -1;
	return fd;
}

void container_main(int argc, char **argv)
{
	static struct child outer = {
		.role = "outer", .file = __FILE__, .line = __LINE__, .pidfd = -1, .inside = true};
	struct hello hello;

	if (argc != 4 || strcmp(argv[1], ARGUMENT) != 0)
		return;
	container_look();
	const struct payload *payload = payload_find(argv[2]);
	outer.channel = channel_connect(argv[3]);
	if (!payload || outer.channel < 0 || !take_hand(outer.channel, &hello)) {
		fprintf(stderr, "payload %s finds no test: %s\n", argv[2], errno_name(errno));
		_exit(RECORD_EXIT);
	}
	self_prepare();
	if (hello.sabotaged)
		sabotage_set(true);
	child_run(&outer, payload);
}
