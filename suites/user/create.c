// SPDX-License-Identifier: GPL-2.0-only
/* Making user namespaces, and what their creators are inside and outside. user_namespaces(7) */
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP "user.create"

/* What rootless containers are made of, but for the user namespace. */
#define BOX (NS_CGROUP | NS_IPC | NS_MNT | NS_NET | NS_PID | NS_UTS)

#define SECRET "/tmp/secret"

static uid_t owner_of(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return st.st_uid;
}

static gid_t group_of(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return st.st_gid;
}

static void secret_make(void)
{
	MUST(file_make(SECRET));
	MUST(chmod(SECRET, 0600));
}

static long long parent_of_userns(pid_t pid)
{
	int fd = MUST(ns_open(pid, "user"));
	long long id = OK(ns_relative(fd, NS_GET_PARENT));

	close(fd);
	return id;
}

/* Without the flag neither fork(2) nor clone3(2) makes a namespace. */
static void children_stay_in(long long home)
{
	pid_t plain = MUST(fork());

	if (plain == 0) {
		SAME_NS(0, home, NS_USER);
		_exit(0);
	}
	IS(waitpid(plain, NULL, 0), plain);
	CHILD(cloned, 0) {
		SAME_NS(0, home, NS_USER);
	}
	EXITS(cloned, 0);
}

CASE(unprivileged_user_gets_a_new_namespace)
{
	static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
	long long home = ns_id(0, "user");

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		for (int i = 0; i < 4; i++)
			IS(proc_status(0, sets[i]), "0000000000000000");
		children_stay_in(home); /* control */
		CHILD(by_clone, NS_USER) {
			HEAR(by_clone);
		}
		CHILD(by_unshare, 0) {
			OK(unshare(CLONE_NEWUSER));
			TELL(by_unshare);
			HEAR(by_unshare);
		}
		HEAR(by_unshare);
		OTHER_NS(by_clone, home, NS_USER);
		OTHER_NS(by_unshare, home, NS_USER);
		OTHER_NS(by_clone, by_unshare, NS_USER);
		SAME_NS(parent_of_userns(by_clone->pid), home, NS_USER);
		SAME_NS(parent_of_userns(by_unshare->pid), home, NS_USER);
		DISMISS(by_clone);
		DISMISS(by_unshare);
	}
	EXITS(user, 0);
}

static uid_t peer_of(int sock)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	OK(getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &size));
	return peer.uid;
}

CASE(root_inside_is_an_ordinary_uid_outside)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		int pair[2];
		OK(setresuid(0, 0, 0));
		IS(getuid(), 0);
		IS(proc_status(0, "Uid"), "0\t0\t0\t0");
		OK(file_make("/tmp/made"));
		IS(owner_of("/tmp/made"), 0);
		IS(group_of("/tmp/made"), 0);
		OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		IS(peer_of(pair[0]), 0);
		GIVE_FD(root, pair[0]);
		HEAR(root);
	}
	IS(peer_of(TAKE_FD(root)), CONTAINER_ID);
	IS(proc_status(root->pid, "Uid"), "100000\t100000\t100000\t100000");
	IS(owner_of("/tmp/made"), CONTAINER_ID);
	IS(group_of("/tmp/made"), CONTAINER_ID);
	DISMISS(root);
}

static void has_power_inside(void)
{
	static const uid_t mapped[] = {1, UNPRIVILEGED, 65535};

	HOLDS(cap_effective_full());
	OK(file_make("/tmp/own"));
	OK(chown("/tmp/own", UNPRIVILEGED, 65535));
	IS(owner_of("/tmp/own"), UNPRIVILEGED);
	OK(chown("/tmp/own", 0, 0));
	for (int i = 0; i < 3; i++) {
		CHILD(user, 0) {
			OK(setresuid(mapped[i], mapped[i], mapped[i]));
			IS(getuid(), mapped[i]);
		}
		EXITS(user, 0);
	}
	FOR_EACH_NS_TYPE(t) {
		if (t->flag == NS_USER || !ns_supported(t->flag))
			continue;
		NOTE("%s namespace", t->label);
		CHILD(maker, 0) {
			OK(unshare(t->flag));
			if (t->flag == NS_UTS)
				OK(sethostname("inside", 6));
		}
		EXITS(maker, 0);
	}
}

