// SPDX-License-Identifier: GPL-2.0-only
/* Ids and capabilities of a container. user_namespaces(7), capabilities(7), OCI config.md "process" */
#include <linux/kexec.h>
#include <sys/io.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.user"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

/* The three numbers of the only line of an id map. */
static const char *map_line(const char *file)
{
	unsigned int inside, outside, count;
	const char *text = file_read(file);

	return text && sscanf(text, "%u %u %u", &inside, &outside, &count) == 3
		       ? path("%u %u %u", inside, outside, count)
		       : NULL;
}

PAYLOAD(mapped)
{
	IS(uids_now(), "0 0 0");
	IS(gids_now(), "0 0 0");
	IS(map_line("/proc/self/uid_map"), CONTAINER_MAP);
	IS(map_line("/proc/self/gid_map"), CONTAINER_MAP);
	CHILD(user, 0, .uid = 1000) {
		HEAR(user);
	}
	TELL(outer, user->pid);
	HEAR(outer);
	DISMISS(user);
}

CASE(root_inside_is_100000_outside)
{
	CONTAINER(box, mapped, .map = CONTAINER_MAP);
	pid_t user = OK(host_pid(box->pid, (pid_t)HEAR(box)));
	IS(proc_status(box->pid, "Uid"), "100000\t100000\t100000\t100000");
	IS(proc_status(box->pid, "Gid"), "100000\t100000\t100000\t100000");
	while (strcmp(proc_status(user, "Uid"), "100000\t100000\t100000\t100000") == 0)
		sched_yield(); /* it is about to change */
	IS(proc_status(user, "Uid"), "101000\t101000\t101000\t101000");
	DISMISS(box);
}

PAYLOAD(maker)
{
	struct stat st;

	OK(file_make("/etc/made"));
	OK(file_make("/etc/given"));
	OK(stat("/etc/made", &st));
	IS(st.st_uid, 0);
	OK(chown("/etc/given", 1000, 1000));
	FAILS(EINVAL, chown("/etc/given", 70000, -1));
	TELL(outer);
	HEAR(outer);
}

CASE(files_have_mapped_owner_outside)
{
	struct stat st;

	CONTAINER(box, maker, .map = CONTAINER_MAP);
	HEAR(box);
	OK(stat(path("%s/etc/made", container_of(box)->upper), &st));
	IS(st.st_uid, 100000);
	IS(st.st_gid, 100000);
	OK(stat(path("%s/etc/given", container_of(box)->upper), &st));
	IS(st.st_uid, 101000);
	IS(st.st_gid, 101000);
	DISMISS(box);
}

PAYLOAD(stranger)
{
	struct stat st;

	OK(stat("/host/file", &st));
	IS(st.st_uid, 65534);
	IS(st.st_gid, 65534);
	HOLDS(cap_effective_full());
	FAILS(EACCES, open("/host/file", O_RDONLY));
	FAILS(EPERM, chown("/host/file", 0, 0));
	FAILS(EPERM, chmod("/host/file", 0666));
	HEAR(outer);
}

CASE(host_files_appear_unowned)
{
	MUST(dir_make("/tmp/host"));
	MUST(file_put("/tmp/host/file", "private"));
	MUST(chmod("/tmp/host/file", 0600));
	CONTAINER(box, stranger, .map = CONTAINER_MAP, .capabilities = CONTAINER_ALL_CAPS,
		  .binds = {{.from = "/tmp/host", .to = "/host"}});
	IS(file_read("/tmp/host/file"), "private"); /* control */
	DISMISS(box);
}

/* A kernel without modules, swap or kexec does not even have the call. */
static bool denied(long result)
{
	return result < 0 && (errno == EPERM || errno == ENOSYS);
}

PAYLOAD(powerless)
{
	struct timeval now;

	IS(map_line("/proc/self/uid_map"), CONTAINER_MAP);
	HOLDS(cap_effective_full());
	OK(sethostname("inside", 6));
	OK(tmpfs_make("/home"));
	OK(gettimeofday(&now, NULL));
	FAILS(EPERM, settimeofday(&now, NULL));
	HOLDS(denied(syscall(SYS_init_module, "", 0, "")));
	HOLDS(denied(swapon("/etc/image", 0)));
	HOLDS(denied(syscall(SYS_kexec_load, 0, 0, NULL, 0)));
	HOLDS(denied(iopl(3)));
	FAILS(EPERM, mknod("/etc/disk", S_IFBLK | 0600, makedev(8, 0)));
	FAILS(EPERM, mknod("/etc/memory", S_IFCHR | 0600, makedev(1, 1)));
	FAILS(EACCES, setpriority(PRIO_PROCESS, 0, -20));
	HOLDS(refused(open("/proc/sysrq-trigger", O_WRONLY)));
	HOLDS(refused(open("/proc/sys/kernel/printk", O_WRONLY)));
	HEAR(outer);
}

CASE(root_inside_has_no_power_on_host)
{
	CONTAINER(box, powerless, .map = CONTAINER_MAP, .capabilities = CONTAINER_ALL_CAPS, .unmasked = true);
	OK(mknod("/tmp/memory", S_IFCHR | 0600, makedev(1, 1))); /* controls: the host's root may */
	close(OK(open("/proc/sys/kernel/printk", O_WRONLY)));
	DISMISS(box);
}

PAYLOAD(grouper)
{
	const char *answer = HEAR_TEXT(outer);

	IS(getuid(), 0);
	IS(file_read("/proc/self/setgroups"), answer);
	if (strcmp(answer, "deny") == 0)
		FAILS(EPERM, setgroups_none());
	else
		OK(setgroups_none());
	HEAR(outer);
}

