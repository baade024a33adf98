// SPDX-License-Identifier: GPL-2.0-only
/* Ids that the kernel tells about others. user_namespaces(7) "Miscellaneous", "Unmapped user and group IDs" */
#include <grp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <mqueue.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/un.h>

#include "helpers/nscheck.h"

#define GROUP "user.translate"

/* Sends a byte with these credentials. -1 with errno. */
static ssize_t send_as(int sock, uid_t uid, gid_t gid)
{
	struct scm with = scm_who((struct ucred){.pid = getpid(), .uid = uid, .gid = gid});

	return scm_send(sock, "", 1, &with);
}

/* "UID GID" that came with a byte which is there already. */
static const char *sender_of(int sock)
{
	struct scm with;
	char byte;

	OK(scm_receive(sock, &byte, 1, MSG_DONTWAIT, &with));
	MUST(with.who.pid);
	return path("%u %u", with.who.uid, with.who.gid);
}

CASE(scm_credentials_both_ways)
{
	int pair[2], on = 1;

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	for (int i = 0; i < 2; i++)
		MUST(setsockopt(pair[i], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	CHILD(inside, NS_USER, .map = CONTAINER_MAP) {
		OK(send_as(pair[1], 0, 0));
		OK(send_as(pair[1], 7, 8));
		FAILS(EINVAL, send_as(pair[1], 70000, 0));
		TELL(inside);
		HEAR(inside);
		IS(sender_of(pair[1]), "65534 65534");
	}
	HEAR(inside);
	IS(sender_of(pair[0]), "100000 100000");
	IS(sender_of(pair[0]), "100007 100008");
	OK(send_as(pair[0], 0, 0));
	DISMISS(inside);
}

/* "UID, groups A B" of the peer of a socket with two supplementary groups. */
static const char *peer_of(int sock)
{
	struct ucred peer;
	gid_t groups[4];
	socklen_t size = sizeof(peer), groups_size = sizeof(groups);

	OK(getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &size));
	OK(getsockopt(sock, SOL_SOCKET, SO_PEERGROUPS, groups, &groups_size));
	IS(groups_size, 2 * sizeof(groups[0]));
	return path("%u, groups %u %u", peer.uid, groups[0], groups[1]);
}

CASE(so_peercred_and_peergroups)
{
	const struct sockaddr_un name = {AF_UNIX, "/tmp/socket"};
	int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	MUST(setgroups(2, (gid_t[]){55, 100003}));
	MUST(bind(listener, (const struct sockaddr *)&name, sizeof(name)));
	MUST(chmod(name.sun_path, 0777));
	MUST(listen(listener, 1));
	CHILD(client, NS_USER, .map = CONTAINER_MAP) {
		MUST(setgroups(2, (gid_t[]){3, 4}));
		int sock = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
		OK(connect(sock, (const struct sockaddr *)&name, sizeof(name)));
		IS(peer_of(sock), "65534, groups 65534 3");
		TELL(client);
		HEAR(client);
	}
	HEAR(client);
	IS(peer_of(MUST(accept(listener, NULL, NULL))), "100000, groups 100003 100004");
	DISMISS(client);
}

/* The si_uid of a SIGUSR1 that is pending in the caller; it must be blocked. */
static uid_t pending_si_uid(int code)
{
	sigset_t usr1;
	siginfo_t info;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	OK(sigtimedwait(&usr1, &info, &(struct timespec){0}));
	HOLDS(info.si_code == code);
	return info.si_uid;
}

/* What a process with this map is told of a signal by real root, and of one that says it is by uid 55. */
static void expect_si_uid(const char *map, uid_t of_root, uid_t of_55)
{
	siginfo_t forged = {.si_signo = SIGUSR1, .si_code = SI_QUEUE, .si_uid = 55, .si_pid = getpid()};

	NOTE("map %s", map);
	CHILD(target, NS_USER, .map = map) {
		signal_block(SIGUSR1);
		TELL(target);
		HEAR(target);
		IS(pending_si_uid(SI_USER), of_root);
		TELL(target);
		HEAR(target);
		IS(pending_si_uid(SI_QUEUE), of_55);
	}
	HEAR(target);
	OK(kill(target->pid, SIGUSR1));
	TELL(target);
	HEAR(target);
	OK(syscall(SYS_rt_sigqueueinfo, target->pid, SIGUSR1, &forged));
	DISMISS(target);
}

CASE(siginfo_si_uid)
{
	expect_si_uid(CONTAINER_MAP, 65534, 65534);
	expect_si_uid(CONTAINER_MAP "\n70000 0 1", 70000, 65534);
	expect_si_uid("0 100000 8\n8 55 1", 65534, 8);
}

/* The si_uid that waitid(2) gives for a zombie, which stays. */
static uid_t zombie_uid(pid_t pid)
{
	siginfo_t info = {0};

	OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	return info.si_uid;
}

CASE(waitid_si_uid)
{
	CHILD(seven, NS_USER, .map = CONTAINER_MAP) {
		MUST(setresuid(7, 7, 7));
	}
	AWAIT_ZOMBIE(seven);
	IS(zombie_uid(seven->pid), 100007);
	EXITS(seven, 0);

	CHILD(waiter, 0) {
		CHILD(dead, 0) {}
		AWAIT_ZOMBIE(dead);
		IS(zombie_uid(dead->pid), 0);
		OK(unshare(CLONE_NEWUSER));
		IS(zombie_uid(dead->pid), 65534);
		EXITS(dead, 0);
	}
	EXITS(waiter, 0);
}

/* "UID GID CUID CGID" of a segment by IPC_STAT; the file of proc must say the same. */
static const char *shm_ids(int id)
{
	struct shmid_ds ds = {0};
	unsigned int uid = 0, gid = 0, cuid = 0, cgid = 0;
	int listed = -1;

	MUST(shmctl(id, IPC_STAT, &ds));
	const char *line = MUST(file_read("/proc/sysvipc/shm"));
	while ((line = strchr(line, '\n')) && listed != id)
		if (sscanf(++line, "%*d %d %*o %*u %*d %*d %*d %u %u %u %u", &listed, &uid, &gid, &cuid,
			   &cgid) != 5)
			break;
	IS(listed, id);
	IS(uid, ds.shm_perm.uid);
	IS(gid, ds.shm_perm.gid);
	IS(cuid, ds.shm_perm.cuid);
	IS(cgid, ds.shm_perm.cgid);
	return path("%u %u %u %u", uid, gid, cuid, cgid);
}

CASE(sigchld_si_uid)
{
	sigset_t chld = signal_block(SIGCHLD);
	siginfo_t info;

	CHILD(seven, NS_USER, .map = CONTAINER_MAP) {
		MUST(setresuid(7, 7, 7));
		CHILD(within, 0) {}
		IS(sigwaitinfo(&chld, &info), SIGCHLD);
		IS(info.si_uid, 7);
		EXITS(within, 0);
	}
	IS(sigwaitinfo(&chld, &info), SIGCHLD);
	IS(info.si_pid, seven->pid);
	IS(info.si_uid, 100007);
	EXITS(seven, 0);
}

CASE(priority_of_a_user)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		CHILD(member, 0, .uid = 7) {
			TELL(member);
			HEAR(member);
			IS(getpriority(PRIO_PROCESS, 0), 5);
		}
		HEAR(member);
		OK(setpriority(PRIO_USER, 7, 5));
		IS(getpriority(PRIO_USER, 7), 5);
		FAILS(ESRCH, getpriority(PRIO_USER, CONTAINER_ID + 7));
		TELL(root);
		HEAR(root);
		DISMISS(member);
	}
	HEAR(root);
	IS(getpriority(PRIO_USER, CONTAINER_ID + 7), 5);
	FAILS(ESRCH, getpriority(PRIO_USER, 7));
	DISMISS(root);
}