CASE(full_root_inside_no_power_outside)
{
	int home[NS_TYPES];

	secret_make();
	for (int i = 0; i < NS_TYPES; i++)
		home[i] = ns_supported(ns_types[i].flag) ? MUST(ns_open(0, ns_types[i].name)) : -1;
	CHILD(bystander, 0) {
		HEAR(bystander);
	}
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		has_power_inside();
		NOTE("over what belongs to the outside");
		FAILS(EACCES, open(SECRET, O_RDONLY));
		FAILS(EPERM, chown(SECRET, 0, 0));
		FAILS(EPERM, kill(bystander->pid, SIGTERM));
		FAILS(EPERM, sethostname("taken", 5));
		FAILS(EPERM, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
		for (int i = 0; i < NS_TYPES; i++) {
			NOTE("%s namespace", ns_types[i].label);
			if (home[i] >= 0)
				FAILS(EPERM, setns(home[i], 0));
		}
	}
	EXITS(root, 0);
	OK(open(SECRET, O_RDONLY)); /* controls: root of the outside may do all of it */
	OK(chown(SECRET, 0, 0));
	OK(sethostname("mine", 4));
	OK(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	OK(kill(bystander->pid, SIGTERM));
	DIES_BY(bystander, SIGTERM);
}

CASE(without_userns_container_root_is_host_root)
{
	long long home = ns_id(0, "user");

	secret_make();
	int dir = MUST(open("/tmp", O_PATH | O_DIRECTORY));
	CHILD(box, NS_PID | NS_MNT | NS_UTS | NS_IPC | NS_NET) {
		IS(getpid(), 1);
		SAME_NS(0, home, NS_USER);
		IS(getuid(), 0);
		OK(openat(dir, "secret", O_RDWR));
		OK(openat(dir, "made", O_CREAT | O_WRONLY, 0644));
		OK(fchownat(dir, "secret", 1, 1, 0)); /* control: with its capabilities it may */
		OK(fchownat(dir, "secret", 0, 0, 0));
		MUST(cap_drop(CAP_DAC_OVERRIDE));
		MUST(cap_drop(CAP_CHOWN));
		FAILS(EPERM, fchownat(dir, "secret", 1, 1, 0));
		OK(openat(dir, "secret", O_RDWR)); /* its uid alone opens what belongs to host root */
	}
	EXITS(box, 0);
	IS(owner_of("/tmp/made"), 0);

	CHILD(mapped, NS_USER, .map = CONTAINER_MAP) {
		IS(getuid(), 0);
		FAILS(EACCES, openat(dir, "secret", O_RDWR));
	}
	EXITS(mapped, 0);
}

/* The caller's namespaces are its user namespace's own, and work. */
static void rules_its_namespaces(int types)
{
	IS(getpid(), 1);
	OK(sethostname("rootless", 8));
	OK(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	FOR_EACH_NS_TYPE(t) {
		if (!(t->flag & types))
			continue;
		NOTE("%s namespace", t->label);
		int fd = MUST(ns_open(0, t->name));
		SAME_NS(ns_relative(fd, NS_GET_USERNS), 0, NS_USER);
	}
}

CASE(other_namespaces_in_one_unprivileged_call)
{
	static const char own_id[] = "0 1000 1";
	const int others = ns_all() & ~NS_USER;
	long long home = ns_id(0, "user");

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FOR_EACH_NS_TYPE(t) {
			NOTE("%s namespace", t->label);
			if (t->flag & others)
				FAILS(EPERM, unshare(t->flag));
		}
		NOTE("all but the user namespace");
		FAILS(EPERM, unshare(others));
		FAILS(EPERM, ns_clone3((unsigned int)others));
		NOTE_END();
		CHILD(by_clone, NS_USER | (unsigned int)others, .map = own_id) {
			OTHER_NS(0, home, NS_USER);
			rules_its_namespaces(others);
		}
		EXITS(by_clone, 0);
		CHILD(by_unshare, 0) {
			OK(unshare(CLONE_NEWUSER | others));
			MUST(idmap_write(0, own_id));
			OTHER_NS(0, home, NS_USER);
			CHILD(first, 0) {
				rules_its_namespaces(others);
			}
			EXITS(first, 0);
		}
		EXITS(by_unshare, 0);
	}
	EXITS(user, 0);
}