CASE(setgroups_denied_with_self_written_map)
{
	CONTAINER(own, grouper, .unprivileged = true);
	IS(proc_status(own->pid, "Uid"), "1000\t1000\t1000\t1000");
	TELL_TEXT(own, "deny");
	DISMISS(own);
	if (runtime_claims(RUNTIME_ROOTLESS)) {
		CONTAINER(given, grouper, .map = CONTAINER_MAP); /* control: root wrote the map */
		TELL_TEXT(given, "allow");
		DISMISS(given);
	}
}

static unsigned long long caps_of(const char *set)
{
	const char *text = proc_status(0, set);

	return text ? strtoull(text, NULL, 16) : ~0ULL;
}

/* A program that gains what its file gives, executed by an ordinary user. */
PAYLOAD(gainer)
{
	unsigned long long allowed = caps_of("CapBnd");

	IS(caps_of("CapPrm") & ~allowed, 0);
	IS(caps_of("CapEff") & ~allowed, 0);
	TELL(outer, geteuid());
	TELL(outer, (long long)caps_of("CapPrm"));
}

static int file_caps(const char *file, const char *text)
{
	cap_t caps = cap_from_text(text);
	int done = caps ? cap_set_file(file, caps) : -1;

	cap_free(caps);
	return done;
}

/*
 * A program of the container's root, "program" in its home folder. It is one file for all containers of the test,
 * because an emulator translates a program anew for each copy.
 */
static void give_program(const struct child *box)
{
	struct stat root;

	MUST(stat(container_of(box)->root, &root));
	if (!file_exists("/tmp/program"))
		MUST(program_make("/tmp/program", 0, 0, 0755));
	MUST(chown("/tmp/program", root.st_uid, root.st_gid));
	MUST(chmod("/tmp/program", 0755));
	MUST(link("/tmp/program", path("%s/home/program", container_of(box)->root)));
}

PAYLOAD(bounded)
{
	unsigned long long wanted = CONTAINER_CAPS;

	IS(caps_of("CapBnd"), wanted);
	IS(caps_of("CapPrm"), wanted);
	IS(caps_of("CapEff"), wanted);
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		IS(prctl(PR_CAPBSET_READ, cap, 0, 0, 0), !!(wanted & 1ULL << cap));
	HEAR(outer);
	MUST(chmod("/home/program", 04755));
	CHILD(suid, 0, .uid = UNPRIVILEGED) {
		EXEC_FILE(suid, gainer, "/home/program");
	}
	IS(HEAR(suid), 0);
	IS(HEAR(suid), wanted);
	EXITS(suid, 0);
	MUST(chmod("/home/program", 0755));
	MUST(file_caps("/home/program", "cap_sys_admin,cap_net_raw+p"));
	CHILD(fcap, 0, .uid = UNPRIVILEGED) {
		EXEC_FILE(fcap, gainer, "/home/program");
	}
	IS(HEAR(fcap), UNPRIVILEGED);
	IS(HEAR(fcap), 1ULL << CAP_NET_RAW); /* control: what the set allows is gained */
	EXITS(fcap, 0);
	HEAR(outer);
}

CASE(bounding_set_limits_everything)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, bounded, .map = f->map);
		give_program(box);
		TELL(box);
		IS(strtoull(proc_status(box->pid, "CapBnd"), NULL, 16), CONTAINER_CAPS);
		DISMISS(box);
	}
}

PAYLOAD(empty)
{
	IS(proc_status(0, "CapInh"), CAPS_NONE);
	IS(proc_status(0, "CapAmb"), CAPS_NONE);
	HEAR(outer);
	MUST(file_caps("/home/program", "cap_net_raw+i"));
	CHILD(user, 0) {
		MUST(setgroups_none());
		MUST(setresgid(1000, 1000, 1000));
		MUST(setresuid(1000, 1000, 1000)); /* which leaves the inheritable set alone */
		MUST(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
		EXEC_FILE(user, gainer, "/home/program");
	}
	IS(HEAR(user), 1000);
	IS(HEAR(user), 0);
	EXITS(user, 0);
	HEAR(outer);
}

CASE(inheritable_and_ambient_are_empty)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, empty, .map = f->map);
		give_program(box);
		TELL(box);
		IS(proc_status(box->pid, "CapInh"), CAPS_NONE);
		IS(proc_status(box->pid, "CapAmb"), CAPS_NONE);
		DISMISS(box);
	}
}

/* What a setuid-root program of the container gives to an ordinary user. */
PAYLOAD(tempted)
{
	bool blocked = HEAR(outer);

	IS(proc_status(0, "NoNewPrivs"), blocked ? "1" : "0");
	MUST(chmod("/home/program", 04755));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		EXEC_FILE(user, gainer, "/home/program");
	}
	IS(HEAR(user), blocked ? UNPRIVILEGED : 0);
	IS(HEAR(user), blocked ? 0 : (long long)caps_of("CapBnd"));
	EXITS(user, 0);
	TELL(outer);
	HEAR(outer);
}

/* The payload and, where the runtime can execute one, a second process in there. */
static void tempt(struct child *box, bool blocked)
{
	give_program(box);
	TELL(box, blocked);
	HEAR(box);
	IS(proc_status(box->pid, "NoNewPrivs"), blocked ? "1" : "0");
	if (!runtime_claims(RUNTIME_EXEC))
		return;
	CONTAINER_EXEC(command, box, tempted);
	TELL(command, blocked);
	HEAR(command);
	IS(proc_status(command->pid, "NoNewPrivs"), blocked ? "1" : "0");
	DISMISS(command);
}

CASE(no_new_privs_blocks_setuid)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, tempted, .map = f->map, .no_new_privs = true);
		tempt(box, true);
		DISMISS(box);
		CONTAINER(open_box, tempted, .map = f->map); /* control */
		tempt(open_box, false);
		DISMISS(open_box);
	}
}