CASE(sysv_ipc_owner, .own = NS_IPC)
{
	int of_root = MUST(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666));

	CHILD(five, 0, .uid = CONTAINER_ID + 5) {
		TELL(five, MUST(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666)));
	}
	int of_five = (int)HEAR(five);
	EXITS(five, 0);
	IS(shm_ids(of_root), "0 0 0 0");
	IS(shm_ids(of_five), "100005 100005 100005 100005");
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(shm_ids(of_root), "65534 65534 65534 65534");
		IS(shm_ids(of_five), "5 5 5 5");
		FAILS(EPERM, shmctl(of_root, IPC_RMID, NULL));
	}
	EXITS(root, 0);
	OK(shmctl(of_root, IPC_RMID, NULL));
	OK(shmctl(of_five, IPC_RMID, NULL));
}

static int give_away(int id, uid_t uid, gid_t gid)
{
	struct shmid_ds ds = {.shm_perm = {.uid = uid, .gid = gid, .mode = 0666}};

	return shmctl(id, IPC_SET, &ds);
}

CASE(sysv_ipc_set_owner, .own = NS_IPC)
{
	int id = MUST(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666));

	OK(give_away(id, CONTAINER_ID, CONTAINER_ID));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		OK(give_away(id, 0, 6));
		FAILS(EINVAL, give_away(id, 70000, 6));
		FAILS(EINVAL, give_away(id, 0, 70000));
		IS(shm_ids(id), "0 6 65534 65534");
	}
	EXITS(root, 0);
	IS(shm_ids(id), "100000 100006 0 0");
	OK(shmctl(id, IPC_RMID, NULL));
}

CASE(proc_status_ids)
{
	char text[4096];
	int opened_outside = MUST(open("/proc/1/status", O_RDONLY));
	long long group;

	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		MUST(setgroups(1, (gid_t[]){3}));
		IS(proc_status(1, "Uid"), "65534\t65534\t65534\t65534");
		IS(proc_status(1, "Gid"), "65534\t65534\t65534\t65534");
		IS(proc_status(0, "Uid"), "0\t0\t0\t0");
		IS(proc_status(0, "Gid"), "0\t0\t0\t0");
		IS(proc_status_numbers(0, "Groups", &group, 1), 1);
		IS(group, 3);
		ssize_t size = OK(read(opened_outside, text, sizeof(text)));
		HOLDS(memmem(text, (size_t)size, "\nUid:\t0\t0\t0\t0\n", 14));
		TELL(root);
		HEAR(root);
	}
	HEAR(root);
	IS(proc_status(root->pid, "Uid"), "100000\t100000\t100000\t100000");
	IS(proc_status(root->pid, "Gid"), "100000\t100000\t100000\t100000");
	IS(proc_status_numbers(root->pid, "Groups", &group, 1), 1);
	IS(group, 100003);
	DISMISS(root);
}

/* The si_uid of the notification that a registrant gets for a message of this uid of the test's namespace. */
static void expect_notification(int flags, const char *map, uid_t sender_uid, uid_t expected)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	mqd_t queue = MUST(mq_open("/queue", O_RDWR | O_CREAT, 0600, NULL));

	CHILD(registrant, flags, .map = map) {
		signal_block(SIGUSR1);
		OK(mq_notify(queue, &event));
		TELL(registrant);
		HEAR(registrant);
		IS(pending_si_uid(SI_MESGQ), expected);
	}
	HEAR(registrant);
	CHILD(sender, 0, .uid = sender_uid) {
		OK(mq_send(queue, "", 1, 0));
	}
	EXITS(sender, 0);
	DISMISS(registrant);
	MUST(mq_close(queue));
	MUST(mq_unlink("/queue"));
}

CASE(mq_notify_si_uid, .own = NS_IPC)
{
	expect_notification(0, NULL, UNPRIVILEGED, UNPRIVILEGED);
	expect_notification(NS_USER, CONTAINER_MAP, 0, 65534);
}

/* The owner of a socket as sock_diag(7) tells this process. */
static uid_t diag_uid(int sock)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req body;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST},
		.body = {.sdiag_family = AF_UNIX, .udiag_states = -1, .udiag_show = UDIAG_SHOW_UID},
	};
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} answer;
	struct stat st;
	uint64_t cookie;
	socklen_t size = sizeof(cookie);
	int diag = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));

	MUST(fstat(sock, &st));
	MUST(getsockopt(sock, SOL_SOCKET, SO_COOKIE, &cookie, &size));
	request.body.udiag_ino = (uint32_t)st.st_ino;
	request.body.udiag_cookie[0] = (uint32_t)cookie;
	request.body.udiag_cookie[1] = (uint32_t)(cookie >> 32);
	OK(send(diag, &request, sizeof(request), 0));
	OK(recv(diag, &answer, sizeof(answer), 0));
	close(diag);
	IS(answer.header.nlmsg_type, SOCK_DIAG_BY_FAMILY);
	struct unix_diag_msg *msg = NLMSG_DATA(&answer.header);
	int left = (int)(answer.header.nlmsg_len - NLMSG_LENGTH(sizeof(*msg)));
	for (struct rtattr *attr = (struct rtattr *)(msg + 1); RTA_OK(attr, left);
	     attr = RTA_NEXT(attr, left))
		if (attr->rta_type == UNIX_DIAG_UID)
			return *(uid_t *)RTA_DATA(attr);
	errno = ENODATA;
	return -1;
}

CASE(unix_diag_uid)
{
	IS(diag_uid(MUST(socket(AF_UNIX, SOCK_STREAM, 0))), 0);
	CHILD(member, 0) {
		OK(unshare(CLONE_NEWUSER));
		int sock = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
		IS(getuid(), 65534);
		IS(diag_uid(sock), 65534);
		TELL(member);
		HEAR(member);
		IS(getuid(), 0);
		IS(diag_uid(sock), 0);
	}
	HEAR(member);
	MUST(idmap_write(member->pid, "0 0 1"));
	DISMISS(member);
}
